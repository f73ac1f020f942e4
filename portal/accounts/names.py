"""Which names people and organizations may have: nobody passes for staff or for the site.

Real people share names, so two customers may; only what looks like somebody of the staff, or like a
colleague spelt with other characters, is refused.
"""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portal.accounts.models import Membership, Organization, User
from portal.core.text.folding import fold
from portal.core.text.lookalikes import Form, has_too_many_marks, has_unseen, normalized, skeleton
from portal.core.web.site_name import company_name

# Japanese is written without spaces, and no name of a person contains these.
RESERVED_PARTS = (
    "管理者",
    "管理人",
    "管理部",
    "運営",
    "事務局",
    "サポート",
    "公式",
    "スタッフ",
    "モデレーター",
    "モデレータ",
    "アドミン",
    "カスタマーサクセス",
)
RESERVED_WORDS = (
    "admin",
    "admins",
    "administrator",
    "administrators",
    "moderator",
    "moderators",
    "mod",
    "support",
    "staff",
    "official",
    "helpdesk",
    "root",
    "sysadmin",
    "system",
    "team",
    "webmaster",
)
HONORIFICS = re.compile(r"(さん|さま|様|氏|殿|\(公式\))$")
SIGNS_IN_NAMES = frozenset("☆★♪♡♥")
PRODUCT_NAMES = ("Hazumi", "はずみ", "ハズミ")


def clean_person_name(given: str, user: User | None = None) -> str:
    """Return the name as it is kept. Raises ValidationError, in the reader's language, with the
    reason.

    `user` is whose name it is, once they exist: staff are called what they like.
    """
    name = _clean_characters(given)
    if user is not None and user.pk and user.works_here:
        return name
    _check_reserved(name)
    like = _spellings(name)
    if any(like & _spellings(other) for other in _staff_names(user)):
        raise ValidationError(
            _("Somebody of our staff is called so. Please add your company or department."),
            code="staff",
        )
    if user is not None and user.pk and user.organization_id is not None:
        _check_colleagues(name, user)
    return name


def clean_organization_name(given: str, organization: Organization | None = None) -> str:
    """Return the name of a company as it is kept. Raises ValidationError."""
    name = _clean_characters(given, form="NFC")
    if organization is not None and organization.is_own:
        return name
    key = skeleton(name)
    others = Organization.objects.exclude(pk=organization.pk if organization else 0)
    own = others.filter(is_own=True).values_list("name", flat=True)
    if key in {skeleton(each) for each in (*own, *_site_names())}:
        raise ValidationError(_("This is the name of this site."), code="site")
    if key in {skeleton(word) for word in (*RESERVED_PARTS, *RESERVED_WORDS)}:
        raise ValidationError(_("This word is reserved for the staff of this site."), code="word")
    return name


def usable_name(*candidates: str) -> str | None:
    """Return the first candidate that may be a person's name, None if there is none."""
    for candidate in candidates:
        try:
            return clean_person_name(candidate[:60])
        except ValidationError:
            continue
    return None


def _clean_characters(given: str, form: Form = "NFKC") -> str:
    name = normalized(given, form)
    if has_unseen(name):
        raise ValidationError(_("The name contains characters that cannot be seen."), code="unseen")
    if has_too_many_marks(name):
        raise ValidationError(_("The name has too many marks on one letter."), code="marks")
    if not any(unicodedata.category(char).startswith("L") for char in name):
        raise ValidationError(_("Please enter a name with letters."), code="letters")
    if form == "NFKC" and any(
        unicodedata.category(char) == "So" and char not in SIGNS_IN_NAMES for char in name
    ):
        raise ValidationError(_("Please enter the name without pictures or signs."), code="signs")
    return name


def _check_reserved(name: str) -> None:
    key = skeleton(name)
    words = {skeleton(word) for word in re.split(r"[\W\d_]+", name)} | {
        skeleton(name.rstrip("0123456789"))
    }
    reserved = {skeleton(word) for word in RESERVED_WORDS}
    if words & reserved or any(skeleton(part) in key for part in RESERVED_PARTS):
        raise ValidationError(
            _("This word is reserved for the staff of this site."), code="reserved"
        )
    sites = {skeleton(each) for each in _site_names()}
    if key in sites or any(
        key in (site + word, word + site) for site in sites for word in reserved
    ):
        raise ValidationError(_("This is the name of this site."), code="site")


def _site_names() -> set[str]:
    own = Organization.objects.filter(is_own=True).values_list("name", flat=True)
    return {*PRODUCT_NAMES, company_name(), *own}


def _staff_names(user: User | None) -> list[str]:
    rows = User.objects.staff().filter(erased_at=None)
    if user is not None and user.pk:
        rows = rows.exclude(pk=user.pk)
    return list(rows.values_list("display_name", flat=True))


def _check_colleagues(name: str, user: User) -> None:
    """A colleague may have the same name, but not one that only looks the same."""
    colleagues = Membership.objects.filter(organization=user.organization_id, ended_at=None)
    others = colleagues.exclude(user=user.pk).values_list("user__display_name", flat=True)
    key, plain = skeleton(name), _joined(name)
    if any(skeleton(other) == key and _joined(other) != plain for other in others):
        raise ValidationError(
            _("This looks like the name of a colleague, written with other characters."),
            code="colleague",
        )


def _joined(name: str) -> str:
    return "".join(fold(name).split())


def _spellings(name: str) -> set[str]:
    """Return what a name looks like in either order of its words, without さん and the like."""
    plain = HONORIFICS.sub("", normalized(name)).strip()
    words = plain.split()
    return {skeleton(plain), skeleton("".join(reversed(words)))} - {""}
