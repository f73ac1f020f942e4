"""Knowledge articles: reading, rating, writing, revisions."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from community import services
from community.forms.articles import ArticleForm, JudgeForm
from community.models import Article, Topic
from community.rules.text import difference, tag_key
from community.selectors import articles as selectors
from community.selectors import spaces
from portal.accounts.permissions import (
    MemberRequest,
    is_member,
    is_staff_member,
    member_required,
    public,
    team_required,
)
from portal.core import time
from portal.core.db.pagination import page_by_key


@public
@require_GET
def articles(request: HttpRequest) -> HttpResponse:
    """What works, written down; by space and tag."""
    offered = spaces.spaces_for(request.user)
    space = next((row for row in offered if row.slug == request.GET.get("space")), None)
    tag = tag_key(request.GET.get("tag", ""))
    drafts = is_staff_member(request.user) and request.GET.get("tab") == "drafts"
    rows = selectors.listed(
        request.user, language=request.LANGUAGE_CODE, space=space, tag=tag, drafts=drafts
    )
    page = page_by_key(rows, order=("-updated_at", "-id"), cursor=request.GET.get("page"))
    context = {
        "articles": page.items,
        "page": page,
        "spaces": offered,
        "space": space,
        "tag": tag,
        "drafts": drafts,
        "may_write": is_staff_member(request.user),
    }
    return render(request, "community/articles.html", context)


@public
@require_GET
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """An article: contents, text, when it was checked, whether it helped, what else was asked."""
    row = selectors.get_article(request.user, slug)
    other = selectors.other_language(row, request.user)
    context: dict[str, Any] = {
        "article": row,
        "tags": list(zip(row.tags, row.tag_names, strict=True)),
        "other": other,
        "is_outdated": selectors.is_older_than_original(row),
        "questions": selectors.related_questions(row, request.user),
        "vote": row.votes.filter(user=request.user).first() if is_member(request.user) else None,
        "may_write": is_staff_member(request.user),
    }
    return render(request, "community/article.html", context)


@member_required
@require_POST
def judge(request: MemberRequest, slug: str) -> HttpResponse:
    """Say whether an article helped, and what was missing."""
    row = selectors.get_article(request.user, slug)
    form = JudgeForm(request.POST)
    if form.is_valid():
        helpful = form.cleaned_data["helpful"] == "yes"
        services.judge_article(
            article=row,
            user=request.user,
            is_helpful=helpful,
            why=form.cleaned_data["why"],
            now=time.now(),
        )
        messages.success(request, _("Thank you. It helps us write better."))
    return redirect(f"{row.get_absolute_url()}#useful")


@team_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_article(request: MemberRequest) -> HttpResponse:
    """Begin an article, also from a topic (`?topic=`) or as a translation (`?of=`)."""
    if spaces.is_empty():
        services.first_space()
    source = request.GET.get("topic", "")
    topic = (
        Topic.objects.visible_to(request.user).filter(pk=int(source)).first()
        if source.isdecimal()
        else None
    )
    original = (
        Article.objects.visible_to(request.user).filter(slug=request.GET.get("of", "")).first()
    )
    form = ArticleForm(
        request.POST or None,
        user=request.user,
        is_new=True,
        initial=selectors.beginning(topic, original),
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            row = services.save_article(
                editor=request.user,
                title=data["title"],
                body=data["body"],
                space=form.chosen_space,
                slug=data["slug"],
                tags=data["tags"],
                visibility=data["visibility"],
                note=data["note"],
                source_topic=topic,
                translation_of=original,
                form_key=data["form_key"],
                draft_key="article:new",
                now=time.now(),
            )
        except services.SlugTaken:
            form.add_error("slug", _("Another article has this address."))
        else:
            return _saved(request, row)
    status = 422 if request.method == "POST" else 200
    return render(
        request,
        "community/article_edit.html",
        {"form": form, "topic": topic, "original": original},
        status=status,
    )


@team_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_article(request: MemberRequest, slug: str) -> HttpResponse:
    """Write a new version of an article."""
    row = selectors.get_article(request.user, slug)
    newest = row.revisions.order_by("-number").first()
    begun = {
        "title": newest.title if newest else row.title,
        "body": newest.markdown if newest else "",
        "space": row.space_id,
        "tags": ", ".join(row.tag_names),
        "visibility": row.visibility,
    }
    form = ArticleForm(request.POST or None, user=request.user, is_new=False, initial=begun)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        services.save_article(
            article=row,
            editor=request.user,
            title=data["title"],
            body=data["body"],
            space=form.chosen_space,
            tags=data["tags"],
            visibility=data["visibility"],
            note=data["note"],
            translation_of=row.translation_of,
            draft_key=f"article:{row.slug}",
            now=time.now(),
        )
        return _saved(request, row)
    status = 422 if request.method == "POST" else 200
    return render(
        request, "community/article_edit.html", {"form": form, "article": row}, status=status
    )


def _saved(request: MemberRequest, row: Article) -> HttpResponse:
    if "publish" in request.POST:
        services.publish_article(article=row, editor=request.user, now=time.now())
        messages.success(request, _("Published."))
    else:
        messages.success(request, _("Saved. Readers see it when you publish it."))
    return redirect(row)


@team_required
@require_POST
def publish(request: MemberRequest, slug: str) -> HttpResponse:
    """Show the newest version to readers."""
    row = selectors.get_article(request.user, slug)
    if services.publish_article(article=row, editor=request.user, now=time.now()):
        undo = reverse("community:archive_article", args=[slug])
        messages.success(
            request, _("Published."), extra_tags="" if row.published_at else f"undo:{undo}"
        )
    return redirect(row)


@team_required
@require_POST
def archive(request: MemberRequest, slug: str) -> HttpResponse:
    """Take an article out of the readers' sight."""
    row = selectors.get_article(request.user, slug)
    services.archive_article(article=row, editor=request.user, now=time.now())
    undo = reverse("community:publish_article", args=[slug])
    messages.success(request, _("Archived."), extra_tags=f"undo:{undo}")
    return redirect(row)


@team_required
@require_POST
def review(request: MemberRequest, slug: str) -> HttpResponse:
    """Say that the text is still right."""
    row = selectors.get_article(request.user, slug)
    services.review_article(article=row, editor=request.user, now=time.now())
    messages.success(request, _("Marked as reviewed today."))
    return redirect(row)


@team_required
@require_GET
def revisions(request: MemberRequest, slug: str) -> HttpResponse:
    """Every version of an article with what changed, newest first."""
    row = selectors.get_article(request.user, slug)
    found = list(row.revisions.select_related("editor").order_by("number"))
    steps = [
        {"revision": after, "changes": difference(before.markdown, after.markdown)}
        for before, after in pairwise(found)
    ]
    context = {"article": row, "steps": steps[::-1], "first": found[0] if found else None}
    return render(request, "community/revisions.html", context)


@team_required
@require_POST
def restore_revision(request: MemberRequest, slug: str, number: int) -> HttpResponse:
    """Make an earlier version the newest again; publishing it is a second step."""
    row = selectors.get_article(request.user, slug)
    get_object_or_404(row.revisions, number=number)
    note = _("Back to version %(number)s") % {"number": number}
    services.restore_revision(
        article=row,
        number=number,
        editor=request.user,
        note=note,
        now=time.now(),
    )
    messages.success(request, _("Saved. Readers see it when you publish it."))
    return redirect("community:revisions", slug=slug)
