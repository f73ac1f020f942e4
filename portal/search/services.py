"""Keeping the search index current: the listener queues reindex requests, a worker takes them in
batches.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import structlog
from django.db import transaction

from portal import audit
from portal.accounts.models import User
from portal.core.db.inserts import insert
from portal.core.db.locks import lock_name
from portal.core.jobs.enqueue import enqueue_on_commit
from portal.search import registry, synonyms, tokens
from portal.search.models import SearchDocument, SearchQueue, SynonymGroup

log = structlog.get_logger(__name__)

BATCH = 50
SYNONYM_LOCK = 7_203_300  # whoever saves the synonyms does so after whoever saves them now
MAX_ATTEMPTS = 5
FIELDS = [
    "title",
    "text",
    "url",
    "language",
    "visibility",
    "organization_id",
    "updated_at",
    "vector",
    "form_version",
    "is_solved",
    "votes",
]
OUTDATED_AT_ONCE = 500


def queue_document(*, kind: str, object_id: int) -> None:
    """Enqueue a reindex of one object; part of the caller's transaction."""
    insert(SearchQueue(kind=kind, object_id=object_id))
    enqueue_on_commit("portal.search.tasks.index_queued")


def queue_documents(objects: Iterable[tuple[str, int]]) -> None:
    """Enqueue a reindex of many objects, given by kind and id; part of the caller's transaction."""
    SearchQueue.objects.bulk_create(SearchQueue(kind=kind, object_id=pk) for kind, pk in objects)
    enqueue_on_commit("portal.search.tasks.index_queued")


def index_batch(*, size: int = BATCH) -> int:
    """Claim up to `size` queued requests, index their objects, commit.

    Returns how many were claimed.
    """
    with transaction.atomic():
        wishes = list(
            SearchQueue.objects.select_for_update(skip_locked=True)
            .filter(attempts__lt=MAX_ATTEMPTS)
            .order_by("attempts", "id")[:size]
        )
        by_kind: dict[str, dict[int, list[int]]] = {}
        for wish in wishes:
            by_kind.setdefault(wish.kind, {}).setdefault(wish.object_id, []).append(wish.pk)
        for kind, objects in by_kind.items():
            try:
                with transaction.atomic():
                    index_objects(kind=kind, object_ids=objects)
                done = [pk for pks in objects.values() for pk in pks]
            except Exception:  # one bad object must not hold up the others: try them singly
                done = _one_by_one(kind, objects)
            SearchQueue.objects.filter(pk__in=done).delete()
    return len(wishes)


def queue_outdated(*, limit: int = OUTDATED_AT_ONCE) -> int:
    """Queue documents that were cut in an older form, while nothing else waits.

    Returns how many were queued.
    """
    if SearchQueue.objects.filter(attempts__lt=MAX_ATTEMPTS).exists():
        return 0
    given_up = set(SearchQueue.objects.values_list("kind", "object_id"))
    outdated = SearchDocument.objects.filter(form_version__lt=tokens.VERSION).order_by("-pk")
    rows = outdated.values_list("kind", "object_id")[: limit + len(given_up)]
    wishes = [SearchQueue(kind=row[0], object_id=row[1]) for row in rows if row not in given_up]
    SearchQueue.objects.bulk_create(wishes[:limit])
    return len(wishes[:limit])


def _one_by_one(kind: str, objects: dict[int, list[int]]) -> list[int]:
    done: list[int] = []
    for object_id, pks in objects.items():
        try:
            with transaction.atomic():
                index_objects(kind=kind, object_ids=[object_id])
            done += pks
        except Exception as error:
            log.exception("indexing_failed", kind=kind, object_id=object_id)
            wish = SearchQueue.objects.filter(pk__in=pks).order_by("-attempts").first()
            attempts = wish.attempts + 1 if wish else 1
            SearchQueue.objects.filter(pk__in=pks).update(attempts=attempts, error=str(error)[:300])
    return done


def index_objects(*, kind: str, object_ids: Iterable[int]) -> int:
    """Write the documents of the given objects, and remove those of objects that are gone.

    Returns how many stand.
    """
    source = registry.source(kind)
    ids = list(object_ids)
    documents: list[SearchDocument] = []
    for object_id in ids:
        found = source.document(object_id) if source else None
        if found is not None:
            documents.append(_row(kind, object_id, found))
    kept = {document.object_id for document in documents}
    SearchDocument.objects.filter(
        kind=kind, object_id__in=[pk for pk in ids if pk not in kept]
    ).delete()
    SearchDocument.objects.bulk_create(
        documents, update_conflicts=True, update_fields=FIELDS, unique_fields=["kind", "object_id"]
    )
    return len(documents)


def _row(kind: str, object_id: int, found: registry.Document) -> SearchDocument:
    return SearchDocument(
        kind=kind,
        object_id=object_id,
        title=found.title[:300].replace("\x00", ""),
        text=found.text[: tokens.MAX_TEXT].replace("\x00", ""),
        url=found.url,
        language=found.language,
        visibility=found.visibility,
        organization_id=found.organization_id,
        updated_at=found.updated_at,
        vector=tokens.vector(found.title, found.text, found.names),
        is_solved=found.is_solved,
        votes=max(0, found.votes),
    )


@transaction.atomic
def save_synonyms(
    *, groups: list[list[str]], seen: list[list[str]], actor: User, now: datetime
) -> bool:
    """Replace the groups of synonyms.

    Returns False, and changes nothing, where they are no longer what the writer had seen.
    """
    lock_name(SYNONYM_LOCK, "synonyms")
    before = synonyms.read_groups()
    if before != seen:
        return False
    if before == groups:
        return True
    SynonymGroup.objects.all().delete()
    SynonymGroup.objects.bulk_create(SynonymGroup(words=words) for words in groups)
    transaction.on_commit(synonyms.forget)
    audit.record(
        "search.synonyms.change",
        actor=actor,
        target="search.synonyms",
        now=now,
        before={"groups": [words for words in before if words not in groups]},
        after={"groups": [words for words in groups if words not in before]},
    )
    return True
