/* The inbox: j and k move through the list, the open item is marked, focus goes to its title. Everything else is plain links and forms. */
const rows = () => [...document.querySelectorAll("[data-item]")];
const mark = (link) => {
  for (const other of rows()) other.closest("li").removeAttribute("aria-current");
  link.closest("li").setAttribute("aria-current", "true");
  link.closest("li").scrollIntoView({ block: "nearest" });
};
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-item]");
  if (link) mark(link);
});
document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!["j", "k"].includes(event.key) || event.target.closest("input, textarea, select, [contenteditable]")) return;
  try { if (localStorage.getItem("hz-shortcuts-off")) return; } catch { /* private mode */ }
  const links = rows();
  if (!links.length) return;
  const now = links.findIndex((link) => link.closest("li").hasAttribute("aria-current"));
  const next = links[Math.min(links.length - 1, Math.max(0, now + (event.key === "j" ? 1 : -1)))];
  event.preventDefault();
  next.click();
});
document.body.addEventListener("htmx:afterSwap", (event) => {
  const item = event.detail.target;
  if (item?.id !== "item") return;
  document.getElementById("item-title")?.focus({ preventScroll: true });
  if (item.getBoundingClientRect().top > innerHeight / 2) item.scrollIntoView({ block: "start" }); // on a phone the item is below the list
});
