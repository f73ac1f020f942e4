/* Copy and share, with an announcement for screen readers; where the clipboard is refused the text is selected for manual copying. */
import { toast, words } from "./toasts.js";

const area = (button, name) => document.getElementById(button.dataset[name] ?? "");

async function copy(button) {
  const written = area(button, "copyFrom");
  const text = written?.value || button.dataset.copy || button.closest(".linkbox")?.querySelector("[data-copy-source]")?.value || location.href;
  try {
    await navigator.clipboard.writeText(text);
    toast({ text: button.dataset.copied || words.copied });
  } catch {
    let source = written ?? button.parentElement.querySelector("[data-copy-source], input, textarea");
    if (!source) {
      source = Object.assign(document.createElement("input"), { value: text, readOnly: true, className: "input" });
      source.setAttribute("aria-label", button.textContent.trim());
      button.before(source);
    }
    source.focus();
    source.select();
    toast({ text: words.copyByHand });
  }
}

document.addEventListener("click", async (event) => {
  const copier = event.target.closest("[data-copy]");
  if (copier) { event.preventDefault(); copy(copier); return; }
  const mailer = event.target.closest("[data-mail-from]");
  if (mailer) mailer.href = mailer.href.replace(/([?&]body=)[^&]*/, (all, name) => name + encodeURIComponent(area(mailer, "mailFrom").value));
  const sharer = event.target.closest("[data-share]");
  if (sharer && navigator.share) {
    event.preventDefault();
    const { share, shareTitle, shareText } = sharer.dataset;
    try { await navigator.share({ url: share || location.href, title: shareTitle || document.title, text: shareText || undefined }); } catch { /* closed by the person */ }
  } else if (sharer?.tagName === "BUTTON" && !sharer.dataset.open) {
    event.preventDefault();
    sharer.dataset.copy = sharer.dataset.share || location.href;
    copy(sharer);
  }
});
