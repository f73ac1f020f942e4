/* Offline the browser shows our page instead of its own: a service worker caches that one page and nothing else. */
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js").catch(() => { /* the browser's own page then */ });
