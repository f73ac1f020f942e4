/* Drafts: stored on this device at every pause in typing, and on the server where it is reachable (data-draft-url: GET ?key=, POST key + data as JSON).
   A form keeps a draft when it, or a field in it, has data-draft="key". Submitting deletes it. Drafts are stored per user: the device may be shared. */
import { toast, token, words } from "./toasts.js";

const PAUSE = 2000;
const SENT = "hz-sent";
const who = document.body.dataset.signedIn ?? "";
const place = (key) => `hz-draft:${who}:${key}`;
const store = {
  get: (key) => { try { return JSON.parse(localStorage.getItem(place(key)) || "null"); } catch { return null; } },
  set: (key, value) => { try { localStorage.setItem(place(key), JSON.stringify(value)); return true; } catch { return false; } },
  drop: (key) => { try { localStorage.removeItem(place(key)); } catch { /* nothing kept */ } },
};
const fields = (form) => [...form.elements].filter((field) => field.name && field.name !== "csrfmiddlewaretoken"
  && !["hidden", "password", "submit", "button", "file"].includes(field.type));
const read = (form) => Object.fromEntries(fields(form).filter((field) => !["checkbox", "radio"].includes(field.type) || field.checked).map((field) => [field.name, field.value]));
const written = (data, form) => fields(form).filter((field) => ["text", "textarea", "search", "url"].includes(field.type)).map((field) => (data[field.name] || "").trim()).join("\n").trim();
const same = (one, other) => JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());
const clock = (moment) => `${moment.getHours()}:${String(moment.getMinutes()).padStart(2, "0")}`;
const FROM = "_from"; // a digest of the form's initial values: a draft is restored automatically only into a form with the same ones
function mark(text) {
  let sum = 2166136261;
  for (const letter of text) sum = Math.imul(sum ^ letter.codePointAt(0), 16777619);
  return text && (sum >>> 0).toString(36);
}

function fill(form, data) {
  for (const field of fields(form)) {
    if (["checkbox", "radio"].includes(field.type)) field.checked = field.value === data[field.name];
    else if (field.name in data) field.value = data[field.name];
  }
  const fold = form.closest("details");
  if (fold) fold.open = true;
}

/* Fetch the server's draft; undefined if that is impossible (offline, signed out). */
async function fetched(url, key) {
  try {
    const answer = await fetch(`${url}?${new URLSearchParams({ key })}`, { headers: { Accept: "application/json" } });
    if (answer.redirected || !answer.ok) return undefined;
    return (await answer.json()).draft;
  } catch { return undefined; }
}
async function sent(url, key, data, signal) {
  try {
    const body = new URLSearchParams({ key, data: JSON.stringify(data) });
    const answer = await fetch(url, { method: "POST", body, signal, headers: { "X-CSRFToken": token() } });
    return answer.ok && !answer.redirected ? await answer.json() : null; // a redirect leads to the sign-in page: nothing was stored
  } catch { return null; }
}

