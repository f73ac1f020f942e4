"""Bootstrap: the first administrator of a new installation, and the company they work for."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from portal import audit
from portal.accounts.models import Organization, User
from portal.accounts.services.organizations import create_organization, join_organization
from portal.accounts.services.people import create_user


@transaction.atomic
def bootstrap_host(
    *, email: str, display_name: str, company: str, now: datetime
) -> tuple[User, bool]:
    """Make somebody an administrator of the host company; return the user and whether they are new.

    The company is created if there is none. Only for whoever has access to the server: no signed-in
    user can do this.
    """
    own = Organization.objects.select_for_update().filter(is_own=True).first()
    if own is None:
        own = create_organization(
            name=company, now=now, is_own=True, lifecycle=Organization.Lifecycle.ADVOCATING
        )
    person = (
        User.objects.select_for_update().filter(email=email.strip().lower(), erased_at=None).first()
    )
    is_new = person is None
    if person is None:
        person = create_user(email=email, display_name=display_name, now=now)
    person.is_active, person.is_administrator, person.deactivated_at = True, True, None
    person.save(update_fields=["is_active", "is_administrator", "deactivated_at"])
    join_organization(user=person, organization=own, now=now)
    audit.record(
        "accounts.rights.set",
        actor=None,
        target=f"accounts.user:{person.pk}",
        now=now,
        after={"is_administrator": True},
        reason="manage.py administrator",
    )
    return person, is_new
