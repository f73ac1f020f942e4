/* <hazumi-share token="…" lang="ja" theme="auto">: the program card and the share buttons, inside your product. Contacts only its own host. */
const HOME = new URL(import.meta.url).origin;
const ALONE = {
  ja: { loading: "読み込んでいます", failed: "表示できませんでした。", again: "もう一度試す", expired: "表示の有効期限が切れました。ページを読み込み直してください。" },
  en: { loading: "Loading", failed: "This could not be shown.", again: "Try again", expired: "This has expired. Please reload the page." },
};
const SHEET = new CSSStyleSheet();
SHEET.replaceSync(`
:host { display: block; color-scheme: light dark; --ink: light-dark(#1d1b18, #f1eee8); --quiet: light-dark(#5f5a52, #b3ada2); --line: light-dark(#dcd7cd, #3b3833); --paper: light-dark(#ffffff, #1f1e1b); --sunken: light-dark(#f6f3ed, #171614); --strong: light-dark(#b3400f, #ff9a62); --on: light-dark(#ffffff, #1d1b18); --ring: light-dark(#2f4b8f, #9db4f0); font: 400 16px/1.75 system-ui, "Hiragino Sans", "Noto Sans JP", "Yu Gothic UI", sans-serif; color: var(--ink); }
:host([hidden]) { display: none; }
:host([theme="light"]) { color-scheme: light; }
:host([theme="dark"]) { color-scheme: dark; }
* { box-sizing: border-box; }
section { border: 1px solid var(--line); border-radius: 16px; background: var(--paper); padding: 20px; }
p { margin: 0 0 8px; }
.title { font-weight: 700; font-size: 18px; line-height: 1.4; word-break: auto-phrase; text-wrap: balance; }
.meta { color: var(--quiet); font-size: 13px; }
.row { display: flex; flex-wrap: wrap; gap: 8px; margin: 12px 0 0; padding: 0; list-style: none; }
input, textarea { flex: 1 1 200px; min-width: 0; width: 100%; padding: 10px 12px; border: 1px solid var(--line); border-radius: 8px; background: var(--sunken); color: var(--ink); font: inherit; font-size: 15px; }
textarea { min-height: 144px; resize: vertical; }
button, a.way { min-height: 44px; padding: 0 16px; display: inline-grid; place-items: center; border: 1px solid var(--line); border-radius: 8px; background: var(--paper); color: var(--ink); font: inherit; font-weight: 600; font-size: 15px; text-decoration: none; cursor: pointer; }
button.main { background: var(--strong); border-color: var(--strong); color: var(--on); }
a { color: var(--ring); }
:focus-visible { outline: 3px solid var(--ring); outline-offset: 2px; }
details { margin-top: 12px; } summary { cursor: pointer; min-height: 32px; color: var(--quiet); font-size: 14px; }
svg { display: block; width: 200px; max-width: 100%; background: #fff; border-radius: 8px; margin-top: 8px; }
[role="status"]:empty { display: none; } [role="status"] { margin: 12px 0 0; font-size: 14px; }
@media print { section { display: none; } }`);

const make = (name, fields = {}, ...children) => {
  const node = Object.assign(document.createElement(name), fields);
  node.append(...children);
  return node;
};

class HazumiShare extends HTMLElement {
  static observedAttributes = ["token", "lang"];
  #root = this.attachShadow({ mode: "open" });
  #asked = 0;

  connectedCallback() {
    this.#root.adoptedStyleSheets = [SHEET];
    this.#load();
  }

  attributeChangedCallback(name, before, after) {
    if (this.isConnected && before !== after) this.#load();
  }

