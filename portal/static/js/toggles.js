/* Optimistic toggles: a pressed button changes immediately and reverts, with a message, when the server refuses.
   <button class="act" aria-pressed="false" hx-post="…"><span data-count>3</span></button> */
const turn = (button) => {
  const on = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(on));
  const count = button.querySelector("[data-count]");
  if (count) count.textContent = String(Math.max(0, Number(count.textContent || 0) + (on ? 1 : -1)));
};
const pressed = (event) => {
  const button = event.detail.elt?.matches?.("[aria-pressed]") ? event.detail.elt : event.detail.elt?.querySelector?.(":scope > button[aria-pressed]");
  return button?.closest("[data-preferences], .composer") ? null : button;
};

document.body.addEventListener("htmx:beforeRequest", (event) => { const button = pressed(event); if (button) turn(button); });
for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.body.addEventListener(name, (event) => { const button = pressed(event); if (button) turn(button); });
}
