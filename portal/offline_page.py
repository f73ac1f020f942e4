"""The offline page: one page in both languages, kept by a service worker that does nothing else."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_GET

from portal.accounts.permissions import public

# Pages always come from the server; nothing of a person is ever kept, for the device may be shared.
WORKER = """const KEPT = "offline-%(mark)s";
const PAGE = "%(page)s";
const ALL = [PAGE, "%(style)s"];
async function keep() {
  await (await caches.open(KEPT)).addAll(ALL);
  await self.skipWaiting();
}
async function tidy() {
  const old = (await caches.keys()).filter((name) => name !== KEPT);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}
self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(tidy()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const otherwise = (kept) => event.respondWith(fetch(request).catch(() => caches.match(kept)));
  if (request.mode === "navigate") otherwise(PAGE);
  else if (request.destination === "style") otherwise(request);
});
"""


@public
@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    """The page itself; nobody's name is on it."""
    return render(request, "offline.html")


@public
@require_GET
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker that keeps it. It is at the top so that it stands for every page."""
    style = static("css/hazumi.css")
    values = {"page": reverse("portal:offline"), "style": style, "mark": style.rpartition("/")[2]}
    return HttpResponse(
        WORKER % values,
        content_type="text/javascript; charset=utf-8",
        headers={"Cache-Control": "no-cache"},
    )
