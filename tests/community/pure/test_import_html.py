"""HTML of other systems becomes Markdown that renders to the same."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from community.imports.html import RAW_HTML, escape, to_markdown, to_text
from portal.core.text import markdown


def shown(html: str) -> LexborHTMLParser:
    return LexborHTMLParser(markdown.render(to_markdown(html)).html)


def texts(page: LexborHTMLParser, selector: str) -> list[str]:
    return [" ".join(node.text().split()) for node in page.css(selector)]


def test_code_keeps_its_lines_signs_and_language() -> None:
    source = "if a < b && c:\n    run()\n\n\n\n    stop()"
    page = shown(
        '<p>Set <code>limit &lt; 10 &amp;&amp; on</code>:</p><pre class="lang-py"><code>'
        + source.replace("&", "&amp;").replace("<", "&lt;")
        + "\n</code></pre>"
    )
    assert [node.text().strip("\n") for node in page.css("pre > code")] == [source]
    assert page.css_first("pre > code").attributes["data-language"] == "py"
    assert texts(page, "p > code") == ["limit < 10 && on"]


def test_code_that_shows_a_fence_stays_one_block() -> None:
    page = shown("<pre><code>```\ninside\n```</code></pre><p>after</p>")
    assert [node.text().strip() for node in page.css("pre > code")] == ["```\ninside\n```"]
    assert texts(page, "p") == ["after"]


def test_nested_lists_with_code_inside() -> None:
    page = shown(
        "<ul><li>one<ul><li>deep<pre><code>x = 1\n  y</code></pre></li><li>two</li></ul></li>"
        "<li>three</li></ul><ol><li>a</li><li>b</li></ol>"
    )
    assert len(page.css("li")) == 6
    assert len(page.css("ul ul li")) == 2
    assert page.css_first("ul ul pre").text().strip() == "x = 1\n  y"
    assert texts(page, "ol > li") == ["a", "b"]


def test_quotes_nested_and_hidden_ones() -> None:
    page = shown(
        "<blockquote><p>said</p><blockquote><p>before</p></blockquote></blockquote>"
        '<blockquote class="spoiler"><p>the end</p></blockquote>'
    )
    assert len(page.css("blockquote")) == 3
    assert texts(page, "blockquote blockquote") == ["before"]
    assert "Spoiler the end" in texts(page, "blockquote")[-1]


def test_links_and_pictures() -> None:
    made = to_markdown(
        '<p><a href="https://example.com/a_(b)?x=1&amp;y=2">a [guide]</a> '
        '<img src="https://example.com/s.png" alt="the dialog"></p>'
    )
    assert "![the dialog](https://example.com/s.png)" in made
    links = {
        node.text(): node.attributes["href"]
        for node in LexborHTMLParser(markdown.render(made).html).css("a")
    }
    assert links == {
        "a [guide]": "https://example.com/a_(b)?x=1&y=2",
        "the dialog": "https://example.com/s.png",
    }


def test_a_table_keeps_its_cells() -> None:
    page = shown(
        "<table><thead><tr><th>a</th><th>b</th></tr></thead>"
        "<tbody><tr><td>1 | 2</td><td><code>x</code></td></tr></tbody></table>"
    )
    assert (texts(page, "th"), texts(page, "td")) == (["a", "b"], ["1 | 2", "x"])


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("H<sub>2</sub>O", "H₂O"),
        ("x<sup>2</sup>", "x²"),
        ("a<sup>note</sup>", "a^(note)"),
        ("a<sub>max, k</sub>", "a_(max, k)"),
        ("<kbd>Ctrl</kbd>+<kbd>C</kbd>", "Ctrl+C"),
        ("2 * 3 * 4 _x_ # no &lt;b&gt; 1. no", "2 * 3 * 4 _x_ # no <b> 1. no"),
        ("1. not a list", "1. not a list"),
        ("first<br>second", "first second"),
    ],
)
def test_what_markdown_has_no_sign_for_and_signs_that_are_none(html: str, text: str) -> None:
    page = shown(f"<p>{html}</p>")
    assert texts(page, "p") == [text]
    assert not page.css("li, em, h2")


def test_keys_are_shown_as_code() -> None:
    assert texts(shown("<p>press <kbd>F5</kbd></p>"), "code") == ["F5"]


def test_raw_html_in_markdown_is_noticed_and_addresses_are_not() -> None:
    assert RAW_HTML.search("press <kbd>F5</kbd>")
    assert RAW_HTML.search('see <a href="x">y</a>')
    assert not RAW_HTML.search("see <https://example.com> or a < b")


def test_words_without_markup_and_words_that_are_no_markup() -> None:
    assert to_text("<p>Hi &amp; bye</p><p>there</p>") == "Hi & bye there"
    assert markdown.render(escape("a *b* [c](d) <e> `f`")).text == "a *b* [c](d) <e> `f`"
