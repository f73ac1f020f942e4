/* Hazumi on your own pages: recognises the referral link a visitor followed and passes it to the sign-up form. Stores nothing on their device before consent. */
(function (script) {
  if (!script || window.hazumi) return;
  var data = script.dataset, home = new URL(script.src).origin, NAME = "hazumi_ref";
  var hosts = (data.links || "").split(/[\s,]+/).concat(new URL(home).host).filter(Boolean);
  var days = Math.min(+data.days || 90, 400), state = data.consent || "pending", arrived = "";
  var SIGNS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"], quiet = { capture: true, passive: true };
  var hazumi = window.hazumi = { code: "", click: "", consent: function (said) { state = said; settle(); } };

  function know(code, click) {
    if (!/^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])$/i.test(code || "")) return false;
    hazumi.code = code;
    hazumi.click = /^[\w-]{22}$/.test(click || "") ? click : "";
    return true;
  }
  function keep(value, age) {
    document.cookie = NAME + "=" + value + "; Max-Age=" + age + "; Path=/; SameSite=Lax" +
      (data.domain ? "; Domain=" + data.domain : "") + (location.protocol === "https:" ? "; Secure" : "");
  }
  function settle() {
    if (state === "denied") {
      hazumi.code = hazumi.click = arrived = "";
      return keep("", 0);
    }
    if (state !== "granted") return;
    var kept = (document.cookie.match(/(?:^|; )hazumi_ref=([^;]*)/) || ["", ""])[1].split(".");
    if (kept[0] && (!hazumi.code || data.touch === "first")) know(kept[0], kept[1]);
    else if (hazumi.code) keep(hazumi.code + "." + hazumi.click, days * 86400);
  }

  /* A click counts as a person's after a pointer, key or touch event on a visible page, or ten seconds of reading. */
  function prove() {
    if (!arrived || document.visibilityState !== "visible") return;
    var body = new URLSearchParams({ hz: arrived });
    arrived = "";
    fetch(home + "/embed/landed/", { method: "POST", body: body, keepalive: true, credentials: "omit" }).catch(function () {});
  }
  function sign(event) { if (event.isTrusted) prove(); }

  function ours(url) { return hosts.indexOf(url.host) >= 0; }
  function decorate(event) {
    var link = event.target.closest && event.target.closest("a[href]");
    if (!link || !hazumi.code || !/^https?:/.test(link.href)) return;
    var url = new URL(link.href);
    if (!ours(url)) return;
    url.searchParams.set("via", hazumi.code);
    if (hazumi.click) url.searchParams.set("hz", hazumi.click);
    link.href = url.href;
  }
  function fill(event) {
    var form = event.target, names = { via: hazumi.code, hz: hazumi.click };
    if (!("hazumi" in form.dataset) && !ours(new URL(form.getAttribute("action") || "", location.href))) return;
    for (var name in names) {
      if (!names[name]) continue;
      var field = form.querySelector("input[name=" + name + "]") || document.createElement("input");
      field.type = "hidden"; field.name = name; field.value = names[name];
      form.appendChild(field);
    }
  }

  var query = new URLSearchParams(location.search);
  if (know(query.get("via"), query.get("hz"))) arrived = hazumi.click;
  settle();
  SIGNS.forEach(function (name) { addEventListener(name, sign, quiet); });
  setTimeout(prove, 10000);
  ["pointerdown", "click"].forEach(function (name) { addEventListener(name, decorate, true); });
  addEventListener("submit", fill, true);
})(document.currentScript);
