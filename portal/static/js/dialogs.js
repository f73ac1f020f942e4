/* A dialog that the server inserted opens immediately; closing removes it and returns the focus. */
document.body.addEventListener("htmx:afterSwap", () => {
  const dialog = document.querySelector("dialog[data-show]:not([open])");
  if (!dialog) return;
  document.querySelectorAll("details.menu[open]").forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
  dialog.showModal();
  dialog.addEventListener("close", () => dialog.remove());
});