function start(form, key, url) {
  if (form.dataset.drafting) return;
  form.dataset.drafting = key;
  const served = read(form);
  const began = mark(written(served, form));
  const saved = form.querySelector("[data-saved]");
  const refused = form.querySelector("[aria-invalid=true], .error, .errorlist"); // the server returned it with all input
  let timer, flight, asked = false;
  const say = (label, moment = new Date()) => { if (saved && label) saved.textContent = `${label} ${clock(moment)}`; };
  const touched = () => !same(read(form), served);

  const save = async (remote = true) => {
    clearTimeout(timer);
    if (form.dataset.sending) return;
    const data = read(form);
    if (!touched()) return;
    if (!written(data, form)) { store.drop(key); if (remote && url) await sent(url, key, {}); return; }
    const earlier = store.get(key);
    if (!remote && earlier && same(earlier.data, data)) return;
    const kept = { data, from: began, at: Date.now() };
    const here = store.set(key, kept);
    flight = new AbortController();
    const answer = remote && url ? await sent(url, key, { ...data, [FROM]: began }, flight.signal) : null;
    if (answer && !form.dataset.sending) store.set(key, { ...kept, known: answer.saved_at });
    if (answer || here) say(answer ? saved?.dataset.savedLabel : saved?.dataset.localLabel);
  };
  const discard = async () => {
    clearTimeout(timer);
    fill(form, served);
    store.drop(key);
    if (saved) saved.textContent = "";
    const answer = url ? await sent(url, key, {}) : null;
    toast({ text: words.draftDiscarded, undo: answer?.undo });
    form.querySelector("textarea, input:not([type=hidden])")?.focus();
  };
  const note = (text, label, act) => {
    form.querySelector(":scope > .draft-note")?.remove();
    const line = Object.assign(document.createElement("p"), { className: "note ai draft-note" });
    line.setAttribute("role", "status");
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn sm", textContent: label });
    button.addEventListener("click", () => { line.remove(); act(); });
    form.prepend(line);
    line.append(Object.assign(document.createElement("span"), { textContent: text }), button);
  };
  const putBack = ({ data, at }) => {
    fill(form, data);
    form.dispatchEvent(new CustomEvent("hz:draft", { bubbles: true }));
    note(words.draftRestored.replace("{time}", clock(new Date(at))), words.draftDiscard, discard);
  };
  const offer = (draft) => {
    if (same({ ...served, ...draft.data }, read(form))) return;
    if (draft.from === began && !touched()) putBack(draft);
    else note(words.draftWaits.replace("{time}", clock(new Date(draft.at))), words.draftTake, () => putBack(draft));
  };
  const look = async () => {
    if (asked) return;
    asked = true;
    const here = store.get(key);
    const there = url ? await fetched(url, key) : undefined;
    if (there === null && here?.known) { store.drop(key); return; } // sent or discarded on another device
    const far = there && { data: there.data, from: there.data[FROM] ?? "", at: Date.parse(there.saved_at) };
    if (far) delete far.data[FROM];
    const newest = far && (!here || (here.known !== there.saved_at && far.at > here.at)) ? far : here;
    if (newest) offer(newest);
  };

  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, PAUSE); });
  document.addEventListener("submit", (event) => { if (event.target !== form) save(false); }, true);
  addEventListener("pagehide", () => save(false));
  form.addEventListener("submit", () => { clearTimeout(timer); flight?.abort(); try { sessionStorage.setItem(SENT, place(key)); } catch { /* the draft stays */ } });
  if (refused) { store.set(key, { data: served, from: store.get(key)?.from ?? "", at: Date.now() }); return; }
  // Every topic has an answer form: only ask the server when there is a reason to.
  if (form.dataset.draft && !form.closest("details") || store.get(key) || location.hash === `#${form.parentElement?.id}`) look();
  else form.addEventListener("focusin", look, { once: true });
}

/* A submitted form answered by a page without errors is done; a sign-in page or an error page does not count. */
function settle() {
  let key;
  try { key = sessionStorage.getItem(SENT); sessionStorage.removeItem(SENT); } catch { return; }
  const refused = document.querySelector(".error, .errorlist, .empty code, .toast[data-tone=error]");
  if (key?.startsWith(place("")) && who && !refused) { try { localStorage.removeItem(key); } catch { /* nothing kept */ } }
}
function all() {
  for (const marked of document.querySelectorAll("form[data-draft], [data-draft]:not(form)")) {
    const form = marked.closest("form");
    if (form) start(form, marked.dataset.draft, marked.dataset.draftUrl || form.dataset.draftUrl);
  }
}
settle();
all();
document.body.addEventListener("htmx:afterSwap", all);
document.body.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt?.closest?.("form[data-drafting]");
  if (form && event.detail.successful && event.detail.requestConfig.verb === "post" && event.detail.elt === form) store.drop(form.dataset.drafting);
});
