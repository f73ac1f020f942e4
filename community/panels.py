"""The community's panels on pages of other apps."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from community.cache.rows import topic_rows
from community.models import Topic
from community.permissions import can_publish_stories
from community.selectors import home, stories, topics
from community.selectors.people import people_called
from portal.accounts.models import Organization, User
from portal.accounts.permissions import can_administer, can_see_organization, is_member
from portal.core import time
from portal.core.calendar.calendars import site_calendar
from portal.core.web.panels import Panel

TABS = ("new", "best", "unsolved")


def spaces_setting(request: HttpRequest, subject: Any) -> Panel | None:
    """Administrators find the spaces among the settings."""
    return Panel("community/panels/spaces_setting.html") if can_administer(request.user) else None


def welcome(request: HttpRequest, subject: Any) -> Panel | None:
    """The greeting: for a member what their answers achieved, for an anonymous visitor what this
    site is.
    """
    if not is_member(request.user):
        solved = home.newest(request.user, "best", limit=12)
        own_first = sorted(solved, key=lambda topic: topic.language != request.LANGUAGE_CODE)
        return Panel("community/panels/stranger.html", {"topics": own_first[:3]})
    now = time.now()
    zone = ZoneInfo(request.user.time_zone)
    hour = now.astimezone(zone).hour
    part = "morning" if 4 <= hour < 11 else "day" if 11 <= hour < 18 else "evening"
    helped = home.solved_by(request.user, time.start_of_month(now, zone))
    return Panel("community/panels/welcome.html", {"part": part, "helped": helped})


def for_you(request: HttpRequest, subject: Any) -> Panel | None:
    """What waits for the user: answers to accept, questions they may be able to answer."""
    user = request.user
    if not is_member(user):
        return None
    answered, waiting = home.answered_for(user), home.waiting_for(user)
    is_new = not answered and not waiting and not Topic.objects.filter(author=user).exists()
    context = {"answered": answered, "waiting": waiting, "is_new": is_new}
    if is_new:
        context |= {
            "has_profile": bool(user.bio or user.job_title),
            "has_read": home.has_read(user),
        }
    return Panel("community/panels/for_you.html", context)


def new_and_useful(request: HttpRequest, subject: Any) -> Panel | None:
    """New topics in three tabs; the address says which."""
    tab = request.GET.get("tab", "new")
    tab = tab if tab in TABS else "new"
    rows = home.newest(request.user, tab)
    unread = topics.unread_in(rows, request.user, time.now())
    context = {
        "tab": tab,
        "rows": topic_rows(rows, unread),
        "is_empty": not rows,
        "articles": home.newest_articles(request.user, request.LANGUAGE_CODE),
    }
    return Panel("community/panels/new.html", context)


def ask(request: HttpRequest, subject: Any) -> Panel | None:
    return Panel("community/panels/ask.html", {})


def helpers(request: HttpRequest, subject: Any) -> Panel | None:
    """People whose answers helped this month."""
    found = home.helpers_since(time.start_of_month(time.now(), site_calendar()))
    return Panel("community/panels/helpers.html", {"helpers": found}) if found else None


def people_found(request: HttpRequest, words: str) -> Panel | None:
    """For members: the people a search names."""
    found = people_called(words, request.user) if is_member(request.user) else []
    return Panel("community/panels/people_found.html", {"found": found}) if found else None


def contributions(request: HttpRequest, person: User) -> Panel | None:
    """What a member has given."""
    return Panel(
        "community/panels/contributions.html",
        home.contributions_of(person, request.user) | {"person": person},
    )


def organization_topics(request: HttpRequest, organization: Organization) -> Panel | None:
    """What a company's people asked."""
    if not can_see_organization(request.user, organization):
        return None
    found = home.of_organization(organization)
    return Panel(
        "community/panels/organization.html", found | {"rows": topic_rows(found["topics"])}
    )


def unanswered(request: HttpRequest, subject: Any) -> Panel | None:
    """For staff: the questions that wait longest."""
    rows = home.unanswered(request.user, time.now())
    return Panel(
        "community/panels/unanswered.html", {"rows": topic_rows(rows), "is_empty": not rows}
    )


def stories_waiting(request: HttpRequest, subject: Any) -> Panel | None:
    """For whoever may publish them: the stories that customers have submitted."""
    if not can_publish_stories(request.user):
        return None
    waiting = stories.waiting()
    return (
        Panel("community/panels/stories.html", {"stories": waiting[:5], "count": len(waiting)})
        if waiting
        else None
    )
