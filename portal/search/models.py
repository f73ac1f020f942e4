"""One document per searchable object, and the queue of objects to reindex."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from portal.accounts.visibility import Visibility


class SearchDocument(models.Model):
    """The words of one thing.

    `vector` is built by text.vector: Sudachi tokens (A title, B body), '~' bigrams (D).
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
