/* The composer: Markdown buttons (one tab stop, arrows move), a preview by the server's renderer, a link pasted over a selection. */
import { token } from "./toasts.js";

const AROUND = { bold: ["**", "**"], code: ["`", "`"], link: ["[", "](https://)"] };
const BEFORE = { heading: "## ", quote: "> ", list: "- ", ordered: "1. " };

export function put(area, from, to, text) {
  area.focus();
  area.setSelectionRange(from, to);
  if (!document.execCommand("insertText", false, text)) { // keeps the browser's own undo where it can
    area.setRangeText(text, from, to, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
function mark(area, kind) {
  const { selectionStart: from, selectionEnd: to, value } = area;
  const chosen = value.slice(from, to);
  if (kind === "code" && chosen.includes("\n")) {
    put(area, from, to, "```\n" + chosen + "\n```");
  } else if (AROUND[kind]) {
    const [left, right] = AROUND[kind];
    put(area, from, to, left + chosen + right);
    area.setSelectionRange(from + left.length, from + left.length + chosen.length);
  } else {
    const start = value.lastIndexOf("\n", from - 1) + 1;
    const end = to < value.length && value.indexOf("\n", to) >= 0 ? value.indexOf("\n", to) : value.length;
    put(area, start, end, value.slice(start, end).split("\n").map((line) => BEFORE[kind] + line).join("\n"));
  }
}

function start(composer) {
  if (composer.dataset.started) return;
  composer.dataset.started = "1";
  const area = composer.querySelector("textarea");
  const bar = composer.querySelector("[data-toolbar]");
  if (!area || !bar) return;
  bar.hidden = false;
  const buttons = [...bar.querySelectorAll("button")];
  buttons.forEach((button, index) => { button.tabIndex = index ? -1 : 0; });
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length];
    buttons.forEach((button) => { button.tabIndex = button === next ? 0 : -1; });
    next.focus();
  });
  bar.addEventListener("click", (event) => {
    const kind = event.target.closest("[data-md]")?.dataset.md;
    if (kind) mark(area, kind);
  });
  area.addEventListener("paste", (event) => {
    const link = event.clipboardData.getData("text/plain").trim();
    const { selectionStart: from, selectionEnd: to } = area;
    if (from !== to && /^https?:\/\/\S+$/.test(link)) {
      event.preventDefault();
      put(area, from, to, `[${area.value.slice(from, to)}](${link})`);
    }
  });
  const pane = composer.querySelector("[data-preview-pane]");
  const write = composer.querySelector("[data-write]");
  const preview = composer.querySelector("[data-preview]");
  const show = (previewing) => {
    pane.hidden = !previewing;
    area.hidden = previewing;
    write.setAttribute("aria-pressed", String(!previewing));
    preview.setAttribute("aria-pressed", String(previewing));
  };
  write?.addEventListener("click", () => { show(false); area.focus(); });
  preview?.addEventListener("click", async () => {
    const body = new URLSearchParams({ body: area.value });
    const answer = await fetch(composer.dataset.previewUrl, { method: "POST", body, headers: { "X-CSRFToken": token() } });
    if (answer.ok) { pane.innerHTML = await answer.text(); show(true); } // sanitised by the server's one renderer
  });
}

const all = (root) => root.querySelectorAll("[data-composer]").forEach(start);
all(document);
document.body.addEventListener("htmx:afterSwap", (event) => all(event.target.parentElement ?? document));
