"""CSV as people send it, and CSV that Excel opens safely."""

from __future__ import annotations

import pytest

from portal.core.text import csv_files
from portal.core.web.downloads import csv_response, csv_stream

TEXT = (
    '会社名,メール,備考\r\nアクメ精機,aki@acme.example,"一行目\n二行目"\r\n'
    "ノースフィールド,mio@northfield.example,\r\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "euc_jp", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_encoding_and_delimiter_are_guessed(encoding: str, delimiter: str) -> None:
    table = csv_files.read(TEXT.replace(",", delimiter).encode(encoding))
    assert table.encoding == encoding
    assert table.delimiter == delimiter
    assert table.header == ["会社名", "メール", "備考"]
    assert table.rows[0] == ["アクメ精機", "aki@acme.example", "一行目\n二行目"]
    assert table.rows[1][0] == "ノースフィールド"


def test_short_and_long_rows_fit_the_header() -> None:
    assert csv_files.read(b"a,b\n1\n1,2,3\n\n").rows == [["1", ""], ["1", "2"]]


@pytest.mark.parametrize("data", [b"", b"  \n", b"\x00\x01\x02", b"\x81\xff\xfe\x00\x80"])
def test_what_is_no_table_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(csv_files.Unreadable):
        csv_files.read(data)


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+cmd", "-cmd", "@SUM(A1)", "\t=1", "＝1", "-2+3", " =1", "\u200b=1", "\ufeff=1"],
)
def test_formulas_are_made_harmless(cell: str) -> None:
    assert csv_files.safe_cell(cell) == "'" + cell


def test_numbers_stay_numbers_and_the_file_opens_in_excel() -> None:
    assert csv_files.write_safe([["額", -5, "-1.5", None]]) == "\ufeff額,-5,-1.5,\r\n".encode()


def test_both_ways_to_answer_say_the_same() -> None:
    rows = [["額", "=1+1"], ["-5", ""]]
    whole, stream = csv_response(rows, "a.csv"), csv_stream(rows[0], iter(rows[1:]), "a.csv")
    assert dict(whole.headers) == dict(stream.headers)
    assert whole.content == stream.getvalue() == "\ufeff額,'=1+1\r\n-5,\r\n".encode()


def test_a_quotation_mark_that_nothing_closes_spoils_its_own_line_only() -> None:
    table = csv_files.read(
        '名前,段階,会社\n青葉,成約,"二行の\n会社"\n壊れ,"閉じない,x\n白樺,商談,白樺\n北斗,"また閉じない\n'.encode(
            "cp932"
        )
    )
    assert [row[0] for row in table.rows] == ["青葉", "壊れ", "白樺", "北斗"]
    assert table.rows[0][2] == "二行の\n会社"
    assert table.lines == [3, 4, 5, 6]


def test_inches_are_no_quotation_marks() -> None:
    assert csv_files.read(b'a,b\npipe 5",x\nplate 3",y\n').rows == [
        ['pipe 5"', "x"],
        ['plate 3"', "y"],
    ]
