/* A dialog that the server sent into the page opens at once; closed it is gone, and focus is where it was. */
document.body.addEventListener("htmx:afterSwap", () => {
  const dialog = document.querySelector("dialog[data-show]:not([open])");
  if (!dialog) return;
  document.querySelectorAll("details.menu[open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
  dialog.showModal();
  dialog.addEventListener("close", () => dialog.remove());
});
