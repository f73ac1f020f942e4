"""Writing and sending mails, in the reader's language. The only caller of django.core.mail."""

from __future__ import annotations

from collections.abc import Sequence
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.accounts.models import AddressChange, Invitation, User
from portal.accounts.services.invitations import token_for
from portal.core.templatetags.display import person_called
from portal.core.time import now
from portal.core.web.site_name import company_name
from portal.events import readable
from portal.events.models import Event
from portal.notifications import address_mails, registry, unsubscribe_links
from portal.notifications.models import Frequency, Notification, Preference
from portal.notifications.selectors import Told, abouts, told


class RecipientGone(Exception):
    """The reader is gone, may no longer see it, or wants no such mail now."""


def send_mail(
    *,
    to: str,
    subject: str,
    text: str,
    html: str = "",
    headers: dict[str, str] | None = None,
    mail_id: str = "",
) -> None:
    """Send one mail now. Raises what the mail server raises."""
    message = EmailMultiAlternatives(
        subject=" ".join(subject.split())[:200],
        body=text,
        to=[to],
        headers={"Auto-Submitted": "auto-generated", **_message_id(mail_id), **(headers or {})},
    )
    if html:
        message.attach_alternative(html, "text/html")
    message.send()


def send_queued(user_id: int, mail_id: str, body: dict[str, Any]) -> None:
    """Render and send a mail from the outbox.

    Permissions and preferences are checked again now. Raises NobodyThere.
    """
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or user.email.endswith(".invalid") or (user.is_sample and settings.PRODUCTION):
        raise RecipientGone("nobody reads mail there")
    with translation.override(user.language), timezone.override(user.time_zone):
        if body.get("mail") == "digest":
            _send_digest(user, mail_id, body)
        elif body.get("mail") == "invitation":
            _send_invitation(user, mail_id, int(body["invitation"]))
        elif body.get("mail") == "address":
            _send_address_change(user, mail_id, body)
        elif body.get("mail") == "plain":
            _send_plain(user, mail_id, body)
        else:
            _send_notification(user, mail_id, body)


def _send_notification(user: User, mail_id: str, body: dict[str, Any]) -> None:
    row = (
        Notification.objects.select_related("actor")
        .filter(user=user, event_id=int(body["event"]))
        .first()
    )
    if row is None or row.read_at is not None or not _still_wanted(user, row, (Frequency.NOW,)):
        raise RecipientGone("read already, not wanted or not allowed any more")
    _write(user, mail_id, "notification", told(row).sentence, [told(row)], row.kind)


def _send_digest(user: User, mail_id: str, body: dict[str, Any]) -> None:
    frequency = str(body.get("frequency"))
    rows = (
        Notification.objects.select_related("actor")
        .filter(user=user, pk__in=body.get("ids", []))
        .order_by("-pk")
    )
    entries = [
        told(row) for row in rows if row.read_at is None and _still_wanted(user, row, (frequency,))
    ]
    if not entries:
        raise RecipientGone("everything was read already")
    subject = (
        _("%(count)s things happened today")
        if frequency == Frequency.DAILY
        else _("%(count)s things of this week")
    )
    _write(user, mail_id, "digest", subject % {"count": len(entries)}, entries, "*")


def _send_invitation(inviter: User, mail_id: str, invitation_id: int) -> None:
    """Invite somebody who has no account yet, in the inviter's language."""
    invitation = Invitation.objects.select_related("organization").filter(pk=invitation_id).first()
    if invitation is None or not invitation.email or not invitation.is_open(now()):
        raise RecipientGone("the invitation is closed")
    names = {
        "inviter": person_called(inviter.display_name),
        "company": invitation.organization.name,
    }
    subject = _("%(inviter)s invites you to join %(company)s") % names
    context = {
        "subject": subject,
        "language": inviter.language,
        "company_name": company_name(),
        "home_url": settings.HAZUMI_BASE_URL,
        "join_url": unsubscribe_links.absolute(
            reverse("accounts:join", args=[token_for(invitation)])
        ),
        "expires_at": invitation.expires_at,
        **names,
    }
    send_mail(
        to=invitation.email,
        subject=subject,
        mail_id=mail_id,
        text=render_to_string("notifications/mail/invitation.txt", context),
        html=render_to_string("notifications/mail/invitation.html", context),
    )


def _send_address_change(user: User, mail_id: str, body: dict[str, Any]) -> None:
    change = AddressChange.objects.filter(pk=int(body["change"]), user=user).first()
    if change is None:
        raise RecipientGone("the change was forgotten")
    mail = address_mails.write(user, change, side=str(body["side"]))
    send_mail(to=mail.to, subject=mail.subject, text=mail.text, html=mail.html, mail_id=mail_id)


def _send_plain(user: User, mail_id: str, body: dict[str, Any]) -> None:
    """Send a mail whose words another app has written already (a team's digest)."""
    headers = _list_headers(user, str(body.get("kind") or "*"))
    send_mail(
        to=user.email,
        subject=str(body["subject"]),
        text=str(body["text"]),
        html=str(body.get("html") or ""),
        headers=headers,
        mail_id=mail_id,
    )


def _still_wanted(user: User, row: Notification, frequencies: Sequence[str]) -> bool:
    kind = registry.kind(row.kind)
    if kind is None or (kind.staff and not user.is_team):
        return False
    own = Preference.objects.filter(user=user, kind=row.kind).first()
    if (own.mail if own else kind.mail) not in frequencies:
        return False
    if readable.unreadable(user, abouts(row)):
        return False
    if kind.visible is None:
        return True
    event = Event.objects.filter(pk=row.event_id).first()
    return event is not None and kind.visible(user, event)


def _write(
    user: User, mail_id: str, template: str, subject: str, entries: list[Told], kind: str
) -> None:
    context = {
        "user": user,
        "entries": [
            {"sentence": entry.sentence, "url": unsubscribe_links.absolute(entry.row.url)}
            for entry in entries
        ],
        "subject": subject,
        "language": user.language,
        "company_name": company_name(),
        "home_url": settings.HAZUMI_BASE_URL,
        "settings_url": unsubscribe_links.absolute("/settings/notifications/"),
        "unsubscribe_url": unsubscribe_links.unsubscribe_url(user.pk, kind),
        "one_kind": kind != "*",
    }
    send_mail(
        to=user.email,
        subject=subject,
        mail_id=mail_id,
        headers=_list_headers(user, kind),
        text=render_to_string(f"notifications/mail/{template}.txt", context),
        html=render_to_string(f"notifications/mail/{template}.html", context),
    )


def _list_headers(user: User, kind: str) -> dict[str, str]:
    return {
        "List-Unsubscribe": f"<{unsubscribe_links.unsubscribe_url(user.pk, kind)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _message_id(mail_id: str) -> dict[str, str]:
    """Keep one Message-ID through all tries: a mail that arrived twice is shown once."""
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "hazumi"
    return {"Message-ID": f"<{mail_id}@{host}>"} if mail_id else {}
