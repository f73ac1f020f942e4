"""Files as spreadsheets of many countries write them: read rightly, asked, or refused by line."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portal.core.jobs import long_jobs
from referrals.models import DealImport, Fact, InboundSource, Program
from referrals.services.intake import import_check, import_runs, imports, retention
from tests.people import NOW
from tests.referrals.senders import make_source

pytestmark = pytest.mark.django_db

HEADER = "Record ID,Deal Stage,Company Domain Name,Amount,Close Date,Associated Company\r\n"
GERMAN = (
    b"Record ID;Deal Stage;Company Domain Name;Amount;Currency;Close Date\r\n"
    b"7000;Closed Won;eur-00-gmbh.de;1200,5;EUR;2026-04-01\r\n"
    b"7001;Closed Won;eur-01-gmbh.de;1.200;EUR;2026-04-01\r\n"
    b"7002;Closed Won;eur-02-gmbh.de;1.200,50;EUR;2026-04-01\r\n"
    b"7003;Closed Won;eur-03-gmbh.de;0,5;EUR;2026-04-01\r\n"
)
YEN = (
    "取引ID,取引ステージ,会社のドメイン名,金額,クローズ日,会社名\r\n"
    '7201,成約,yen1-kk.co.jp,"\\1,200,000",2026/4/1,株式会社円\r\n'
    '7202,成約,yen2-kk.co.jp,"￥1,200,000",2026/4/1,株式会社全角円\r\n'
).encode("cp932")
SPILL = (
    b"Record ID,Deal Stage,Company Domain Name,Close Date,Currency,Amount\r\n"
    b"7101,Closed Won,spill-kk.co.jp,2026-04-01,JPY,1,200,000\r\n"
    b'7102,Closed Won,spill2-kk.co.jp,2026-04-01,JPY,"1,200,000"\r\n'
    b"7103,Closed Won,short-kk.co.jp,2026-04-01\r\n"
)
DATES = (
    HEADER + "7601,Closed Won,us-date-inc.com,10,4/1/2026,X\r\n"
    "7602,Closed Won,de-date-gmbh.de,10,01.04.2026,X\r\n"
).encode()
OPEN_AMOUNTS = (
    b"Record ID;Deal Stage;Company Domain Name;Amount;Currency;Close Date\r\n"
    b"1;Closed Won;a-gmbh.de;1.200;EUR;2026-04-01\r\n"
    b"2;Closed Won;b-gmbh.de;3.500;EUR;2026-04-01\r\n"
)


@pytest.fixture
def hubspot(program: Program, kato: Any) -> InboundSource:
    return make_source("hubspot", program, kato, name="HubSpot")[0]


def begin(source: InboundSource, data: bytes, actor: Any) -> DealImport:
    return imports.begin_import(source=source, data=data, file_name="a.csv", actor=actor, now=NOW)


def sales(batch: DealImport) -> dict[str, tuple[int, str, str]]:
    """Return what the rows would be recorded as: amount, currency and day of each deal."""
    deals = import_check.reader_of(batch, NOW)
    found = {}
    for row in batch.rows.order_by("number"):
        for told in import_check.plan_row(batch, deals, row.cells).facts:
            if told.kind == "conversion":
                body = told.body
                day = str(body.get("occurred_at", ""))[:10]
                found[told.external_id.split(":")[1]] = (body["amount"], body["currency"], day)
    return found


def upload(client: Any, source: InboundSource, data: bytes) -> str:
    answer = client.post(
        reverse("referrals:deal_imports"),
        {"source": source.pk, "file": SimpleUploadedFile("a.csv", data)},
    )
    return str(answer["Location"])


def form_of(batch: DealImport, **more: str) -> dict[str, str]:
    return {
        "encoding": batch.encoding,
        "delimiter": batch.delimiter,
        "header_line": str(batch.header_line),
        "currency": "JPY",
        **{f"column_{name}": column for name, column in batch.columns.items()},
        "map": "1",
        **more,
    }


def test_a_german_file_is_read_with_its_comma(kato: Any, hubspot: InboundSource) -> None:
    batch = begin(hubspot, GERMAN, kato)
    assert (batch.checked["decimal"], batch.checked["asked"]) == (",", [])
    assert {deal: sale[0] for deal, sale in sales(batch).items()} == {
        "7000": 120_050,
        "7001": 120_000,
        "7002": 120_050,
        "7003": 50,
    }


def test_yen_of_a_japanese_excel(kato: Any, hubspot: InboundSource) -> None:
    batch = begin(hubspot, YEN, kato)
    assert batch.encoding == "cp932"
    day = "2026-03-31"  # midnight in Tokyo, in UTC
    assert sales(batch) == {"7201": (1_200_000, "JPY", day), "7202": (1_200_000, "JPY", day)}


def test_a_row_of_another_length_is_refused_with_its_line(
    as_: Any, tanaka: Any, hubspot: InboundSource
) -> None:
    client = as_(tanaka)
    url = upload(client, hubspot, SPILL)
    batch = DealImport.objects.get()
    assert list(sales(batch)) == ["7102"]
    assert batch.checked["errors"] == [[2, "row_length: 8 / 6"], [4, "row_length: 4 / 6"]]
    page = client.get(url).content.decode()
    assert "2行目" in page
    assert "列名の行とセルの数が違います" in page
    assert "1行を取り込む" in page
    client.post(url, {"run": "1"})
    batch.refresh_from_db()
    long_jobs.run_steps(batch.job_id)
    assert imports.counts_of(batch) == {"parked": 1, "failed": 2}
    assert Fact.objects.get().body["amount"] == 1_200_000
    errors = client.get(
        reverse("referrals:deal_import_errors", args=[batch.public_id])
    ).content.decode("utf-8-sig")
    assert errors.splitlines()[1].startswith(
        "7101,Closed Won,spill-kk.co.jp,2026-04-01,JPY,1,2,"
    ), "line and reason stand under their names"
    assert errors.splitlines()[1].endswith(",200,000")


def test_a_sep_line_and_titles_are_no_header(kato: Any, hubspot: InboundSource) -> None:
    data = b"sep=;\r\n" + OPEN_AMOUNTS.replace(b"1.200", b"10").replace(b"3.500", b"20,5")
    batch = begin(hubspot, data, kato)
    assert (batch.delimiter, batch.header_line) == (";", 2)
    assert {deal: sale[0] for deal, sale in sales(batch).items()} == {"1": 1_000, "2": 2_050}
    titled = "Opportunity report 2026-04-30\r\n\r\n" + HEADER + "1,Closed Won,a.com,10,2026-04-01,X"
    batch = begin(hubspot, titled.encode(), kato)
    assert (batch.header_line, batch.columns["amount"]) == (3, "Amount")
    assert sales(batch)["1"][:2] == (10, "JPY")


def test_western_names_stay_what_they_are(kato: Any, hubspot: InboundSource) -> None:
    data = HEADER + "1,Closed Won,childrens-books.co.uk,1200,2026-04-01,Children’s Books Ltd\r\n"
    batch = begin(hubspot, data.encode("cp1252"), kato)
    assert (batch.encoding, batch.rows.get().cells[5]) == ("cp1252", "Children’s Books Ltd")


def test_amounts_that_can_be_two_are_asked_and_kept_as_answered(
    as_: Any, kato: Any, hubspot: InboundSource
) -> None:
    client = as_(kato)
    url = upload(client, hubspot, OPEN_AMOUNTS)
    batch = DealImport.objects.get()
    assert (sales(batch), batch.checked["asked"]) == ({}, ["decimal"])
    page = client.get(url).content.decode()
    assert "二通りに読めます" in page
    assert 'name="run"' not in page
    client.post(url, {"run": "1"})
    batch.refresh_from_db()
    assert batch.job is None, "no question is answered by importing"

    client.post(url, form_of(batch, decimal=","))
    batch.refresh_from_db()
    assert {deal: sale[0] for deal, sale in sales(batch).items()} == {"1": 120_000, "2": 350_000}
    page = client.get(url).content.decode()
    assert re.search(r'<option\s+value=","\s+selected', page), "what was chosen is still chosen"
    assert "€1,200.00" in page
    assert 'name="run"' in page
    hubspot.refresh_from_db()
    assert begin(hubspot, OPEN_AMOUNTS, kato).checked["decimal"] == ",", "as this system writes"
    assert begin(hubspot, OPEN_AMOUNTS.replace(b"1.200", b"1.5"), kato).checked["decimal"] == "."


def test_what_is_written_in_two_ways_is_asked_and_one_of_them_refused(
    kato: Any, hubspot: InboundSource
) -> None:
    data = OPEN_AMOUNTS.replace(b"1.200", b"1200,50").replace(b"3.500", b"3500.50")
    batch = begin(hubspot, data, kato)
    assert batch.checked["asked"] == ["decimal"]
    batch = imports.map_import(
        batch=batch,
        columns=batch.columns,
        stages={},
        actor=kato,
        now=NOW,
        layout=imports.Layout(decimal="."),
    )
    assert sales(batch) == {"2": (350_050, "EUR", "2026-03-31")}
    assert batch.checked["errors"] == [[2, "bad_grouping: 1200,50"]]


def test_the_order_of_dates_is_asked(as_: Any, tanaka: Any, hubspot: InboundSource) -> None:
    client = as_(tanaka)
    url = upload(client, hubspot, DATES)
    batch = DealImport.objects.get()
    assert batch.checked["asked"] == ["date_order"]
    assert list(sales(batch)) == ["7602"], "nobody writes the month first with dots"
    assert "二通りの日付に読めます" in client.get(url).content.decode()
    client.post(url, form_of(batch, date_order="mdy"))
    batch.refresh_from_db()
    assert {sale[2] for sale in sales(batch).values()} == {"2026-03-31"}
    client.post(url, form_of(batch, date_order="dmy"))
    batch.refresh_from_db()
    assert sales(batch)["7601"][2] == "2026-01-03"


def test_a_file_is_read_again_as_a_person_says(
    as_: Any, tanaka: Any, hubspot: InboundSource
) -> None:
    client = as_(tanaka)
    data = ("x;y;z;w\r\n" + HEADER + "1,Closed Won,a.com,1.5,2026-04-01,Café\r\n").encode("cp1252")
    url = upload(client, hubspot, data)
    batch = DealImport.objects.get()
    assert client.post(url, form_of(batch, encoding="utf-8")).status_code == 422
    client.post(url, form_of(batch, encoding="cp1252", delimiter=",", header_line="2"))
    batch.refresh_from_db()
    assert (batch.delimiter, batch.header_line) == (",", 2)
    assert batch.columns["amount"] == "Amount"
    assert batch.rows.get().cells[-1] == "Café"
    client.post(url, form_of(batch, currency="EUR"))
    batch.refresh_from_db()
    assert sales(batch)["1"][:2] == (150, "EUR")
    page = client.get(url).content.decode()
    assert "€1.50" in page
    assert 'value="EUR"' in page


def test_where_nothing_can_be_imported_no_import_is_offered(
    as_: Any, tanaka: Any, hubspot: InboundSource
) -> None:
    client = as_(tanaka)
    rows = "".join(f"{n},Closed Won,a{n}.com,much,2026-04-01,X\r\n" for n in range(3))
    page = client.get(upload(client, hubspot, (HEADER + rows).encode())).content.decode()
    assert 'name="run"' not in page
    assert "取り込める行がありません" in page
    assert "3行" in page


def test_common_japanese_columns_are_known(kato: Any, hubspot: InboundSource) -> None:
    data = (
        "商談ID,会社名,会社ドメイン,金額,通貨,ステージ,受注日\n"
        "1,青葉,aoba.co.jp,1200円,日本円,成約,令和8年4月1日\n"
    )
    batch = begin(hubspot, data.encode("cp932"), kato)
    assert set(batch.columns) == {
        "deal", "company", "domain", "amount", "currency", "stage", "closed"
    }  # fmt: skip
    assert sales(batch) == {"1": (1_200, "JPY", "2026-03-31")}


def test_the_file_is_forgotten_with_its_import_and_with_the_person_in_it(
    tanaka: Any, aki: Any, hubspot: InboundSource
) -> None:
    line = f"1,Closed Won,{aki.email},10,2026-04-01,X\r\n"
    batch = begin(hubspot, (HEADER + line).encode("utf-16"), tanaka)
    retention.erase_person(aki, NOW)
    batch.refresh_from_db()
    assert batch.data is None
    batch = begin(hubspot, GERMAN, tanaka)
    import_runs.run_import(batch=batch, actor=tanaka, now=NOW)
    batch.refresh_from_db()
    assert batch.data is None
