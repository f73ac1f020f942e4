/* Synchronises a user's windows: what was read in one is read in the others, and all show the same number of notifications. */
import { words } from "./toasts.js";

const who = document.body.dataset.signedIn;
const bell = document.getElementById("bell");
const channel = who && "BroadcastChannel" in window ? new BroadcastChannel("hazumi") : null;
const PAUSE = 10000;
let asked = Date.now();

function show(unread) {
  if (!bell) return;
  const badge = bell.querySelector(".count");
  if (!unread) { badge?.remove(); return; }
  const made = badge ?? Object.assign(document.createElement("span"), { className: "count" });
  const said = Object.assign(document.createElement("span"), { className: "sr-only", textContent: `${unread} ${words.waiting}` });
  const seen = Object.assign(document.createElement("span"), { textContent: unread > 99 ? "99+" : String(unread) });
  seen.setAttribute("aria-hidden", "true");
  made.dataset.unread = String(unread);
  made.replaceChildren(seen, said);
  if (!badge) bell.append(made);
}
function seen(topic) {
  for (const link of document.querySelectorAll("li.topic[data-unread] a.t")) {
    if (!link.pathname.endsWith(`/${topic}/`)) continue;
    const row = link.closest("li");
    delete row.dataset.unread;
    row.querySelector(".new")?.replaceWith(Object.assign(document.createElement("span"), { className: "new" }));
  }
}
function tell(what) { channel?.postMessage({ who, ...what }); }

export async function ask(topic) {
  if (!who || !bell) return;
  asked = Date.now();
  try {
    const answer = await fetch(bell.dataset.countUrl, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) return;
    const { unread } = await answer.json();
    show(unread);
    tell({ unread, topic });
  } catch { /* offline: the next look asks again */ }
}

channel?.addEventListener("message", ({ data }) => {
  if (data.who !== who) return;
  asked = Date.now();
  show(data.unread);
  if (data.topic) seen(data.topic);
});
if (bell) tell({ unread: Number(bell.querySelector(".count")?.dataset.unread ?? 0) });
document.addEventListener("visibilitychange", () => { if (!document.hidden && Date.now() - asked > PAUSE) ask(); });
