/* Keeps relative times current while the page is open: the same wording as the server, never in the future. */
const japanese = document.documentElement.lang === "ja";
const plural = (n, unit) => (japanese ? `${n}${unit[0]}前` : `${n} ${unit[1]}${n === 1 ? "" : "s"} ago`);

function say(then, now) {
  const seconds = Math.max(0, Math.floor((now - then) / 1000));
  if (seconds < 60) return japanese ? "たった今" : "just now";
  if (seconds < 3600) return plural(Math.floor(seconds / 60), ["分", "minute"]);
  if (seconds < 86400) return plural(Math.floor(seconds / 3600), ["時間", "hour"]);
  if (seconds < 7 * 86400) return plural(Math.floor(seconds / 86400), ["日", "day"]);
  return "";
}
function refresh() {
  const now = Date.now();
  for (const time of document.querySelectorAll("time[data-live]")) {
    const words = say(Date.parse(time.dateTime), now);
    if (words && words !== time.textContent) time.textContent = words;
  }
}
setInterval(refresh, 30000);
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
