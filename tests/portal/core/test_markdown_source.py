"""What Markdown must not touch: ranges, addresses, formulas, footnotes, chosen mentions."""

from __future__ import annotations

import re

import pytest

from portal.core.text.markdown import plain_mentions, render

PERSON = "01234567-89ab-7def-8123-456789abcdef"


def links(source: str) -> list[str]:
    return re.findall(r'<a href="([^"]*)"', render(source).html)


@pytest.mark.parametrize(
    "source",
    [
        "対象は10~20名、期間は3~5日です。料金は約~100円~200円。",
        "~残す~",
        r"\~残す\~",
        "1~2 と 3~4",
    ],
)
def test_one_tilde_is_a_range(source: str) -> None:
    rendered = render(source)
    assert "<del>" not in rendered.html
    assert rendered.text == source.replace("\\", "")


def test_two_tildes_strike_out_whatever_stands_around_them() -> None:
    html = render("1~2 ~~3~4日~~ 5~6 `a~b`").html
    assert html == "<p>1~2 <del>3~4日</del> 5~6 <code>a~b</code></p>"


def test_a_table_keeps_its_ranges() -> None:
    source = "| 温度 | 20~25℃ | 30~35℃ |\n|---|---|---|\n| a | 1~2 と 3~4 | b |"
    html = render(source).html
    assert "<del>" not in html
    assert "<td>1~2 と 3~4</td>" in html


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (
            "手順は https://example.com/a、画面は https://example.com/b。（https://example.com/c）",
            [f"https://example.com/{name}" for name in "abc"],
        ),
        (
            "https://example.com/guideを見てください。support@example.comまで。",
            ["https://example.com/guide", "mailto:support@example.com"],
        ),
        ("https://example.comを見て", ["https://example.com"]),
        (
            "https://example.com/a!? https://example.com/b.",
            ["https://example.com/a", "https://example.com/b"],
        ),
        ("(https://example.com/x_(y)).", ["https://example.com/x_(y)"]),
        ("**https://example.com/**を", ["https://example.com/"]),
        (
            "https://example.com/_a_b_/~me/?q=1&amp=2",
            ["https://example.com/_a_b_/~me/?q=1&amp;amp=2"],
        ),
        ("www.example.jp/aをみる", ["http://www.example.jp/a"]),
        ("https://日本語.jp/x を", ["https://日本語.jp/x"]),
        (
            "https://example.com/한국어 https://example.com/a에서",
            ["https://example.com/", "https://example.com/a"],
        ),
        (
            "｢https://example.com/a｣“https://example.com/b”",
            ["https://example.com/a", "https://example.com/b"],
        ),
        ("http://localhost:8000/x", ["http://localhost:8000/x"]),
        ("[見る](https://example.com/日本)", ["https://example.com/%E6%97%A5%E6%9C%AC"]),
        ("[https://a.example/x](https://b.example/(y))", ["https://b.example/(y)"]),
        ("<https://example.com/日本>", ["https://example.com/%E6%97%A5%E6%9C%AC"]),
        ("[a]: https://example.com\n\n[a]", ["https://example.com"]),
        ("`https://example.com/a` と\n\n    https://example.com/b", []),
        ("https:// と www. と a@b と @example.com", []),
    ],
)
def test_addresses_end_where_japanese_goes_on(source: str, found: list[str]) -> None:
    assert links(source) == found


def test_the_label_of_an_address_and_the_text_stay_as_written() -> None:
    source = "https://example.com/guideを見てください。support@example.comまで。"
    assert render(source).text == source
    assert re.sub(r"<[^>]+>", "", render(source).html) == source


def test_code_keeps_what_looks_like_a_formula_or_an_address() -> None:
    html = render("`$x^2$ https://a.example @[名](" + PERSON + ")`").html
    assert html == f"<p><code>$x^2$ https://a.example @[名]({PERSON})</code></p>"


