/* Keyboard, the same on every page: "/" searches, "?" lists the keys, Ctrl+Enter sends, j and k move through a list ([data-item]), o or Enter opens the marked one, letters act ([data-key]). Single keys are ignored inside fields and can be turned off (WCAG 2.1.4). */
const KEPT = "hz-shortcuts-off";
const enabled = () => { try { return !localStorage.getItem(KEPT); } catch { return true; } };
const writing = (target) => target.closest?.("input, textarea, select, [contenteditable]");
const list = document.getElementById("keys");

const items = () => [...document.querySelectorAll("[data-item]")].filter((link) => link.offsetParent);
const isMarked = (link) => link.hasAttribute("aria-current") || link.closest("li")?.hasAttribute("aria-current");
const move = (step) => {
  const links = items();
  if (!links.length) return false;
  const next = links[Math.min(links.length - 1, Math.max(0, links.findIndex(isMarked) + step))];
  if (!isMarked(next)) next.click();
  next.scrollIntoView({ block: "nearest" });
  return true;
};
const open = () => {
  const marked = items().find(isMarked);
  marked?.click();
  return Boolean(marked);
};
/* The letters of this page, in its words: the text of what each of them presses. */
const showKeys = () => {
  const here = list?.querySelector("[data-keys-here]");
  if (here) {
    const rows = [...document.querySelectorAll("[data-key]")].filter((target) => target.offsetParent).map((target) => {
      const words = target.cloneNode(true);
      for (const key of words.querySelectorAll("kbd, svg")) key.remove();
      const key = document.createElement("kbd");
      key.textContent = target.dataset.key;
      const [term, meaning] = [document.createElement("dt"), document.createElement("dd")];
      term.append(key);
      meaning.textContent = words.textContent.trim();
      return [term, meaning];
    });
    here.querySelector("dl").replaceChildren(...rows.flat());
    here.hidden = rows.length === 0;
  }
  list?.showModal();
};

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
    showKeys();
  } else if (document.querySelector("dialog[open]")) {
    return;
  } else if (event.key === "j" || event.key === "k") {
    if (move(event.key === "j" ? 1 : -1)) event.preventDefault();
  } else if (event.key === "o" || (event.key === "Enter" && event.target === document.body)) {
    if (open()) event.preventDefault();
  } else {
    const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (target?.offsetParent) { event.preventDefault(); target.click(); }
  }
});

for (const button of document.querySelectorAll("[data-show-keys]")) {
  button.hidden = false;
  button.addEventListener("click", showKeys);
}
const turned = document.querySelector("[data-shortcut-switch]");
if (turned) {
  turned.checked = enabled();
  turned.addEventListener("change", () => {
    try { if (turned.checked) localStorage.removeItem(KEPT); else localStorage.setItem(KEPT, "1"); } catch { /* private mode: the choice lasts for this page */ }
  });
}
