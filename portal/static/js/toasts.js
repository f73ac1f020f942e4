/* Toasts: announced to screen readers, with 元に戻す where the action can be undone; they stay while hovered or focused.
   From the server: Django messages (extra_tags="undo:/path") or the header HX-Trigger: {"toast": {"text": "…", "undo": "/path", "tone": "error"}}. */
const region = document.getElementById("toasts");
const STAYS = 9000;
const said = (id) => document.getElementById(id)?.dataset;
export const words = { ...said("page-words"), ...said("member-words") };
export const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value
  || JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"] || "";

function watch(item) {
  let timer;
  const stop = () => clearTimeout(timer);
  const start = () => { stop(); timer = setTimeout(() => item.remove(), STAYS); };
  item.addEventListener("mouseenter", stop);
  item.addEventListener("focusin", stop);
  item.addEventListener("mouseleave", start);
  item.addEventListener("focusout", start);
  item.querySelector("[data-close]")?.addEventListener("click", () => item.remove());
  if (item.dataset.tone !== "error") start();
}

/* Behind a modal dialog nothing is visible or announced: while one is open, messages are shown inside it. */
function say(modal, text, tone) {
  let said = modal.querySelector(":scope > .said");
  if (!said) {
    said = Object.assign(document.createElement("p"), { className: "said" });
    said.setAttribute("role", "status");
    modal.append(said);
  }
  said.dataset.tone = tone;
  setTimeout(() => { said.textContent = text; }, 30);
}

export function toast({ text, undo, tone = "" }) {
  if (!region || !text) return;
  const modal = [...document.querySelectorAll("dialog:modal")].pop();
  if (modal && !undo) { say(modal, text, tone); return; }
  for (const earlier of region.querySelectorAll(".toast")) { // a repeated text is one message
    if (earlier.querySelector("p")?.textContent === text) earlier.remove();
  }
  const item = document.createElement("div");
  item.className = "toast";
  item.dataset.tone = tone;
  const said = document.createElement("p");
  said.textContent = text;
  item.append(said);
  if (undo) {
    const form = Object.assign(document.createElement("form"), { method: "post", action: undo });
    const hidden = Object.assign(document.createElement("input"), { type: "hidden", name: "csrfmiddlewaretoken", value: token() });
    form.append(hidden, Object.assign(document.createElement("button"), { textContent: words.undoLabel }));
    item.append(form);
  }
  const close = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
  close.setAttribute("aria-label", words.closeLabel);
  close.dataset.close = "";
  item.append(close);
  region.append(item);
  watch(item);
}

region?.querySelectorAll(".toast").forEach(watch);
document.body.addEventListener("toast", (event) => toast(event.detail.value ?? event.detail));
document.body.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status !== 422) toast({ text: words.failed, tone: "error" });
});
document.body.addEventListener("htmx:sendError", () => toast({ text: navigator.onLine ? words.failed : words.offline, tone: "error" }));
addEventListener("offline", () => toast({ text: words.offline, tone: "error" }));
