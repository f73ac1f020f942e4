/* Images in the composer: pasted, dropped or chosen. Each shows its upload progress and can be cancelled; one in the text can be described and removed. */
import { put } from "./composer.js";
import { toast, token } from "./toasts.js";

const IN_TEXT = /!\[([^\]\n]*)\]\((\/files\/[0-9a-f-]{36}\/\d+x\d+\/)\)/g;
const NAMELESS = /^(image|clipboard|screenshot|スクリーンショット)?[\s\d_().:-]*$/i;

function start(composer) {
  const { attachUrl: url, attachLimit: limit } = composer.dataset;
  if (!url || composer.dataset.attaching) return;
  composer.dataset.attaching = "1";
  const area = composer.querySelector("textarea");
  const list = composer.querySelector("[data-files]");
  const [uploading, shown] = ["[data-uploading-row]", "[data-shown-row]"].map((name) => composer.querySelector(name).content);
  const input = composer.querySelector("input[type=file]");
  const waiting = [];
  let request = null;
  let composing = false;
  const later = [];

  const insert = (text) => {
    if (composing) { later.push(text); return; } // not while the input method composes
    const { selectionStart: at, value } = area;
    const gap = !value.slice(0, at).trim() || value.slice(0, at).endsWith("\n\n") ? "" : value[at - 1] === "\n" ? "\n" : "\n\n";
    const line = `${gap}${text}\n\n`; // a paragraph of its own
    if (document.activeElement === area) { put(area, at, area.selectionEnd, line); return; }
    area.setRangeText(line, at, at, "end"); // the user is typing elsewhere: keep the cursor there
    area.dispatchEvent(new Event("input", { bubbles: true }));
  };
  area.addEventListener("compositionstart", () => { composing = true; });
  area.addEventListener("compositionend", () => { composing = false; setTimeout(() => later.splice(0).forEach(insert)); });

  const refuse = (name, sentence) => toast({ text: `${name}: ${sentence}`, tone: "error" });
  function next() {
    const job = waiting[0];
    if (!job || request) return;
    request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("X-CSRFToken", token());
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = (event) => { if (event.lengthComputable) job.bar.value = (event.loaded / event.total) * 100; };
    request.onload = () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { if (request.status === 429) answer.detail = request.responseText; }
      if (request.status === 201) insert(`![${job.alt}](${answer.url})`);
      else refuse(job.file.name, answer.detail || composer.dataset.attachFailed);
    };
    request.onerror = () => refuse(job.file.name, composer.dataset.attachFailed);
    request.onloadend = () => { request = null; waiting.shift(); job.row.remove(); sync(); next(); };
    const body = new FormData();
    body.append("file", job.file);
    request.send(body);
  }
  function take(files) {
    for (const file of files) {
      if (file.size > Number(limit)) { refuse(file.name, composer.dataset.attachLarge); continue; }
      const row = uploading.firstElementChild.cloneNode(true);
      const stem = file.name.replace(/\.[^.]*$/, "");
      const job = { file, row, bar: row.querySelector("progress"), alt: NAMELESS.test(stem) ? "" : stem.replace(/[[\]\n]/g, " ") };
      row.querySelector("[data-name]").textContent = file.name;
      job.bar.setAttribute("aria-label", file.name);
      row.querySelector("[data-cancel]").addEventListener("click", () => {
        if (waiting[0] === job && request) request.abort();
        else { waiting.splice(waiting.indexOf(job), 1); row.remove(); sync(); }
        area.focus();
      });
      waiting.push(job);
      list.append(row);
    }
    sync();
    next();
  }

  const find = (address) => [...area.value.matchAll(IN_TEXT)].find((match) => match[2] === address);
  const change = (address, text) => {
    const match = find(address);
    if (!match) return;
    area.setRangeText(text, match.index, match.index + match[0].length, "preserve");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  };
  function rowOf(address, alt) {
    const row = shown.firstElementChild.cloneNode(true);
    row.dataset.shown = address;
    row.querySelector("img").src = address;
    const field = row.querySelector("input");
    field.value = alt;
    field.addEventListener("input", () => change(address, `![${field.value.replace(/[[\]\n]/g, " ").trim()}](${address})`));
    field.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    row.querySelector("[data-remove]").addEventListener("click", () => { change(address, ""); area.focus(); });
    return row;
  }
  function sync() {
    const inText = new Map([...area.value.matchAll(IN_TEXT)].map((match) => [match[2], match[1]]));
    for (const row of list.querySelectorAll("[data-shown]")) {
      if (!inText.has(row.dataset.shown)) { row.remove(); continue; }
      const field = row.querySelector("input");
      if (field !== document.activeElement) field.value = inText.get(row.dataset.shown);
      inText.delete(row.dataset.shown);
    }
    inText.forEach((alt, address) => list.append(rowOf(address, alt)));
    list.hidden = !list.children.length;
  }
  area.addEventListener("input", sync);
  area.form?.addEventListener("hz:draft", sync); // a draft was restored
  sync();

  composer.querySelector("[data-attach]").addEventListener("click", () => input.click());
  input.addEventListener("change", () => { take([...input.files]); input.value = ""; });
  area.addEventListener("paste", (event) => {
    const files = [...event.clipboardData.files];
    if (!files.length || event.clipboardData.getData("text/plain")) return; // a table's cells come as text and as a picture
    event.preventDefault();
    take(files);
  });
  area.addEventListener("dragover", (event) => { if (event.dataTransfer.types.includes("Files")) event.preventDefault(); });
  area.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    take([...event.dataTransfer.files]);
  });
  area.form?.addEventListener("submit", (event) => {
    if (!waiting.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    toast({ text: composer.dataset.attachWait });
  }, true);
}

const all = (root) => root.querySelectorAll("[data-composer]").forEach(start);
all(document);
document.body.addEventListener("htmx:afterSwap", (event) => all(event.target.parentElement ?? document));
