"""Milestones are right under concurrency: records on four connections, and two readers all the
while.
"""

from __future__ import annotations

from threading import Event, Thread

from django.db import connection, transaction

from referrals.fault_tests.run import run
from referrals.models import Milestones, RollupMark
from referrals.services.analytics import milestones


def test_what_is_derived_under_load_is_what_a_rebuild_says(committed: None) -> None:
    over, failed = Event(), []

    def look() -> None:
        try:
            while not over.wait(0.01):
                milestones.refresh(batch=7)
        except Exception as error:  # noqa: BLE001  the test has to hear of it
            failed.append(error)
        finally:
            connection.close()

    lookers = [Thread(target=look) for _ in range(2)]
    for looker in lookers:
        looker.start()
    report = run(facts=30, seed=11, connections=4)
    over.set()
    for looker in lookers:
        looker.join()
    assert (report.errors, failed) == ([], [])
    milestones.refresh_all()
    assert not RollupMark.objects.exists()
    seen = list(Milestones.objects.order_by("pk").values())
    assert len(seen) > 3
    assert milestones.rebuild() == len(seen)
    assert list(Milestones.objects.order_by("pk").values()) == seen


def test_who_finds_another_one_at_it_leaves_it_alone(committed: None) -> None:
    found = []

    def other() -> None:
        found.append(milestones.refresh())
        connection.close()

    RollupMark.objects.create(referral_id=1)
    with transaction.atomic():
        milestones.refresh()
        thread = Thread(target=other)
        thread.start()
        thread.join()
    assert found == [0]
    assert not RollupMark.objects.exists()
