"""The sitemap of public pages, and an Atom feed of new questions."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.html import escape
from django.views.decorators.http import require_GET

from community.models import Article, Topic, Visibility
from portal.accounts.permissions import public
from portal.core.web.site_name import company_name

SITEMAP_SIZE = 20_000


@public
@require_GET
def sitemap(request: HttpRequest) -> HttpResponse:
    """Public pages only, newest first."""
    topics = (
        Topic.objects.listed().filter(visibility=Visibility.PUBLIC).only("kind", "last_posted_at")
    )
    articles = Article.objects.filter(status=Article.Status.PUBLISHED, visibility=Visibility.PUBLIC)
    rows = [
        (row.get_absolute_url(), row.last_posted_at)
        for row in topics.order_by("-last_posted_at", "-pk")[:SITEMAP_SIZE]
    ]
    rows += [
        (row.get_absolute_url(), row.updated_at)
        for row in articles.only("slug", "updated_at").order_by("-updated_at")
    ]
    lines = [
        f"<url><loc>{escape(settings.HAZUMI_BASE_URL + url)}</loc>"
        f"<lastmod>{at:%Y-%m-%d}</lastmod></url>"
        for url, at in rows
    ]
    body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{"".join(lines)}</urlset>'
    return HttpResponse(
        f'<?xml version="1.0" encoding="UTF-8"?>{body}', content_type="application/xml"
    )


@public
@require_GET
def robots(request: HttpRequest) -> HttpResponse:
    """Where search engines need not look, and where the sitemap is."""
    closed = ("/accounts/", "/settings/", "/staff/", "/search/", "/r/")
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in closed),
        f"Sitemap: {settings.HAZUMI_BASE_URL}/sitemap.xml",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


@public
@require_GET
def feed(request: HttpRequest, kind: str) -> HttpResponse:
    """The newest public topics of a kind as Atom."""
    base = settings.HAZUMI_BASE_URL
    rows = (
        Topic.objects.listed()
        .filter(kind=kind, visibility=Visibility.PUBLIC)
        .order_by("-created_at", "-pk")[:30]
    )
    entries = "".join(
        f"<entry><id>urn:uuid:{row.public_id}</id><title>{escape(row.title)}</title>"
        "<link "
        f'href="{base}{row.get_absolute_url()}"/><updated>{row.last_posted_at.isoformat()}</updated></entry>'
        for row in rows
    )
    updated = rows[0].last_posted_at.isoformat() if rows else "2026-01-01T00:00:00+00:00"
    body = (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><id>{base}{request.path}</id>'
        f"<title>{escape(company_name())}</title><updated>{updated}</updated>{entries}</feed>"
    )
    return HttpResponse(
        f'<?xml version="1.0" encoding="UTF-8"?>{body}', content_type="application/atom+xml"
    )
