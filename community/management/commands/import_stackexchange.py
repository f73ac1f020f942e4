"""`manage.py import_stackexchange DIR [--dry-run]`: import a Stack Exchange dump with its dates,
votes and versions.
"""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.db.models import Count, Sum

from community.imports import dump
from community.imports.run import Run
from community.imports.stackexchange import bring_in
from community.models import Post, Topic
from community.selectors import spaces

BAR = 30
SHOWN: Final = 20  # malformed rows named one by one


class Command(BaseCommand):
    help = (
        " Import a Stack Exchange dump (CC BY-SA). A second run creates nothing; an interrupted "
        "one goes on."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder", type=Path, help="the folder with Posts.xml, Users.xml, Votes.xml …"
        )
        parser.add_argument(
            "--site",
            default="",
            help="its host where links name none, e.g. mysite.stackexchange.com",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would happen, keep nothing"
        )

    def handle(self, *args: Any, folder: Path, site: str, dry_run: bool, **options: Any) -> None:
        try:
            source = dump.read(folder, site=site)
        except dump.NotADump as error:
            raise CommandError(str(error)) from error
        with transaction.atomic() if dry_run else nullcontext():
            run = bring_in(source, say=self.progress)
            self.report(run)
            if dry_run:
                transaction.set_rollback(True)
        spaces.forget()
        self.stdout.write(
            "Nothing was kept: this was a dry run."
            if dry_run
            else f"Done. Source: {source.host or source.source}, CC BY-SA."
        )

    def progress(self, stage: str, done: int, total: int) -> None:
        """Draw a bar on a terminal; a log gets one line per stage."""
        if self.stderr.isatty():
            filled = BAR * done // total
            self.stderr.write(
                f"\r{stage:<10} [{'#' * filled}{'.' * (BAR - filled)}] {done:,} / {total:,}",
                ending="\n" if done == total else "",
            )
        elif done == total:
            self.stderr.write(f"{stage}: {total:,}")

    def report(self, run: Run) -> None:
        """Print the table that must add up, and the figures to compare with the dump."""
        source, tallies = run.dump, run.tallies
        for bad in source.malformed[:SHOWN]:
            self.stdout.write(f"{bad.file}, line {bad.line}: left out, {bad.why}")
        if len(source.malformed) > SHOWN:
            self.stdout.write(f"… and {len(source.malformed) - SHOWN} more rows left out")
        for what, why in run.failures:
            self.stdout.write(f"{what}: left out, {why}")
        self.stdout.write(
            f"{'table':<12}{'rows':>7}{'created':>9}{'updated':>9}{'skipped':>9}{'failed':>8}"
        )
        for name, tally in tallies.items():
            self.stdout.write(
                f"{name:<12}{tally.rows:>7}{tally.created:>9}{tally.updated:>9}{tally.skipped:>9}{tally.failed:>8}"
            )
            for reason, count in sorted(tally.reasons.items()):
                if count:
                    self.stdout.write(f"{'':<12}{count:>7} skipped: {reason}")
            if not tally.adds_up:
                raise CommandError(f"{name} does not add up")
        posts = Post.objects.filter(source=source.source).exclude(kind="comment")
        figures = posts.aggregate(sum=Sum("score"), count=Count("pk"))
        topics = Topic.objects.filter(source=source.source)
        self.stdout.write(
            f"{topics.count()} questions, {topics.unanswered().count()} unanswered, "
            f"{topics.solved().count()} solved, "
            f"{figures['count']} posts, sum of scores {figures['sum']}"
        )
