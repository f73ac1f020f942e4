/* The share kit: the edited text is used by every way of sharing; each share is logged by its channel. Kits may be inserted after page load. */
import { toast, words } from "./toasts.js";

const kitOf = (element) => element.closest("dialog")?.querySelector("[data-share-kit]") ?? document.querySelector("[data-share-kit]");
const areas = (kit) => [...kit.querySelectorAll("[data-share-words]")];
const chosen = (kit) => areas(kit).find((area) => "chosen" in area.dataset) ?? areas(kit)[0];

function log(kit, channel) {
  if (!kit) return;
  const body = new URLSearchParams({ channel, program: kit.dataset.program });
  fetch(kit.dataset.logUrl, { method: "POST", body, keepalive: true, headers: { "X-CSRFToken": kit.dataset.csrf } }).catch(() => {});
}

function fill(kit, way) {
  const { pattern, shared } = way.dataset;
  const text = chosen(kit).value.replace(shared.split("?")[0], shared);
  const values = { text, url: shared, subject: kit.dataset.subject };
  way.href = pattern.replace(/\{(text|url|subject)\}/g, (mark, name) => encodeURIComponent(values[name]));
}

async function copyText(kit) {
  const area = chosen(kit);
  log(kit, "copy");
  try {
    await navigator.clipboard.writeText(area.value);
    toast({ text: kit.dataset.copied });
  } catch {
    area.focus();
    area.select();
    toast({ text: words.copyByHand });
  }
}

async function shareHere(kit) {
  try {
    await navigator.share({ text: chosen(kit).value });
    log(kit, "share");
  } catch { /* closed by the person */ }
}

const showNative = () => { if (navigator.share) document.querySelectorAll("[data-share-sheet]").forEach((button) => { button.hidden = false; }); };
showNative();
document.body.addEventListener("htmx:afterSwap", showNative);

document.addEventListener("focusin", (event) => {
  const area = event.target.closest?.("[data-share-words]");
  if (!area) return;
  areas(kitOf(area)).forEach((other) => { delete other.dataset.chosen; });
  area.dataset.chosen = "";
});
document.addEventListener("click", (event) => {
  const at = (selector) => event.target.closest(selector);
  const way = at("[data-share-way]");
  if (way) { const kit = kitOf(way); fill(kit, way); log(kit, way.dataset.shareWay); }
  if (at("[data-share-copy]")) copyText(kitOf(event.target));
  if (at("[data-share-sheet]")) shareHere(kitOf(event.target));
  const logged = at("[data-share-log]");
  if (logged) log(kitOf(logged), logged.dataset.shareLog);
});
