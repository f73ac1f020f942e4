/* "@" and a few letters offer people: arrows choose, Enter or Tab takes, Escape closes. Inactive while an input method composes. */
import { words } from "./toasts.js";

// A name may have one space in it, also a full-width one.
const BEGUN = /(?:^|[^A-Za-z0-9._%+\-/@＠])[@＠]([^\s@＠\[]{1,30}(?:[ \u00a0\u3000][^\s@＠\[]{1,20})?)$/;
const PAUSE = 200;
const ID = "mention-list";
let area = null, list = null, timer, round = 0;

function close() {
  clearTimeout(timer);
  round += 1;
  list?.remove();
  for (const name of ["aria-controls", "aria-activedescendant", "aria-autocomplete"]) area?.removeAttribute(name);
  list = area = null;
}
function choose(index) {
  const options = [...list.children];
  options.forEach((option, place) => option.setAttribute("aria-selected", String(place === index)));
  area.setAttribute("aria-activedescendant", options[index].id);
  options[index].scrollIntoView({ block: "nearest" });
}
const chosen = () => [...list.children].findIndex((option) => option.getAttribute("aria-selected") === "true");

function take(option) {
  const field = area, to = field.selectionStart;
  const before = field.value.slice(0, to);
  const from = Math.max(before.lastIndexOf("@"), before.lastIndexOf("＠"));
  const text = `@${option.dataset.handle} `;
  close();
  field.focus();
  field.setSelectionRange(from, to);
  if (!document.execCommand("insertText", false, text)) field.setRangeText(text, from, to, "end");
}
function offer(field, people) {
  close();
  if (!people.length) return;
  area = field;
  list = Object.assign(document.createElement("ul"), { id: ID, className: "suggest mentions" });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", words.people);
  people.forEach(({ name, handle, company }, index) => {
    const option = Object.assign(document.createElement("li"), { id: `${ID}-${index}` });
    option.setAttribute("role", "option");
    option.dataset.handle = handle;
    option.append(Object.assign(document.createElement("span"), { textContent: name }));
    if (company) option.append(Object.assign(document.createElement("span"), { className: "meta", textContent: company }));
    list.append(option);
  });
  field.after(list);
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", ID);
  choose(0);
}

document.addEventListener("input", (event) => {
  const field = event.target;
  if (!field.matches?.("textarea[data-send-keys]") || !words.peopleUrl || !("signedIn" in document.body.dataset)) return;
  const begun = BEGUN.exec(field.value.slice(0, field.selectionStart))?.[1];
  if (!begun) { close(); return; }
  clearTimeout(timer);
  timer = setTimeout(async () => {
    const mine = ++round;
    try {
      const answer = await fetch(`${words.peopleUrl}?${new URLSearchParams({ q: begun })}`, { headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) return;
      const { people } = await answer.json();
      if (mine === round && document.activeElement === field) offer(field, people);
    } catch { /* a name can be written by hand */ }
  }, PAUSE);
});
document.addEventListener("keydown", (event) => {
  if (!list || event.target !== area || event.isComposing || event.keyCode === 229) return;
  const count = list.children.length;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") choose((chosen() + (event.key === "ArrowDown" ? 1 : count - 1)) % count);
  else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") take(list.children[chosen()]);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);
document.addEventListener("mousedown", (event) => {
  const option = event.target.closest?.(`#${ID} [role=option]`);
  if (option) { event.preventDefault(); take(option); }
});
document.addEventListener("focusout", (event) => { if (event.target === area) close(); });
