/* Prevents double submits: a form in flight cannot be sent again; its button keeps the label and shows progress. */
const busy = (button, on) => {
  if (!button?.matches("button, input[type=submit]")) return;
  if (on) button.setAttribute("aria-busy", "true");
  else button.removeAttribute("aria-busy");
};
function release(form) {
  delete form.dataset.sending;
  form.querySelectorAll("[aria-busy=true]").forEach((button) => busy(button, false));
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("data-unguarded")) return;
  if (form.dataset.sending) { event.preventDefault(); event.stopImmediatePropagation(); return; }
  form.dataset.sending = "1";
  busy(event.submitter ?? form.querySelector("button:not([type=button])"), true);
  setTimeout(() => release(form), 20000);
}, false);
document.body.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.detail.elt;
  if (!form.matches?.("form") || event.detail.requestConfig.verb === "get") return;
  if (form.dataset.sending) { event.preventDefault(); return; }
  form.dataset.sending = "1";
  busy(event.detail.requestConfig.triggeringEvent?.submitter ?? form.querySelector("button:not([type=button])"), true);
});
document.body.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt?.closest?.("form");
  if (form) release(form);
});
addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-sending]").forEach(release);
});

/* After a validation error the first invalid field gets the focus. */
document.querySelector(":is([data-invalid] :is(input, select, textarea), [aria-invalid=true]):not(.specimen *)")?.focus();
