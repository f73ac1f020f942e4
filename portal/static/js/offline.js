/* Without a connection the browser shows our page, not its own: a worker keeps that one page and nothing else. */
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js").catch(() => { /* the browser's own page then */ });
