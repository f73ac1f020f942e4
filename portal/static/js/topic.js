/* Reports how far a topic was read: only what was on screen counts. */
import { token } from "./toasts.js";
import { ask } from "./windows.js";

const topic = document.querySelector("[data-topic]");
const url = topic?.dataset.readUrl;
let seen = 0;
let told = 0;

function tell() {
  if (!url || seen <= told) return;
  told = seen;
  const body = new URLSearchParams({ number: String(seen), csrfmiddlewaretoken: token() });
  fetch(url, { method: "POST", body, headers: { "X-CSRFToken": token() }, keepalive: true })
    .then(() => ask(topic.dataset.topic))
    .catch(() => { told = 0; });
}
if (url) {
  const watcher = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (entry.isIntersecting) seen = Math.max(seen, Number(entry.target.dataset.number));
    }
  }, { threshold: 0.2 });
  document.querySelectorAll("[data-number]").forEach((post) => watcher.observe(post));
  setInterval(tell, 2500);
  addEventListener("pagehide", tell);
  document.addEventListener("visibilitychange", () => { if (document.hidden) tell(); });
}
