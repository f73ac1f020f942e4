/* Confirmation before irreversible actions, and dialogs opened by a button.
   <button data-open="dialog-id">  ·  <form data-confirm="本当に…しますか"> (a native question; undo is better where it is possible). */
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) { event.preventDefault(); document.getElementById(opener.dataset.open)?.showModal(); }
  const dialog = event.target.closest("dialog");
  if (dialog && event.target === dialog) dialog.close();
});
document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm || event.target.dataset.confirm;
  if (question && !confirm(question)) { event.preventDefault(); event.stopImmediatePropagation(); }
}, true);
