/* Menus made of <details>: one open at a time, closed by Escape or by clicking or focusing elsewhere; focus returns to where it was. */
const open = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("click", (event) => open().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));
document.addEventListener("focusin", (event) => open().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  open().forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
});

/* A row of links that scrolls sideways on a phone starts at the current one. */
document.querySelectorAll(".side-nav [aria-current], .tabs [aria-current]").forEach((link) => {
  const row = link.closest("nav");
  if (row && row.scrollWidth > row.clientWidth) row.scrollLeft = link.offsetLeft - row.clientWidth / 2 + link.offsetWidth / 2;
});
