"""Listeners of the community: texts that mention somebody follow their name."""

from __future__ import annotations

from community.services.rendering import render_mentions_anew
from portal.accounts.models import User
from portal.events import on
from portal.events.models import Event


@on("accounts.member.renamed")
def follow_names(event: Event) -> None:
    """Have the texts that mention this person rendered anew."""
    person = User.objects.filter(pk=event.payload["user_id"]).first()
    if person is not None:
        render_mentions_anew(person)
