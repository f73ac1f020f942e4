"""Statements written by hand: all of them are known, and each takes NULL wherever it may get it.

Parameters are bound on the server, so a NULL whose type PostgreSQL cannot tell is an error there.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import Client

from community.services import posts, reading
from community.topic_kinds import QUESTION
from portal import audit
from portal.accounts.models import User
from portal.accounts.services import create_user
from portal.core.db import inserts
from portal.core.db.locks import lock_name, lock_number, try_name
from portal.search.selectors import search
from referrals.models import LedgerAccount, LedgerTransaction, Program, YearlyTotal
from referrals.services.intake.retention import erase_person
from referrals.services.links import clicks
from referrals.services.programs import caps
from referrals.services.rewards import ledger
from tests.community.things import a_question, an_answer
from tests.people import NOW
from tests.referrals.made import make_program

pytestmark = pytest.mark.django_db

# Whoever adds a file says in a comment there why the ORM does not do, and tests it here with NULL.
RAW_SQL = {
    "community/services/posts.py",  # the number of a reply, on the measured path
    "portal/audit/services.py",  # the chain's lock
    "portal/core/db/locks.py",
    "portal/core/db/defaults.py",  # its lock, on the database that is migrated
    "portal/core/db/prepared_statements.py",  # what CompiledQuery and insert_once are executed with
    "portal/core/web/page_cache.py",  # the snapshot that kept pages are of
    "portal/events/dispatch.py",  # deferred constraints
    "portal/dev/sample_removal.py",  # append-only tables let go of the sample
    "community/imports/votes.py",  # counts of a whole dump at once
    "portal/search/selectors.py",
    "referrals/services/rewards/ledger_checks.py",  # ledger checks
    "referrals/services/links/clicks.py",  # COPY
    "referrals/services/rewards/ledger.py",
    "referrals/services/programs/caps.py",
    "referrals/services/intake/retention.py",  # bytes of any encoding
}
# Statements compiled once stay where a page is measured: who reads, a list, a topic.
COMPILED = {
    "portal/accounts/models/people.py",
    "portal/accounts/sessions.py",
    "portal/notifications/selectors.py",
    "community/selectors/posts.py",
    "community/selectors/topics.py",
}
DEVELOPMENT = ("bench", "/fault_tests/", "/embedded/", "/migrations/", "portal/dev/welcome.py")


@pytest.fixture
def alone(db: Any) -> User:
    """A customer without a company."""
    return create_user(email="alone@example.com", display_name="ひとり", now=NOW)


def sources_with(pattern: str) -> set[str]:
    found = set()
    for app in ("portal", "community", "referrals"):
        for path in sorted(Path(settings.BASE_DIR, app).rglob("*.py")):
            name = path.relative_to(settings.BASE_DIR).as_posix()
            if not any(part in name for part in DEVELOPMENT) and re.search(
                pattern, path.read_text(), re.MULTILINE
            ):
                found.add(name)
    return found


def test_the_files_with_statements_written_by_hand_are_known() -> None:
    assert sources_with(r"\.cursor\(|\.raw\(|RawSQL|\.extra\(") == RAW_SQL


def test_compiled_statements_stay_on_the_measured_path() -> None:
    assert sources_with(r"^_\w+(: [^=]+)? = CompiledQuery\(") == COMPILED


def test_an_insert_of_every_model_takes_null_wherever_it_may() -> None:
    """PostgreSQL knows the type of every parameter before it has a value."""
    own = [
        model
        for model in apps.get_models()
        if model.__module__.startswith(("portal.", "community.", "referrals."))
    ]
    assert len(own) > 50
    with connection.cursor() as cursor:
        for model in own:
            begin, end, fields = inserts._statement(model)
            numbered = begin.replace(
                "VALUES (" + ", ".join(["%s"] * len(fields)) + ")", "VALUES ({})"
            )
            marks = ", ".join(f"${number}" for number in range(1, len(fields) + 1))
            sql = numbered.format(marks)
            cursor.execute(f"PREPARE tried AS {sql} ON CONFLICT DO NOTHING {end}")
            cursor.execute("DEALLOCATE tried")


def test_a_row_with_every_nullable_field_null_is_written(aki: User, program: Program) -> None:
    row = LedgerTransaction(idem="x", kind="accrue", at=NOW)
    empty = {field.name for field in LedgerTransaction._meta.fields if field.null}
    assert empty == {"reward_id", "reverses", "actor_id"}
    assert inserts.insert_once(row)
    assert not inserts.insert_once(LedgerTransaction(idem="x", kind="accrue", at=NOW))
    assert LedgerTransaction.objects.get().reverses is None


@pytest.mark.parametrize("address", ["/", "/questions/", "/discussions/", "/search/?q=ネジ"])
def test_pages_of_a_person_without_a_company_and_of_nobody(
    address: str, alone: User, aki: User, as_: Any, client: Client
) -> None:
    topic = a_question(aki, title="ネジの長さ")
    for browser in (as_(alone), client):
        assert browser.get(address).status_code == 200
        assert browser.get(topic.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("tab", [tab.name for tab in QUESTION.listing.tabs])
def test_every_tab_of_a_list_without_a_company(tab: str, alone: User, as_: Any) -> None:
    assert as_(alone).get(f"/questions/?tab={tab}").status_code == 200


def test_somebody_without_a_company_replies_reads_and_reacts(alone: User, aki: User) -> None:
    topic = a_question(aki)
    post = an_answer(topic, alone)
    topic.refresh_from_db()
    assert (topic.last_number, topic.answer_count) == (2, 1)
    reading.note_read(user=alone, topic=topic, number=2, now=NOW)
    reading.note_read(user=alone, topic=topic, number=1, now=NOW)
    assert topic.read_states.get(user=alone).last_read_number == 2
    posts.recount(topic)
    assert post.topic.posts.count() == 2


def test_search_of_a_person_without_a_company(alone: User, aki: User) -> None:
    assert alone.organization_id is None
    for newest in (False, True):
        assert search(alone, "ネジ", now=NOW, newest=newest).hits == []


def test_an_act_of_nobody_is_recorded(db: Any) -> None:
    assert audit.record("tests.act", actor=None, target="", now=NOW).actor_id is None


def test_a_movement_of_nobody_for_no_reward_is_posted_once(db: Any) -> None:
    legs = [
        ledger.Leg(LedgerAccount.Kind.PROGRAM_EXPENSE, "program:1", -5),
        ledger.Leg(LedgerAccount.Kind.MEMBER_PENDING, "user:1", 5),
    ]
    told: dict[str, Any] = {"idem": "one", "kind": "accrue", "currency": "JPY", "legs": legs}
    first = ledger.post(**told, now=NOW, reward_id=None, reverses_id=None, actor_id=None)
    assert first is not None
    assert ledger.post(**told, now=NOW) is None
    assert ledger.balances("user:1", "JPY") == {LedgerAccount.Kind.MEMBER_PENDING: 5}


def test_a_year_without_a_cap_takes_everything(program: Program, aki: User) -> None:
    assert caps.take_year(program, aki.pk, None, 5)
    Program.objects.filter(pk=program.pk).update(year_cap=None)
    program.refresh_from_db()
    assert caps.take_year(program, aki.pk, 2026, 5)
    assert caps.take_year(program, aki.pk, 2026, -2)
    caps.set_year_cap(program)
    total = YearlyTotal.objects.get()
    assert (total.amount, total.cap) == (3, None)


def test_a_confirmation_of_no_click_changes_nothing(db: Any) -> None:
    told = {"e": "confirm", "k": "0" * 22, "t": "1763000000000"}
    assert clicks.keep([("", told)]) == 0


def test_erasing_somebody_without_an_address_asks_nothing(alone: User) -> None:
    alone.email = ""
    erase_person(alone, NOW)


def test_locks_are_held_by_number_and_by_name(db: Any) -> None:
    lock_number(1, 2**40)
    lock_name(1, "")
    assert try_name(1, "a")


@pytest.fixture
def program(db: Any) -> Program:
    return make_program()
