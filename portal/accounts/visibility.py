"""Who may see what, stated once.

Everything people can see has a degree, and with the third the organization it is limited to:

    degree        | anonymous | member | member of that organization | staff
    public        | yes       | yes    | yes                          | yes
    members       |           | yes    | yes                          | yes
    organization  |           |        | yes                          | yes
    staff         |           |        |                              | yes

`REACH` is this table. Lists, pages, the search and the checks of single rows are made from it; what
a kind of content adds (hidden, deleted, drafts) its own app states in the same terms.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.accounts.permissions import can_moderate, is_member, is_staff_member
from portal.accounts.rules import AllOf, AnyOf, Is, Own, Rule, Viewer, Who


class Visibility(models.TextChoices):
    """The degrees, from everybody to the host company alone."""

    PUBLIC = "public", _("Everybody")
    MEMBERS = "members", _("Signed-in members")
    ORGANIZATION = "organization", _("Only my company")
    STAFF = "staff", _("Staff only")


def person_id(viewer: Viewer) -> int | None:
    return viewer.pk if is_member(viewer) else None


def organization_id(viewer: Viewer) -> int | None:
    return viewer.organization_id if is_member(viewer) else None


def administered_organization_id(viewer: Viewer) -> int | None:
    """The organization whose administrator the viewer is."""
    membership = viewer.membership if is_member(viewer) else None
    if membership is None or membership.role != membership.Role.ADMINISTRATOR:
        return None
    return membership.organization_id


MEMBER = Who(is_member)
STAFF = Who(is_staff_member)
MODERATOR = Who(can_moderate)

REACH: Rule = AnyOf(
    Is("visibility", Visibility.PUBLIC),
    AllOf(Is("visibility", Visibility.MEMBERS), MEMBER),
    AllOf(Is("visibility", Visibility.ORGANIZATION), Own("organization_id", organization_id)),
    STAFF,
)
