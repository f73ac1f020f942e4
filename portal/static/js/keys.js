/* Keyboard: "/" searches, "?" lists the keys, Ctrl+Enter sends. Single keys are ignored inside fields and can be turned off (WCAG 2.1.4). */
const KEPT = "hz-shortcuts-off";
const enabled = () => { try { return !localStorage.getItem(KEPT); } catch { return true; } };
const writing = (target) => target.closest?.("input, textarea, select, [contenteditable]");
const list = document.getElementById("keys");

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229) return;
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && event.target.matches?.("textarea, input")) {
    const form = event.target.form;
    if (form && form.method === "post") { event.preventDefault(); form.requestSubmit(); }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || !enabled() || writing(event.target)) return;
  if (event.key === "/") {
    const field = [...document.querySelectorAll("[data-search], input[type=search]")].find((input) => input.offsetParent);
    if (field) { event.preventDefault(); field.focus(); field.select(); }
  } else if (event.key === "?" && list && !list.open) {
    event.preventDefault();
    list.showModal();
  } else {
    const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (target?.offsetParent) { event.preventDefault(); target.click(); }
  }
});

for (const button of document.querySelectorAll("[data-show-keys]")) {
  button.hidden = false;
  button.addEventListener("click", () => list?.showModal());
}
const turned = document.querySelector("[data-shortcut-switch]");
if (turned) {
  turned.checked = enabled();
  turned.addEventListener("change", () => {
    try { if (turned.checked) localStorage.removeItem(KEPT); else localStorage.setItem(KEPT, "1"); } catch { /* private mode: the choice lasts for this page */ }
  });
}
