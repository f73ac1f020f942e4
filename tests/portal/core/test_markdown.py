"""The Markdown renderer: what it renders, and what it filters."""

from __future__ import annotations

import pytest

from portal.core.text.markdown import LINK_REL, excerpt, render


def test_emphasis_beside_japanese_brackets_is_bold() -> None:
    assert render("**「重要」**なので").html == "<p><strong>「重要」</strong>なので</p>"


@pytest.mark.parametrize(
    ("source", "absent"),
    [
        ("<script>alert(1)</script>", "<script"),
        ("<img src=x onerror=alert(1)>", "<img"),
        ("[x](javascript:alert(1))", "javascript:"),
        ("[x](data:text/html;base64,PHNjcmlwdD4=)", "data:"),
        ("[x](vbscript:msgbox)", "vbscript:"),
        ("![x](https://spy.example/p.png)", "<img"),
        ("![x](//spy.example/p.png)", "<img"),
        ('```" onload="x\ncode\n```', ' onload="'),
        ("<div style='position:fixed'>x</div>", "<div"),
        ("# x {#id onclick=1}", 'onclick=1}"><'),
        ("<svg/onload=alert(1)>", "<svg"),
        ('<https://x.example/"onmouseover="alert(1)>', ' onmouseover="'),
    ],
)
def test_no_script_of_a_user_gets_through(source: str, absent: str) -> None:
    assert absent not in render(source).html


def test_code_people_write_about_is_kept() -> None:
    rendered = render("std::vector<int> と a<b then c>d")
    assert "vector&lt;int&gt;" in rendered.html
    assert rendered.text == "std::vector<int> と a<b then c>d"


def test_fenced_code_is_coloured_by_classes() -> None:
    html = render("```python\nreturn '<b>'\n```").html
    assert '<code data-language="python"><span class="k">return</span>' in html
    assert "&lt;b&gt;" in html
    assert 'class="highlight"' in render("    plain").html


def test_links_promise_nothing_and_end_where_the_sentence_goes_on() -> None:
    html = render("https://example.jp/a。次に").html
    assert f'<a href="https://example.jp/a" rel="{LINK_REL}">https://example.jp/a</a>。次に' in html


def test_headings_have_anchors_and_the_page_keeps_its_only_h1() -> None:
    html = render("# 手順\n\n## 手順").html
    assert '<h2 id="s-手順">' in html
    assert '<h2 id="s-手順-2">' in html
    assert "id=" not in render("# 手順", anchors=False).html


def test_tables_and_task_lists() -> None:
    assert '<th align="center">' in render("|a|b|\n|-|:-:|\n|1|2|").html
    assert '<input type="checkbox" checked="" disabled="">' in render("- [x] 済み").html


def test_own_images_are_lazy() -> None:
    assert 'loading="lazy"' in render("![図](/media/a.png)").html


def test_plain_text_separates_blocks() -> None:
    assert render("# 題\n\n一つ**目**\n\n- 甲\n- 乙").text == "題\n一つ目\n甲\n乙"


@pytest.mark.parametrize(
    "source",
    [
        "*" * 50_000,
        "[" * 20_000,
        "> " * 5_000,
        "`" * 50_000,
        "@" * 50_000,
        "\x00",
        "",
        "$$a" * 20_000,
        "\\[" * 30_000,
    ],
)
def test_hostile_texts_are_answered(source: str) -> None:
    render(source)


def test_excerpt_cuts_with_an_ellipsis() -> None:
    assert excerpt("短い\n文", 20) == "短い 文"
    assert excerpt("あ" * 50, 10) == "あ" * 9 + "…"
    assert excerpt("A sentence of several words", 20) == "A sentence of…"