  get #language() {
    const said = this.getAttribute("lang") || this.closest("[lang]")?.lang || navigator.language;
    return said.toLowerCase().startsWith("ja") ? "ja" : "en";
  }

  async #load() {
    const mine = ++this.#asked;
    const token = this.getAttribute("token");
    const words = ALONE[this.#language];
    if (!token) { this.#root.replaceChildren(); return; }
    this.#show(make("p", { className: "meta", textContent: words.loading }));
    this.#root.firstElementChild.setAttribute("aria-busy", "true");
    let answer, card;
    try {
      answer = await this.#post("card", { token, lang: this.#language });
      if (answer.ok) card = await answer.json();
    } catch { /* said below */ }
    if (mine !== this.#asked) return;
    if (card) { this.#draw(card); this.#tell("ready"); return; }
    const expired = answer?.status === 401;
    const again = make("button", { type: "button", textContent: words.again, onclick: () => this.#load() });
    this.#show(make("p", { textContent: expired ? words.expired : words.failed }), ...(expired ? [] : [again]));
    this.#tell(expired ? "expired" : "failed");
  }

  #post(where, fields) {
    return fetch(`${HOME}/embed/${where}/`, { method: "POST", body: new URLSearchParams(fields), credentials: "omit", keepalive: true });
  }

  #tell(name, detail) { this.dispatchEvent(new CustomEvent(`hazumi-${name}`, { detail, bubbles: true, composed: true })); }

  #show(...children) { this.#root.replaceChildren(make("section", { lang: this.#language }, ...children)); }

  #draw(card) {
    const { labels } = card;
    const said = make("p", {});
    said.setAttribute("role", "status");
    const say = (text) => { said.textContent = ""; setTimeout(() => { said.textContent = text; }, 30); };
    const log = (channel) => { this.#post("shared", { token: this.getAttribute("token"), channel }).catch(() => {}); this.#tell("shared", { channel }); };
    const copy = async (field) => {
      log("copy");
      try { await navigator.clipboard.writeText(field.value); say(labels.copied); } catch { field.focus(); field.select(); say(labels.by_hand); }
    };
    const title = make("p", { className: "title", textContent: card.sentence || card.title });
    title.setAttribute("role", "heading");
    title.setAttribute("aria-level", "3");
    const link = make("input", { value: card.url, readOnly: true, onfocus: () => link.select() });
    link.setAttribute("aria-label", labels.link);
    const words = make("textarea", { value: card.text, lang: card.language });
    words.setAttribute("aria-label", labels.words);
    const about = make("p", { className: "meta" }, `${card.fulfilment} `, make("a", { href: card.terms_url, target: "_blank", rel: "noopener", textContent: labels.terms }));
    const ways = make("ul", { className: "row" }, ...card.ways.map((way) => make("li", {}, this.#way(way, words, card, log))));
    ways.setAttribute("aria-label", labels.share_by);
    const here = navigator.share ? [make("button", { type: "button", textContent: labels.share_here, onclick: () => navigator.share({ text: words.value }).then(() => log("share"), () => {}) })] : [];
    this.#show(
      title, about,
      make("div", { className: "row" }, link, make("button", { type: "button", className: "main", textContent: labels.copy, onclick: () => copy(link) }), ...here),
      ways,
      make("details", {}, make("summary", { textContent: labels.words }), words, make("p", { className: "meta", textContent: labels.disclosure }), make("button", { type: "button", textContent: labels.copy_text, onclick: () => copy(words) })),
      make("details", { ontoggle: (event) => { if (event.target.open) log("qr"); } }, make("summary", { textContent: labels.qr }), this.#square(card)),
      said,
    );
  }

  #way(way, words, card, log) {
    const fill = () => {
      const values = { text: words.value.replace(card.url, way.shared), url: way.shared, subject: card.subject };
      return way.pattern.replace(/\{(text|url|subject)\}/g, (mark, name) => encodeURIComponent(values[name]));
    };
    const link = make("a", { className: "way", href: fill(), target: "_blank", rel: "noopener", textContent: way.label });
    link.onclick = () => { link.href = fill(); log(way.channel); };
    return link;
  }

  #square({ qr, labels, url }) {
    const draw = (name, fields) => {
      const node = document.createElementNS("http://www.w3.org/2000/svg", name);
      for (const [key, value] of Object.entries(fields)) node.setAttribute(key, value);
      return node;
    };
    const svg = draw("svg", { viewBox: `0 0 ${qr.size} ${qr.size}`, role: "img", "aria-label": `${labels.qr}: ${url}`, "shape-rendering": "crispEdges" });
    svg.append(draw("path", { d: qr.path, fill: "#000" }));
    return svg;
  }
}
customElements.get("hazumi-share") || customElements.define("hazumi-share", HazumiShare);
