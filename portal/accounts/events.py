"""Event types of people and organizations."""

from __future__ import annotations

from dataclasses import dataclass

from portal.events import Payload, event_type


@event_type("accounts.member.joined")
@dataclass(frozen=True)
class MemberJoined(Payload):
    """A person became a member of an organization."""

    title: str
    url: str
    user_id: int
    first_of_organization: bool


@event_type("accounts.member.invited")
@dataclass(frozen=True)
class MemberInvited(Payload):
    """Somebody was invited into an organization."""

    title: str
    url: str
    invitation_id: str


@event_type("accounts.member.left")
@dataclass(frozen=True)
class MemberLeft(Payload):
    """A membership ended, or the person was switched off."""

    title: str
    url: str
    user_id: int


@event_type("accounts.member.renamed")
@dataclass(frozen=True)
class MemberRenamed(Payload):
    """A person changed the name others see; texts that mention them are rendered anew."""

    title: str
    url: str
    user_id: int


@event_type("accounts.member.erased")
@dataclass(frozen=True)
class MemberErased(Payload):
    """A user was erased on their own request; payloads that named them are scrubbed."""

    title: str
    url: str
    user_id: int


@event_type("accounts.organization.moved")
@dataclass(frozen=True)
class OrganizationMoved(Payload):
    """An organization's lifecycle stage changed."""

    title: str
    url: str
    before: str
    after: str


@event_type("accounts.organization.customer_dated")
@dataclass(frozen=True)
class CustomerDated(Payload):
    """Since when an organization is a customer changed: a sale became known or was taken back.

    `before` and `after` are moments, "" for no customer.
    """

    title: str
    url: str
    before: str
    after: str


@event_type("accounts.calendar.changed")
@dataclass(frozen=True)
class CalendarChanged(Payload):
    """A business calendar was saved; `name` is "site" or whose it is."""

    title: str
    url: str
    name: str
    zone_before: str
    zone_now: str


@event_type("accounts.address.changed")
@dataclass(frozen=True)
class AddressChanged(Payload):
    """A person's e-mail address was added, made primary or removed; which, says the row."""

    title: str
    url: str
    change_id: int


@event_type("accounts.address.restored")
@dataclass(frozen=True)
class AddressRestored(Payload):
    """A person took their account back; what was made in their name since `since` is in doubt."""

    title: str
    url: str
    user_id: int
    since: str
