/* Definition tooltips of numbers: opened by CSS on hover and focus; a tap keeps them open, Escape or a click elsewhere closes them. */
const all = () => document.querySelectorAll(".what-mark[aria-expanded='true']");
const close = (mark) => mark.setAttribute("aria-expanded", "false");

document.addEventListener("click", (event) => {
  const mark = event.target.closest(".what-mark");
  all().forEach((other) => { if (other !== mark && !other.parentElement.contains(event.target)) close(other); });
  if (mark) mark.setAttribute("aria-expanded", String(mark.getAttribute("aria-expanded") !== "true"));
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  all().forEach(close);
  document.querySelectorAll(".what:hover, .what:focus-within").forEach((what) => { what.dataset.closed = ""; });
});
["pointerout", "focusout"].forEach((kind) => document.addEventListener(kind, (event) => {
  const what = event.target.closest?.(".what[data-closed]");
  if (!what || what.contains(event.relatedTarget)) return;
  const stays = kind === "pointerout" ? what.contains(document.activeElement) : what.matches(":hover");
  if (!stays) delete what.dataset.closed;
}));
