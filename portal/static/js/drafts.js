/* Drafts survive: kept on this device at every pause, and by the server where it is reachable (form[data-draft-url], POST key + data as JSON).
   A form keeps a draft when it, or a field in it, has data-draft="key". Sent forms forget their draft. */
import { token } from "./toasts.js";

const PAUSE = 2000;
const SENT = "hz-sent";
const place = (key) => `hz-draft:${key}`;
const store = {
  get: (key) => { try { return JSON.parse(localStorage.getItem(place(key)) || "null"); } catch { return null; } },
  set: (key, value) => { try { localStorage.setItem(place(key), JSON.stringify(value)); return true; } catch { return false; } },
  drop: (key) => { try { localStorage.removeItem(place(key)); } catch { /* nothing kept */ } },
};
const fields = (form) => [...form.elements].filter((field) => field.name && field.name !== "csrfmiddlewaretoken"
  && !["hidden", "password", "submit", "button", "file"].includes(field.type));
const read = (form) => Object.fromEntries(fields(form).filter((field) => !["checkbox", "radio"].includes(field.type) || field.checked).map((field) => [field.name, field.value]));
const empty = (data, form) => !fields(form).some((field) => ["text", "textarea", "search", "url"].includes(field.type) && (data[field.name] || "").trim());

function start(form, key, url) {
  if (form.dataset.drafting) return;
  form.dataset.drafting = key;
  const saved = form.querySelector("[data-saved]");
  const say = (label) => {
    if (!saved || !label) return;
    const now = new Date();
    saved.textContent = `${label} ${now.getHours()}:${String(now.getMinutes()).padStart(2, "0")}`;
  };
  const kept = store.get(key);
  if (kept && empty(read(form), form)) {
    for (const field of fields(form)) {
      if (!(field.name in kept.data)) continue;
      if (["checkbox", "radio"].includes(field.type)) field.checked = field.value === kept.data[field.name];
      else field.value = kept.data[field.name];
    }
    say(saved?.dataset.localLabel);
  }
  let timer;
  const save = async (remote = true) => {
    clearTimeout(timer);
    const data = read(form);
    if (form.dataset.sending) return;
    if (empty(data, form)) { store.drop(key); return; }
    const here = store.set(key, { data, at: Date.now() });
    if (!remote || !url) { if (here) say(saved?.dataset.localLabel); return; }
    try {
      const body = new URLSearchParams({ key, data: JSON.stringify(data) });
      const answer = await fetch(url, { method: "POST", body, headers: { "X-CSRFToken": token() } });
      say(answer.ok ? saved?.dataset.savedLabel : saved?.dataset.localLabel);
    } catch { say(saved?.dataset.localLabel); }
  };
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, PAUSE); });
  document.addEventListener("submit", (event) => { if (event.target !== form) save(false); }, true);
  addEventListener("pagehide", () => save(false));
  form.addEventListener("submit", () => { clearTimeout(timer); try { sessionStorage.setItem(SENT, key); } catch { /* the draft stays */ } });
}

function settle() {
  let key;
  try { key = sessionStorage.getItem(SENT); sessionStorage.removeItem(SENT); } catch { return; }
  if (key && !document.querySelector(".error, .errorlist, .empty code")) store.drop(key);
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
