/* Menus made of <details>: one open at a time, closed by Escape or by looking elsewhere; focus returns to where it was. */
const open = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("click", (event) => open().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));
document.addEventListener("focusin", (event) => open().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  open().forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
});
