"""A CRM export becomes stages and sales: previewed first, complete to the last row, and without
duplicates when run twice.
"""

from __future__ import annotations

import csv as plain_csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portal.audit.models import AuditEntry
from portal.core.jobs import long_jobs
from portal.core.models import LongJob
from portal.notifications.models import Notification
from referrals.models import Conversion, DealImport, DealRow, Fact, InboundSource, Program, Referral
from referrals.services.intake import import_runs, imports
from referrals.services.links.links import link_for
from referrals.services.rewards.ledger_checks import check_ledger
from referrals.views import imports as views
from tests.people import NOW
from tests.referrals.made import tell
from tests.referrals.senders import make_source

pytestmark = pytest.mark.django_db

HEADER = (
    "レコードID,取引名,取引ステージ,金額,クローズ日,会社のドメイン名,失注理由,紹介コード,作成日"
)
ROWS = (
    "1,青葉 更新,Contract Sent,,2027/03/31,aoba.example,,,",
    '2,白樺,成約,"1,200,000",2026/11/19,www.shirakaba.example,,{code},2026/11/02',
    "3,北斗,失注,,2026年11月18日,info@hokuto.example,予算が合わなかった,,",
    "4,桐生,Closed Won,四百万,2026/11/01,kiryu.example,,,",
    "5,無名,成約,500000,2026/11/01,someone@gmail.com,,,",
    "6,緑川,社内検討中,,,midorikawa.example,,,",
    "1,青葉 更新,Contract Sent,,2027/03/31,aoba.example,,,",
)


@pytest.fixture
def hubspot(program: Program, kato: Any) -> InboundSource:
    return make_source("hubspot", program, kato, name="HubSpot")[0]


@pytest.fixture
def table(program: Program, aki: Any) -> str:
    code = link_for(user=aki, program=program, now=NOW).code
    tell(
        "introduction",
        "i1",
        code=code,
        domain="aoba.example",
        company="青葉製作所",
        occurred_at=NOW.isoformat(),
    )
    return "\n".join((HEADER, *ROWS)).replace("{code}", code)


def upload(client: Any, source: InboundSource, data: bytes, name: str = "取引.csv") -> Any:
    return client.post(
        reverse("referrals:deal_imports"),
        {"source": source.pk, "file": SimpleUploadedFile(name, data)},
    )


def chosen(batch: DealImport) -> dict[str, str]:
    """Return the form of a file as its page shows it."""
    return {
        "encoding": batch.encoding,
        "delimiter": batch.delimiter,
        "header_line": str(batch.header_line),
        "currency": "JPY",
        **{f"column_{name}": column for name, column in batch.columns.items()},
    }


def work(batch: DealImport) -> LongJob:
    batch.refresh_from_db()
    assert batch.job_id is not None
    long_jobs.run_steps(batch.job_id)
    return LongJob.objects.get(pk=batch.job_id)


