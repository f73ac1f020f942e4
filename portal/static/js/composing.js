/* Japanese input: while an input method composes, Enter and Escape belong to it, and live search ignores the unfinished word.
   Some browsers report the confirming Enter after compositionend, as key code 229. */
export const composing = (event) => event.isComposing || event.keyCode === 229;

addEventListener("keydown", (event) => {
  if (!composing(event)) return;
  if (event.key === "Enter" || event.key === "Escape" || event.key === "Process") event.stopImmediatePropagation();
  if (event.key === "Enter" && event.target.matches?.("input")) event.preventDefault();
}, true);

addEventListener("input", (event) => {
  if (event.isComposing) event.stopImmediatePropagation();
}, true);

addEventListener("compositionend", (event) => {
  event.target.dispatchEvent(new Event("input", { bubbles: true }));
}, true);
