"""`manage.py reindex_search`: rebuild all documents, batch by batch; safe while people search."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from portal.search import registry, services
from portal.search.models import SearchDocument


class Command(BaseCommand):
    help = (
        "Index everything that can be found anew (after a change of the dictionary, or a restore)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--kind", help="only this kind of thing")

    def handle(self, *args: Any, **options: Any) -> None:
        for source in registry.sources():
            if source.ids is None or options["kind"] not in (None, source.kind):
                continue
            done = stand = 0
            for ids in batches(source.ids(), 200):
                with transaction.atomic():
                    stand += services.index_objects(kind=source.kind, object_ids=ids)
                done += len(ids)
                self.stdout.write(f"\r{source.kind}: {done}", ending="")
                self.stdout.flush()
            gone = remove_orphans(source)
            self.stdout.write(f"\r{source.kind}: {stand} documents, {gone} removed")


def batches(ids: Iterable[int], size: int) -> Iterable[list[int]]:
    """Cut a stream of ids into lists."""
    stream = iter(ids)
    while batch := list(islice(stream, size)):
        yield batch


def remove_orphans(source: registry.Source) -> int:
    """Remove documents whose object is gone."""
    assert source.ids is not None
    alive = set(source.ids())
    known = (
        SearchDocument.objects.filter(kind=source.kind).values_list("pk", "object_id").iterator()
    )
    gone = [pk for pk, object_id in known if object_id not in alive]
    return SearchDocument.objects.filter(pk__in=gone).delete()[0]
