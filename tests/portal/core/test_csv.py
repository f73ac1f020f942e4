"""CSV as people send it, and CSV that Excel opens safely."""

from __future__ import annotations

import pytest

from portal.core.text import csv_files
from portal.core.web.downloads import csv_response, csv_stream

TEXT = (
    '会社名,メール,備考\r\nアクメ精機,aki@acme.example,"一行目\n二行目"\r\n'
    "ノースフィールド,mio@northfield.example,\r\n"
)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp932", "euc_jp", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_encoding_and_delimiter_are_guessed(encoding: str, delimiter: str) -> None:
    table = csv_files.read(TEXT.replace(",", delimiter).encode(encoding))
    assert table.encoding == encoding
    assert table.delimiter == delimiter
    assert table.header == ["会社名", "メール", "備考"]
    assert table.rows[0] == ["アクメ精機", "aki@acme.example", "一行目\n二行目"]
    assert table.rows[1][0] == "ノースフィールド"


def test_rows_of_another_length_stay_as_they_are() -> None:
    table = csv_files.read(b"a,b\n1\n1,2,3\n\n1,2\n")
    assert table.rows == [["1"], ["1", "2", "3"], ["1", "2"]]
    assert table.lines == [2, 3, 5]


def test_trailing_delimiters_make_no_columns_and_a_nameless_column_may_hold_something() -> None:
    table = csv_files.read(b"a,b,,\n1,2,,\n3,4,,,,\n")
    assert (table.header, table.rows) == (["a", "b"], [["1", "2"], ["3", "4"]])
    table = csv_files.read(b"a,b,\n1,2,x\n3,4,\n")
    assert (table.header, table.rows) == (["a", "b", ""], [["1", "2", "x"], ["3", "4", ""]])


@pytest.mark.parametrize(
    "text",
    [
        "Name,City\nChildren’s Books,Köln\n",
        "Name,City\nCafé,São Paulo\nCrème Brûlée,Paris\n",
        "Name,€\n“Quoted”,1\n",
        "Namn,Ort\nÅsa,Ö\n",
        "Straße,Ort\nGroßmarkt,Düsseldorf\nMÜLLER,MÜNCHEN\n",
        "Price,x\n5 £,2 €\n",
    ],
)
def test_western_text_of_excel_is_not_taken_for_kanji(text: str) -> None:
    table = csv_files.read(text.encode("cp1252"))
    assert table.encoding == "cp1252"
    assert ",".join(table.header) == text.split("\n")[0]


@pytest.mark.parametrize(
    "text",
    [
        "会社,株\n成約,2\n",
        "会社,ｶﾅ\n青葉,ｱｵﾊﾞ\n",
        "ID,会社\n1,A社\n2,B社\n",
        "Amount,円\n1,２\n",
        "ソ,a\n1,表\n",
        "金額\n￥1,200\n",
    ],
)
def test_japanese_text_of_excel_is_not_taken_for_accents(text: str) -> None:
    assert csv_files.read(text.encode("cp932")).encoding == "cp932"


def test_what_a_person_chooses_counts_before_what_is_guessed() -> None:
    data = "報告\nA;B\n1,2;é\n".encode("cp1252", errors="replace")
    table = csv_files.read(data, encoding="cp1252", delimiter=",", header_line=2)
    assert (table.delimiter, table.header, table.rows) == (",", ["A;B"], [["1", "2;é"]])
    with pytest.raises(csv_files.Unreadable):
        csv_files.read(data, encoding="utf-8")


def test_excels_first_line_names_the_delimiter() -> None:
    table = csv_files.read(b"sep=;\r\na;b\r\n1,5;2\r\n")
    assert (table.delimiter, table.header, table.rows) == (";", ["a", "b"], [["1,5", "2"]])
    assert (table.header_line, table.lines) == (2, [3])


@pytest.mark.parametrize(
    ("above", "line"),
    [
        ("Report 2026-04-30\n\n", 3),
        ("Report,,\nof,sales,\n\n", 4),
        ("id and more\nid\n", 3),
        ("", 1),
    ],
)
def test_titles_above_the_header_are_no_header(above: str, line: int) -> None:
    data = (above + "id,name,amount\n1,a,5\n2,b,6\n").encode()
    table = csv_files.read(data, names=lambda name: name in ("id", "name", "amount"))
    assert (table.header, table.header_line) == (["id", "name", "amount"], line)
    assert len(table.rows) == 2


def test_a_title_is_seen_also_above_unknown_names() -> None:
    table = csv_files.read(b"Report 2026-04-30\n\nx,y,z\n1,a,5\n2,b,6\n")
    assert (table.header, table.header_line) == (["x", "y", "z"], 3)


def test_two_quotation_marks_of_two_rows_make_no_row_of_both() -> None:
    """The amount of the second deal must not become the amount of the first."""
    table = csv_files.read(b'a,b,c\n1,"x,100\n2,"y",200\n3,z,5\n')
    assert table.rows == [["1", '"x', "100"], ["2", "y", "200"], ["3", "z", "5"]]


@pytest.mark.parametrize("data", [b"", b"  \n", b"\x00\x01\x02", b"\x81\xff\xfe\x00\x80"])
def test_what_is_no_table_is_refused_with_a_sentence(data: bytes) -> None:
    with pytest.raises(csv_files.Unreadable):
        csv_files.read(data)


@pytest.mark.parametrize("cell", ["=1+1", "+cmd", "-cmd", "@SUM(A1)", "\t=1", "＝1", "-2+3"])
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
