/* The share kit: words the person may edit fill every way of sharing; each act is logged by its channel. */
import { toast } from "./toasts.js";

const kit = document.querySelector("[data-share-kit]");

function log(channel) {
  if (!kit) return;
  const body = new URLSearchParams({ channel, program: kit.dataset.program });
  fetch(kit.dataset.logUrl, { method: "POST", body, keepalive: true, headers: { "X-CSRFToken": kit.dataset.csrf } }).catch(() => {});
}

if (kit) {
  let chosen = kit.querySelector("[data-chosen]");
  kit.querySelectorAll("[data-share-words]").forEach((area) => area.addEventListener("focus", () => { chosen = area; }));
  const plain = (url) => url.split("?")[0];
  const words = (shared) => chosen.value.replace(plain(shared), shared);
  kit.querySelectorAll("[data-share-way]").forEach((way) => way.addEventListener("click", () => {
    const { pattern, shared, shareWay } = way.dataset;
    way.href = pattern.replace("{text}", encodeURIComponent(words(shared))).replace("{url}", encodeURIComponent(shared)).replace("{subject}", encodeURIComponent(kit.dataset.subject));
    log(shareWay);
  }));
  kit.querySelector("[data-share-copy]").addEventListener("click", async () => {
    try { await navigator.clipboard.writeText(chosen.value); toast({ text: kit.dataset.copied }); } catch { chosen.focus(); chosen.select(); }
    log("copy");
  });
  const sheet = kit.querySelector("[data-share-sheet]");
  if (navigator.share) {
    sheet.hidden = false;
    sheet.addEventListener("click", async () => {
      try { await navigator.share({ text: chosen.value }); log("share"); } catch { /* closed by the person */ }
    });
  }
}
document.addEventListener("click", (event) => {
  const logged = event.target.closest("[data-share-log]");
  if (logged) log(logged.dataset.shareLog);
});