def test_footnotes_have_ids_of_their_own() -> None:
    source = "料金は据え置きです[^1]。\n\n[^1]: ただし来年4月まで"
    one, other = render(source, scope="a").html, render(source, scope="b").html
    assert 'href="#fn-a-1" id="fnref-a-1"' in one
    assert '<li id="fn-a-1">' in one
    assert 'href="#fnref-a-1"' in one
    assert 'aria-label="本文の注1へ戻る"' in one
    ids = re.findall(r' id="([^"]+)"', one + other)
    assert len(ids) == len(set(ids)) == 4
    assert render(source).text == "料金は据え置きです。\nただし来年4月まで"


def test_a_footnote_used_twice_leads_back_to_both() -> None:
    html = render('x[^"><b>] y[^"><b>]\n\n[^"><b>]: z', scope="s").html
    assert html.count('href="#fn-s-1"') == 2
    assert 'href="#fnref-s-1"' in html
    assert 'href="#fnref-s-2"' in html
    assert "<b>" not in html


@pytest.mark.parametrize(
    ("source", "part"),
    [
        ("式は$E=mc^2$です", "<msup><mi>c</mi><mn>2</mn></msup></math>です"),
        (r"\(x_1\) と", "<msub><mi>x</mi><mn>1</mn></msub></math> と"),
        (r"\[\frac{a}{b}\]", '<math display="block"><mfrac>'),
        ("$$\n\\sum_{i=1}^n i\n- 2\n$$", '<math display="block"><munderover>'),
        ("```math\nx^2\n```", '<math display="block"><msup>'),
        ("> $$\n> x+1\n> $$", "<mi>x</mi><mo>+</mo><mn>1</mn></math>"),
        ("$$\nx\n=\ny\n$$", "<mi>x</mi><mo>=</mo><mi>y</mi></math>"),
        ("価格は$5と$10です。式は$x^2$です。", "価格は$5と$10です。式は<math>"),
        (r"$\text{売上}=3$", "<mtext>売上</mtext>"),
        (r"$$\begin{aligned}a&=b\\c&=d\end{aligned}$$", '<mtd class="math-right"><mi>a</mi></mtd>'),
        ("| a |\n|-|\n| $|x|$ |", "<td><math>"),
    ],
)
def test_formulas_become_mathml(source: str, part: str) -> None:
    html = render(source).html
    assert part in html
    assert " style=" not in html


@pytest.mark.parametrize(
    "source",
    [
        "$5 and $10",
        "価格は$5と$10です。",
        "US$5からUS$6",
        "100$から200$まで",
        "$HOME/$USER",
        "$HOME と $PATH",
        "$100～$200、$300",
    ],
)
def test_amounts_and_variables_are_not_mathematics(source: str) -> None:
    assert render(source).html == f"<p>{source}</p>"


def test_escaped_brackets_are_brackets() -> None:
    assert render(r"\[注意\](y) \(例\)").html == "<p>[注意](y) (例)</p>"


@pytest.mark.parametrize(
    "tex",
    [r"\unknown{x}", r"\frac{a", r"\href{javascript:alert(1)}{x}", "{" * 200 + "}" * 200 + "=1"],
)
def test_what_is_no_tex_is_shown_as_it_was_written(tex: str) -> None:
    html = render(f"${tex}$").html
    assert html == f"<p><code>${tex}$</code></p>"


def test_a_formula_brings_no_markup() -> None:
    html = render(r"$\text{<script>alert(1)</script>}<img>x$").html
    assert "<script" not in html
    assert "<img" not in html


def test_a_chosen_mention_shows_the_name() -> None:
    source = f"@[佐藤 誠]({PERSON})さん"
    rendered = render(source)
    assert rendered.html == '<p><span class="mention">@佐藤 誠</span>さん</p>'
    assert rendered.text == plain_mentions(source) == "@佐藤 誠さん"


def test_marks_of_ours_in_a_text_are_nothing() -> None:
    assert render("a\ufdd10\ufdd1\ufdd0b").html == "<p>a0b</p>"
