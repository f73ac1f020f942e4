"""Links that carry one question, answer or article: creating them, and redirecting elsewhere when
that is gone.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from functools import partial

from django.db import IntegrityError, transaction

from portal.accounts.models import User
from portal.core.web.sharing import Shareable
from referrals.edge import link_cache
from referrals.models import Program, ReferralLink
from referrals.services.links.links import ALPHABET, link_for, skeleton

CODE_LENGTH = 8


class NotPublic(ValueError):
    """Only what everybody may read can be shared outward."""


@transaction.atomic
def content_link_for(
    *, user: User, program: Program, content: Shareable, now: datetime
) -> ReferralLink:
    """Return a person's live link to one content, created when they first share it. Raises
    NotPublic.

    It inherits from their own link: same program, same choice of who gets the reward.
    """
    if not content.is_public:
        raise NotPublic(content.path)
    own = link_for(user=user, program=program, now=now)
    for _ in range(20):
        found = ReferralLink.objects.filter(
            user=user, program=program, retired_at=None, content_url=content.path
        ).first()
        if found is not None:
            return _renamed(found, content.title[:200])
        code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
        try:
            with transaction.atomic():
                link = ReferralLink.objects.create(
                    user=user,
                    program=program,
                    organization_id=user.organization_id,
                    code=code,
                    skeleton=skeleton(code),
                    content_url=content.path,
                    content_subject=content.subject,
                    content_title=content.title[:200],
                    beneficiary=own.beneficiary,
                    created_at=now,
                )
        except IntegrityError:
            continue  # their other tab was faster, or the code is taken
        transaction.on_commit(partial(link_cache.write_through, link), robust=True)
        return link
    raise RuntimeError("no free code after 20 tries")


def _renamed(link: ReferralLink, title: str) -> ReferralLink:
    if link.content_title != title:
        ReferralLink.objects.filter(pk=link.pk).update(content_title=title)
        link.content_title = title
    return link


def look_again(subject: str) -> int:
    """Let every link to a content find its target anew: it was hidden, deleted, closed or opened.

    Return how many.
    """
    codes: Iterable[str] = ReferralLink.objects.filter(content_subject=subject).values_list(
        "code", flat=True
    )
    return link_cache.forget(list(codes))
