"""One document per searchable object, and the queue of objects to reindex."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from portal.accounts.visibility import Visibility
from portal.search import tokens


def current_form() -> int:
    return tokens.VERSION


class SearchDocument(models.Model):
    """The words of one thing.

    `vector` is built by tokens.vector: Sudachi tokens (A title, B body, C names), '~' bigrams (D).
    """

    id: int
    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    title = models.CharField(max_length=300)
    text = models.TextField(blank=True)
    url = models.CharField(max_length=300)
    language = models.CharField(max_length=2, blank=True)
    visibility = models.CharField(max_length=12, choices=Visibility, default=Visibility.STAFF)
    organization_id = models.BigIntegerField(null=True)
    updated_at = models.DateTimeField()
    vector = SearchVectorField(null=True)
    form_version = models.PositiveSmallIntegerField(default=current_form)
    is_solved = models.BooleanField(default=False)
    votes = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="one_document_per_object"),
            models.CheckConstraint(
                condition=~Q(visibility="organization") | Q(organization_id__isnull=False),
                name="a_company_document_names_its_company",
            ),
        ]
        indexes = [
            GinIndex(fields=["vector"], name="search_words", fastupdate=False),
            models.Index(fields=["-updated_at"], name="search_newest"),
            models.Index(fields=["form_version"], name="search_by_form"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.object_id} {self.title}"


class SearchQueue(models.Model):
    """One request to reindex one object.

    Rows are only added and claimed, so writers never wait for each other.
    """

    id: int
    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.kind}:{self.object_id}"


class SynonymGroup(models.Model):
    """Words that mean the same here; whoever looks for one finds all. Kept by administrators."""

    id: int
    words = ArrayField(models.CharField(max_length=60))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(words__len__gte=2), name="a_synonym_is_of_another_word"
            ),
        ]

    def __str__(self) -> str:
        return " = ".join(self.words)
