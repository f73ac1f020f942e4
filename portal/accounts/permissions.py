"""Permission checks as functions.

Default deny: a view without one of these decorators fails the test suite.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Literal, ParamSpec, TypeGuard, TypeVar, cast

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from portal.accounts.models import Organization, TeamName, User
from portal.core.web.next_page import safe_next

Anyone = User | AnonymousUser


class MemberRequest(HttpRequest):
    """A request as views behind `member_required` and the others get it: somebody is signed in."""

    user: User  # narrower than Django's; the decorators have looked
    htmx: HtmxDetails


Policy = Literal["public", "member", "team", "moderator", "finance", "administrator", "key"]


def is_member(user: Anyone) -> TypeGuard[User]:
    """Signed in and not switched off."""
    return user.is_authenticated and user.is_active


def is_staff_member(user: Anyone) -> TypeGuard[User]:
    """Works for the host company, and their rights are in force."""
    return is_member(user) and user.is_team


def actor_of(request: HttpRequest) -> User:
    """Return who acts, where none of the decorators below stands: in the admin site."""
    if not is_member(request.user):
        raise PermissionDenied
    return request.user


def can_moderate(user: Anyone) -> TypeGuard[User]:
    """May judge what members wrote: moderators, administrators and the community team."""
    return is_member(user) and (
        user.moderates or user.administers or TeamName.COMMUNITY in user.team_names
    )


def can_administer(user: Anyone) -> TypeGuard[User]:
    """May change settings, keys, rights and people."""
    return is_member(user) and user.administers


def can_manage_money(user: Anyone) -> TypeGuard[User]:
    """May approve and pay rewards: the finance role, and administrators."""
    return is_member(user) and (user.handles_money or user.administers)


def can_see_organization(user: Anyone, organization: Organization) -> bool:
    """Staff see every organization; customers their own."""
    return is_staff_member(user) or (is_member(user) and user.organization_id == organization.pk)


def can_invite_to(user: Anyone, organization: Organization) -> bool:
    """Administrators anywhere; a company administrator into their own company."""
    if can_administer(user):
        return True
    membership = user.membership if is_member(user) else None
    return (
        membership is not None
        and membership.organization_id == organization.pk
        and membership.role == "administrator"
    )


P = ParamSpec("P")
A = TypeVar("A", bound=HttpResponseBase)
PublicView = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
MemberView = Callable[Concatenate[MemberRequest, P], HttpResponseBase]


def public(view: PublicView[P]) -> PublicView[P]:
    """Anyone may see it."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    return _marked(guarded, "public")


def _policy(
    name: Policy, allowed: Callable[[Anyone], bool]
) -> Callable[[MemberView[P]], PublicView[P]]:
    def decorate(view: MemberView[P]) -> PublicView[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _sign_in_first(request)
            if not allowed(request.user):
                raise PermissionDenied
            return view(cast(MemberRequest, request), *args, **kwargs)

        return _marked(guarded, name)

    return decorate


def _marked(view: PublicView[P], name: Policy) -> PublicView[P]:
    view.policy = name  # type: ignore[attr-defined]  # the table of permissions in tests reads it
    return view


def _sign_in_first(request: HttpRequest) -> HttpResponseBase:
    """Send to the sign-in page and back: to the page asked for, or the one whose form or button was
    used.

    A part of a page cannot become the sign-in page: what a page asks by itself is answered with a
    message.
    """
    reading, part = request.method in ("GET", "HEAD"), "HX-Request" in request.headers
    if reading and not part:
        return redirect_to_login(request.get_full_path())
    words = _("You were signed out meanwhile. Please sign in again; what you wrote is kept.")
    if reading:
        told = json.dumps({"toast": {"text": words, "tone": "error"}})
        return HttpResponse(status=204, headers={"HX-Trigger": told})
    messages.info(request, words)
    answer = redirect_to_login(_page_of(request))
    return HttpResponse(status=204, headers={"HX-Redirect": answer.url}) if part else answer


def _page_of(request: HttpRequest) -> str:
    """Return the page of ours that a form was sent from, home where the browser does not say."""
    return safe_next(request, "/", wanted=request.headers.get("Referer", ""))


member_required = _policy("member", is_member)
team_required = _policy("team", is_staff_member)
moderator_required = _policy("moderator", can_moderate)
finance_required = _policy("finance", can_manage_money)
administrator_required = _policy("administrator", can_administer)
