/* The inbox: the open item is marked, focus goes to its title. Keys are keys.js; everything else is plain links and forms. */
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
document.body.addEventListener("htmx:afterSwap", (event) => {
  const item = event.detail.target;
  if (item?.id !== "item") return;
  document.getElementById("item-title")?.focus({ preventScroll: true });
  if (item.getBoundingClientRect().top > innerHeight / 2) item.scrollIntoView({ block: "start" }); // on a phone the item is below the list
});