def test_from_the_file_to_the_introductions(
    as_: Any, tanaka: Any, hubspot: InboundSource, table: str
) -> None:
    client = as_(tanaka)
    answer = upload(client, hubspot, table.encode("cp932"))
    batch = DealImport.objects.get()
    assert answer["Location"] == reverse("referrals:deal_import", args=[batch.public_id])
    page = client.get(answer["Location"]).content.decode()
    for shown in ("Shift_JIS", "カンマ", "白樺", "社内検討中", "四百万", "gmail.com"):
        assert shown in page
    assert batch.checked["counts"] == {
        "created": 2,
        "updated": 0,
        "parked": 1,
        "skipped": 1,
        "failed": 3,
    }
    assert Fact.objects.count() == 1, "looking changes nothing"

    columns = chosen(batch)
    client.post(answer["Location"], {**columns, "stage_0": "qualified", "map": "1"})
    batch.refresh_from_db()
    assert batch.checked["counts"] == {
        "created": 2,
        "updated": 0,
        "parked": 2,
        "skipped": 1,
        "failed": 2,
    }
    before = hubspot.mapping
    hubspot.refresh_from_db()
    assert hubspot.mapping == before, (
        "what a member of a team chooses is not what webhooks are read by"
    )
    assert batch.stages == {"社内検討中": "qualified"}

    client.post(answer["Location"], {"run": "1"})
    job = work(batch)
    assert (job.state, job.done, job.total) == ("done", 7, 7)
    counts = imports.counts_of(batch)
    assert counts == {"created": 2, "parked": 2, "skipped": 1, "failed": 2}
    assert (
        sum(counts.values())
        == 7
        == job.created_count + job.updated_count + job.skipped_count + job.failed_count
    )
    assert set(Referral.objects.values_list("state", flat=True)) == {"opportunity", "won"}
    sale = Conversion.objects.get()
    assert (sale.amount, sale.currency, sale.occurred_at.date().isoformat()) == (
        1_200_000,
        "JPY",
        "2026-11-18",
    )
    assert not any(check_ledger().values())

    page = client.get(answer["Location"]).content.decode()
    assert "完了" in page
    part = client.get(answer["Location"], headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    errors = client.get(
        reverse("referrals:deal_import_errors", args=[batch.public_id])
    ).content.decode("utf-8-sig")
    lines = list(plain_csv.reader(io.StringIO(errors)))
    assert lines[0][:9] == HEADER.split(",")
    assert [row[9] for row in lines[1:]] == ["5", "6"]
    assert "四百万" in lines[1][10]


def test_what_an_administrator_chooses_is_kept_for_the_next_file_and_for_webhooks(
    as_: Any, kato: Any, hubspot: InboundSource, table: str
) -> None:
    client = as_(kato)
    url = upload(client, hubspot, table.encode())["Location"]
    batch = DealImport.objects.get()
    columns = chosen(batch)
    told = client.post(
        url, {**columns, "stage_0": "qualified", "map": "1"}, follow=True
    ).content.decode()
    assert "次のファイル" in told
    hubspot.refresh_from_db()
    assert hubspot.mapping["stages"]["社内検討中"] == "qualified"
    assert hubspot.mapping["columns"]["domain"] == "会社のドメイン名"


def test_the_second_import_of_the_same_deals_creates_nothing_and_a_moved_deal_is_an_update(
    tanaka: Any, hubspot: InboundSource, table: str
) -> None:
    for _ in range(2):
        batch = imports.begin_import(
            source=hubspot, data=table.encode(), file_name="a.csv", actor=tanaka, now=NOW
        )
        import_runs.run_import(batch=batch, actor=tanaka, now=NOW)
        work(batch)
    assert imports.counts_of(batch) == {"skipped": 4, "failed": 3}
    assert batch.checked["counts"]["skipped"] == 4
    facts = Fact.objects.count()
    moved = table.replace(
        "1,青葉 更新,Contract Sent,,2027/03/31", "1,青葉 更新,成約,900000,2026/11/20"
    )
    batch = imports.begin_import(
        source=hubspot, data=moved.encode(), file_name="b.csv", actor=tanaka, now=NOW
    )
    assert batch.checked["counts"]["updated"] == 1
    import_runs.run_import(batch=batch, actor=tanaka, now=NOW)
    work(batch)
    assert imports.counts_of(batch)["updated"] == 1
    assert Fact.objects.count() == facts + 1
    with pytest.raises(imports.NotReady):
        import_runs.run_import(batch=batch, actor=tanaka, now=NOW)


def test_a_killed_worker_loses_and_doubles_no_row(
    tanaka: Any, hubspot: InboundSource, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = "\n".join(f"{n},取引{n},Contract Sent,,,firm{n}.example,,," for n in range(100, 170))
    batch = imports.begin_import(
        source=hubspot, data=f"{table}\n{lines}".encode(), file_name="a.csv", actor=tanaka, now=NOW
    )
    job = import_runs.run_import(batch=batch, actor=tanaka, now=NOW)
    real, told = import_runs._tell_row, []

    def dies(batch: Any, plan: Any, now: Any) -> Any:
        told.append(plan)
        if len(told) == 60:
            raise KeyboardInterrupt
        return real(batch, plan, now)

    monkeypatch.setattr(import_runs, "_tell_row", dies)
    with pytest.raises(KeyboardInterrupt):
        long_jobs.run_steps(job.pk, clock=lambda: NOW)
    monkeypatch.undo()
    job.refresh_from_db()
    assert job.done == 50 == DealRow.objects.exclude(outcome="").count()
    assert long_jobs.run_steps(job.pk, clock=lambda: NOW + timedelta(minutes=2))
    counts = imports.counts_of(batch)
    assert sum(counts.values()) == 77
    assert counts["parked"] == 71
    assert Fact.objects.filter(source="hubspot").count() == 71 + 3


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\x01\x02",
        b"\xff\xfe\x00",
        "レコードID,取引ステージ".encode(),
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4,
    ],
)
def test_a_broken_file_changes_nothing_and_says_so(
    as_: Any, tanaka: Any, hubspot: InboundSource, data: bytes
) -> None:
    answer = upload(as_(tanaka), hubspot, data)
    assert answer.status_code == 422
    assert "id_file_error" in answer.content.decode()
    assert DealImport.objects.count() == 0


