"""Spaces, tags, and the four levels of visibility."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language

from portal.accounts.models import Organization
from portal.accounts.visibility import Visibility

# From open to closed; of a space and what is posted in it, the stricter one holds.
STRICTNESS = {
    Visibility.PUBLIC: 0,
    Visibility.MEMBERS: 1,
    Visibility.ORGANIZATION: 2,
    Visibility.STAFF: 3,
}


def stricter(one: str, other: str) -> str:
    """Return the more closed of two visibilities."""
    return max(one, other, key=lambda value: STRICTNESS[Visibility(value)])


def organization_is_named() -> Q:
    """The rule that "only this company" always names the company, and nothing else does."""
    return Q(visibility="organization", organization__isnull=False) | (
        ~Q(visibility="organization") & Q(organization__isnull=True)
    )


class Space(models.Model):
    """A place for one matter: billing, approvals, integrations."""

    id: int
    slug = models.SlugField(max_length=40, unique=True)
    name_ja = models.CharField(max_length=40)
    name_en = models.CharField(max_length=40)
    visibility = models.CharField(max_length=12, choices=Visibility, default=Visibility.PUBLIC)
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    organization_id: int | None
    position = models.PositiveSmallIntegerField(default=0)
    topic_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("position", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(visibility__in=Visibility.values), name="space_visibility_is_known"
            ),
            models.CheckConstraint(
                condition=organization_is_named(), name="a_space_names_its_organization"
            ),
        ]

    def __str__(self) -> str:
        return self.name_ja

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return self.name_en if (get_language() or "ja").startswith("en") else self.name_ja


class Tag(models.Model):
    """A word topics share. `slug` is the folded name, so that ＳＳＯ and sso are one."""

    id: int
    name = models.CharField(max_length=30)
    slug = models.CharField(max_length=30, unique=True)
    topic_count = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["-topic_count", "slug"], name="tags_by_use")]

    def __str__(self) -> str:
        return self.name