def test_a_table_without_the_needed_columns_asks_for_them(
    as_: Any, tanaka: Any, hubspot: InboundSource
) -> None:
    client = as_(tanaka)
    upload(client, hubspot, b"a;b;b\n1;2;3\n")
    batch = DealImport.objects.get()
    page = client.get(reverse("referrals:deal_import", args=[batch.public_id])).content.decode()
    assert "次の内容の列を選んでください" in page
    assert "セミコロン" in page
    assert "b (2)" in page
    answer = client.post(
        reverse("referrals:deal_import", args=[batch.public_id]),
        {**chosen(batch), "map": "1", "column_deal": "a"},
    )
    assert answer.status_code == 422
    client.post(reverse("referrals:deal_import", args=[batch.public_id]), {"run": "1"})
    batch.refresh_from_db()
    assert batch.job is None


def test_a_file_that_was_only_looked_at_is_thrown_away(
    as_: Any, tanaka: Any, hubspot: InboundSource, table: str
) -> None:
    client = as_(tanaka)
    url = upload(client, hubspot, table.encode())["Location"]
    assert client.post(url, {"discard": "1"})["Location"] == reverse("referrals:deal_imports")
    assert DealImport.objects.count() == DealRow.objects.count() == 0
    assert client.get(url).status_code == 404


def test_whoever_imported_is_notified_when_it_is_done(
    tanaka: Any, hubspot: InboundSource, table: str, dispatched: Any
) -> None:
    batch = imports.begin_import(
        source=hubspot, data=table.encode(), file_name="a.csv", actor=tanaka, now=NOW
    )
    import_runs.run_import(batch=batch, actor=tanaka, now=NOW)
    work(batch)
    dispatched()
    assert Notification.objects.filter(user=tanaka, kind="deals_imported").count() == 1


@pytest.mark.parametrize("act", ["map", "discard"])
def test_what_a_colleague_began_meanwhile_is_neither_mapped_again_nor_thrown_away(
    as_: Any,
    tanaka: Any,
    kato: Any,
    hubspot: InboundSource,
    table: str,
    monkeypatch: pytest.MonkeyPatch,
    act: str,
) -> None:
    client = as_(tanaka)
    url = upload(client, hubspot, table.encode())["Location"]
    batch = DealImport.objects.get()
    columns = chosen(batch)
    real = views._columns_form

    def begins_meanwhile(*args: Any) -> Any:
        import_runs.run_import(batch=batch, actor=kato, now=NOW)
        return real(*args)

    monkeypatch.setattr(views, "_columns_form", begins_meanwhile)
    page = client.post(url, {**columns, "stage_0": "qualified", act: "1"}, follow=True)
    assert "すでに始まっている" in page.content.decode()
    kept = DealImport.objects.get()
    assert kept.stages == {}
    assert kept.job_id is not None
    assert (
        "その間に状況が変わりました" in client.post(url, {act: "1"}, follow=True).content.decode()
    )


def test_a_running_import_is_stopped_and_the_file_sent_again_goes_on(
    as_: Any, tanaka: Any, hubspot: InboundSource, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_runs, "BATCH", 1)
    client = as_(tanaka)
    url = upload(client, hubspot, table.encode())["Location"]
    client.post(url, {"run": "1"})
    batch = DealImport.objects.get()
    assert batch.job is not None
    LongJob.objects.filter(pk=batch.job.pk).update(state=LongJob.State.RUNNING)
    long_jobs._one_batch(batch.job.pk, NOW)
    page = client.post(url, {"stop": "1"}, follow=True).content.decode()
    assert "止めました" in page
    assert 'name="stop"' not in page
    done = work(batch)
    assert (done.state, done.done) == ("stopped", 1)
    assert (
        AuditEntry.objects.filter(action="referrals.import.stop", actor_id=tanaka.pk).count() == 1
    )
    assert (
        "その間に状況が変わりました"
        in client.post(url, {"stop": "1"}, follow=True).content.decode()
    )
    again = client.post(upload(client, hubspot, table.encode())["Location"], {"run": "1"})
    later = DealImport.objects.get(public_id=again["Location"].rstrip("/").rpartition("/")[2])
    assert work(later).state == "done"
    assert imports.counts_of(later)["skipped"] >= 1, (
        "what was received before the stop is not told again"
    )
