"""Search: spellings, ranking, visibility, and a helpful page without results."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command

from portal import events
from portal.events import event_type
from portal.events import registry as event_registry
from portal.events.registry import Payload
from portal.search import highlight, registry, selectors, services, tasks
from portal.search.models import SearchDocument, SearchQueue
from portal.search.query_parser import parse
from portal.search.registry import Document, Source
from tests import people

pytestmark = pytest.mark.django_db
LIBRARY: dict[int, Document] = {}


def put(pk: int, title: str, text: str = "", *, days: int = 0, **more: Any) -> None:
    LIBRARY[pk] = Document(
        title=title,
        text=text,
        url=f"/books/{pk}/",
        updated_at=people.NOW - timedelta(days=days),
        **{"visibility": "public", **more},
    )
    services.index_objects(kind="book", object_ids=[pk])


@pytest.fixture(autouse=True)
def source() -> Iterator[None]:
    LIBRARY.clear()
    books = Source("book", ("library.book.*",), LIBRARY.get, label="本", ids=lambda: list(LIBRARY))
    with registry._sources.temporarily({"book": books}):
        yield


def find(text: str, user: Any = None, **more: Any) -> list[int]:
    found = selectors.search(user or AnonymousUser(), text, now=people.NOW, **more)
    return [hit.object_id for hit in found.hits]


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("サーバーが落ちました", "サーバ"),
        ("サーバが落ちました", "サーバー"),
        ("問い合わせの窓口", "問合せ"),
        ("問合せの窓口", "問い合わせ"),
        ("ﾀﾞｯｼｭﾎﾞｰﾄﾞの設定", "ダッシュボード"),
        ("ダッシュボードの設定", "ﾀﾞｯｼｭﾎﾞｰﾄﾞ"),
        ("引越しの手続き", "引っ越し"),
        ("取引先を追加する", "取り引き先"),
        ("インターフェースの変更", "インターフェイス"),
        ("ＡＰＩの呼び出し", "api"),
        ("server error", "サーバー"),
        ("免税の扱い", "税"),
        ("税率の変更", "税"),
        ("所得税", "税"),
        ("株式会社東京設計", "東京"),
        ("請求書を再発行したい", "請求書"),
        ("リモート・ワークの規程", "リモートワーク"),
        ("invoices are late", "invoice"),
        ("the invoice is late", "invoices"),
        ("Kubernetesの設定", "kube"),
        ("it's O’Neil", "O'Neil"),
        ("ワークフロー自動化を試す", "フロー自動"),
    ],
)
def test_variants_of_a_word_are_found(written: str, asked: str) -> None:
    put(1, "題", written)
    put(2, "別の話", "関係のない文章です")
    assert find(asked) == [1]


def test_kyoto_comes_before_tokyo_to() -> None:
    put(1, "東京都の手続き", "東京都庁に行く", days=0)
    put(2, "京都の支店", "京都に出張する", days=300)
    assert find("京都") == [2, 1]


def test_words_narrow_quotes_bind_and_a_minus_excludes() -> None:
    put(1, "請求書の再発行", "経費精算")
    put(2, "請求書の送付", "メール")
    assert sorted(find("請求書")) == [1, 2]
    assert find("請求書 再発行") == [1]
    assert find("請求書 -メール") == [1]
    assert find('"書の送付"') == [2]
    assert find("存在しない語") == []


@pytest.mark.parametrize(
    "typed",
    ["", "   ", "'", "\\", "a & | ! (", "'':*", "-", '"', "<->", "é" * 500, "、。", "\x00a"],
)
def test_anything_may_be_typed(typed: str) -> None:
    put(1, "題", "a")
    find(typed)


def test_the_title_counts_more_and_the_new_more_than_the_old() -> None:
    put(1, "別の題", "承認フロー", days=0)
    put(2, "承認フロー", "", days=30)
    put(3, "承認フロー", "", days=500)
    assert find("承認フロー") == [2, 3, 1]
    assert find("承認フロー", newest=True) == [1, 2, 3]


def test_everybody_finds_exactly_what_they_may_see(aki: Any, mio: Any, sato: Any) -> None:
    acme = aki.organization.pk
    put(1, "共通の語 公開")
    put(2, "共通の語 会員", visibility="members")
    put(3, "共通の語 社内", visibility="organization", organization_id=acme)
    put(4, "共通の語 運営", visibility="staff")
    assert sorted(find("共通の語")) == [1]
    assert sorted(find("共通の語", mio)) == [1, 2]
    assert sorted(find("共通の語", aki)) == [1, 2, 3]
    assert sorted(find("共通の語", sato)) == [1, 2, 3, 4]


def test_the_source_has_the_last_word(aki: Any) -> None:
    put(1, "共通の語")
    put(2, "共通の語")
    strict = Source(
        "book", (), LIBRARY.get, visible=lambda user, ids: {pk for pk in ids if pk != 2}
    )
    with registry._sources.temporarily({"book": strict}):
        assert find("共通の語", aki) == [1]


def test_pages_go_on_after_the_last_hit() -> None:
    for pk in range(1, 8):
        put(pk, "共通の語", days=pk)
    first = selectors.search(AnonymousUser(), "共通の語", now=people.NOW, size=3)
    assert first.total == 7
    second = selectors.search(
        AnonymousUser(), "共通の語", now=people.NOW, size=3, cursor=first.next_cursor
    )
    third = selectors.search(
        AnonymousUser(), "共通の語", now=people.NOW, size=3, cursor=second.next_cursor
    )
    assert [hit.object_id for page in (first, second, third) for hit in page.hits] == [
        1,
        2,
        3,
        4,
        5,
        6,
        7,
    ]
    assert third.next_cursor is None


@pytest.fixture
def changed() -> Iterator[type[Payload]]:
    with event_registry._types.temporarily():

        @event_type("library.book.changed")
        class BookChanged(Payload):
            pass

        yield BookChanged


def test_an_event_makes_the_document_and_its_end_removes_it(
    changed: type[Payload], dispatched: Any
) -> None:

    LIBRARY[7] = Document("新しい本", "本文", "/books/7/", people.NOW, "public")
    events.publish(changed(), subject="library.book:7", now=people.NOW)
    dispatched()
    assert SearchQueue.objects.count() == 1
    services.index_batch()
    assert find("新しい本") == [7]
    del LIBRARY[7]
    events.publish(changed(), subject="library.book:7", now=people.NOW)
    dispatched()
    services.index_batch()
    assert find("新しい本") == []
    assert SearchQueue.objects.count() == 0


def test_one_bad_object_does_not_hold_up_the_others() -> None:
    def document(pk: int) -> Document | None:
        if pk == 1:
            raise RuntimeError("broken")
        return LIBRARY.get(pk)

    LIBRARY[2] = Document("無事な本", "", "/books/2/", people.NOW, "public")
    with registry._sources.temporarily({"book": Source("book", (), document)}):
        services.queue_document(kind="book", object_id=1)
        services.queue_document(kind="book", object_id=2)
        for _ in range(10):
            services.index_batch()
        assert find("無事な本") == [2]
    assert SearchQueue.objects.get().attempts == services.MAX_ATTEMPTS


def test_reindexing_restores_what_was_lost_and_drops_what_is_gone(capsys: Any) -> None:
    put(1, "一冊目")
    put(2, "二冊目")
    SearchDocument.objects.filter(object_id=1).delete()
    del LIBRARY[2]
    call_command("reindex_search")
    assert list(SearchDocument.objects.values_list("object_id", flat=True)) == [1]


def test_long_texts_are_found_to_their_end() -> None:
    put(1, "長文", "あいうえお。" * 5_000 + "最後の秘密")
    assert find("秘密") == [1]
    assert find("最後の秘密") == [1]


def marked(pieces: list[highlight.Piece]) -> str:
    return "".join(f"[{piece.text}]" if piece.found else piece.text for piece in pieces)


@pytest.mark.parametrize(
    ("text", "typed", "expected"),
    [
        ("サーバーの設定", "サーバ", "[サーバー]の設定"),
        ("ﾀﾞｯｼｭﾎﾞｰﾄﾞを開く", "ダッシュボード", "[ﾀﾞｯｼｭﾎﾞｰﾄﾞ]を開く"),
        ("API key", "api", "[API] key"),
        ("<b>税</b>", "税", "<b>[税]</b>"),
        ("何もない", "税", "何もない"),
        ("問合せ先", "問い合わせ", "[問合せ]先"),
    ],
)
def test_found_words_are_marked_as_they_were_written(text: str, typed: str, expected: str) -> None:
    assert marked(highlight.mark(text, parse(typed).words)) == expected


def test_a_snippet_shows_the_words_in_a_long_text() -> None:
    pieces = highlight.snippet("前置き。" * 100 + "請求書を送る" + "。続き" * 100, ("請求書",))
    assert "[請求書]" in marked(pieces)
    assert len(marked(pieces)) < 200
    assert pieces[0].text == "…"


@pytest.mark.parametrize(
    ("text", "typed", "expected"),
    [
        ("前置き。" * 2_000 + "請求書を送る" + "。続き" * 100, "請求書", "[請求書]を送る"),
        (
            "前置き。" * 2_000 + "ＩＮＶＯＩＣＥを送る" + "。続き" * 100,
            "invoice",
            "[ＩＮＶＯＩＣＥ]を送る",
        ),
        (
            "Lead in. " * 600 + "the late\n   invoice came" + " and so on" * 100,
            '"late invoice"',
            "[late invoice] came",
        ),
        ("短い請求書", "請求書", "短い[請求書]"),
    ],
)
def test_the_snippet_of_a_hit_shows_the_word_however_late_it_stands(
    text: str, typed: str, expected: str
) -> None:
    put(1, "題", text)
    (hit,) = selectors.search(AnonymousUser(), typed, now=people.NOW).hits
    assert expected in marked(hit.snippet)
    assert (hit.snippet[0].text == "…") == (len(text) > 100)


def test_the_page_marks_words_and_keeps_the_kind_in_the_address(as_: Any, aki: Any) -> None:
    put(1, "請求書の<script>再発行", "請求書を送る")
    page = as_(aki).get("/search/", {"q": "請求書"}).content.decode()
    assert "<mark>請求書</mark>の&lt;script&gt;再発行" in page
    assert "kind=book" in page


def test_nothing_found_helps_on(as_: Any, aki: Any) -> None:
    page = as_(aki).get("/search/", {"q": "見つからない", "kind": "book"}).content.decode()
    assert "見つかりませんでした" in page


def test_similar_things_are_offered_while_writing() -> None:
    put(1, "請求書の再発行ができない")
    put(2, "ログインの方法")
    found = selectors.similar(AnonymousUser(), "請求書を再発行したいのですが", now=people.NOW)
    assert [hit.object_id for hit in found] == [1]


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("田中　太郎さん", "田中太郎"),
        ("田中太郎さん", "田中　太郎"),
        ("田中 太郎さん", "田中太郎"),
        ("髙﨑さん", "高崎"),
        ("高崎さん", "髙﨑"),
        ("斎藤・齋藤・齊藤", "斉藤"),
        ("斉藤さん", "齋藤"),
        ("葛\U000e0100城市", "葛城"),
        ("渡邉さん", "渡辺"),
        ("Café résumé naïve, coöperative", "cafe"),
        ("Café résumé naïve, coöperative", "resume"),
        ("Café résumé naïve, coöperative", "cooperative"),
        ("cafe", "café"),
        ("Cafe\u0301", "cafe"),
        ("スルックを使う", "するっく"),
        ("するっくを使う", "スルック"),
        ("スルッカの設定", "スルッカー"),
        ("スルッカーの設定", "スルッカ"),
        ("ホットキーの一覧", "キー"),
        ("システムエラー", "エラー"),
    ],
)
def test_spellings_of_one_word_are_one_word(written: str, asked: str) -> None:
    put(1, "題", written)
    put(2, "別の話", "関係のない文章です")
    assert find(asked) == [1]


@pytest.mark.parametrize(
    ("text", "typed", "expected"),
    [
        ("髙﨑さん", "高崎", "[髙﨑]さん"),
        ("葛\U000e0100城市", "葛城", "[葛\U000e0100城]市"),
        ("齊藤さん", "斉藤", "[齊藤]さん"),
        ("Café au lait", "cafe", "[Café] au lait"),
        ("Cafe\u0301 au lait", "cafe", "[Cafe\u0301] au lait"),
        ("するっくを使う", "スルック", "[するっく]を使う"),
        ("田中　太郎さん", "田中太郎", "[田中　太郎]さん"),
    ],
)
def test_other_spellings_are_marked_as_written(text: str, typed: str, expected: str) -> None:
    assert marked(highlight.mark(text, parse(typed).words)) == expected


def results(text: str, user: Any = None, **more: Any) -> selectors.Results:
    return selectors.search(user or AnonymousUser(), text, now=people.NOW, **more)


def test_a_sentence_finds_what_has_most_of_its_words() -> None:
    put(1, "証明書を更新したあと", "ログインの画面が出ない", days=100)
    put(2, "証明書の期限", "更新の手順", days=50)
    put(3, "ログインの方法", "画面の説明", days=1)
    found = results("証明書の更新でログインできない")
    assert [hit.object_id for hit in found.hits] == [1, 2]
    assert (found.exact, found.total, found.is_loose) == (0, 2, True)
    assert "[証明書]" in marked(found.hits[0].title)


def test_the_pages_with_all_words_come_before_those_with_most() -> None:
    put(1, "請求書 再発行 期限", "", days=700)
    put(2, "請求書 再発行", "")
    put(3, "請求書", "")
    found = results("請求書 再発行 期限")
    assert [hit.object_id for hit in found.hits] == [1, 2]
    assert (found.exact, found.is_loose) == (1, True)


def test_enough_pages_with_all_words_are_all_there_is() -> None:
    for pk in range(1, 6):
        put(pk, "請求書 再発行 期限")
    put(6, "請求書 再発行")
    assert sorted(find("請求書 再発行 期限")) == [1, 2, 3, 4, 5]
    assert not results("請求書 再発行 期限").is_loose


def test_quotes_and_exclusions_hold_when_only_some_words_are_found() -> None:
    put(1, "証明書の更新", "メールの設定")
    put(2, "証明書の更新")
    put(3, "更新の証明書")
    assert find('"証明書の更新" ログイン 画面 -メール') == []
    assert sorted(find("証明書 更新 画面 -メール 期限")) == [2, 3]


def test_visibility_holds_for_most_words_and_other_spellings(aki: Any, mio: Any) -> None:
    acme = aki.organization.pk
    secret = {"visibility": "organization", "organization_id": acme}
    put(1, "証明書の更新とkubernetes", **secret)
    for typed in ("証明書の更新でログインできない", "kubernetse"):
        assert find(typed, aki) == [1]
        assert find(typed, mio) == []
        assert results(typed, mio).corrected == ""


@pytest.mark.parametrize("typed", ["kubernetse", "kbernetes", "kubbernetes", "kubernetas"])
def test_one_slip_of_the_keyboard_is_forgiven(typed: str) -> None:
    put(1, "Kubernetesの設定")
    found = results(typed)
    assert [hit.object_id for hit in found.hits] == [1]
    assert found.corrected == "kubernetes"
    assert "[Kubernetes]" in marked(found.hits[0].title)


def test_short_words_and_two_slips_find_nothing() -> None:
    put(1, "Kubernetes api")
    assert find("kubrnetse") == []
    assert find("apo") == []


def test_the_solved_and_the_voted_come_first_among_equals() -> None:
    put(1, "承認フロー", is_solved=True)
    put(2, "承認フロー", votes=30)
    put(3, "承認フロー")
    put(4, "承認フロー", is_solved=True, votes=30)
    assert find("承認フロー") == [4, 2, 1, 3]


def test_filters_narrow_a_search() -> None:
    put(1, "承認フロー", is_solved=True, language="ja", days=1)
    put(2, "承認フロー", language="en", days=40)
    since = (people.NOW - timedelta(days=30)).date()
    assert find("承認フロー", filters=selectors.Filters(is_solved=True)) == [1]
    assert find("承認フロー", filters=selectors.Filters(language="en")) == [2]
    assert find("承認フロー", filters=selectors.Filters(since=since)) == [1]
    assert find("承認フローの画面と期限", filters=selectors.Filters(is_solved=True)) == [1]


def test_the_names_of_writers_are_found_and_not_shown() -> None:
    put(1, "承認フロー", "本文", names=("田中 太郎", "Zoë Müller"))
    for typed in ("田中太郎", "田中 太郎", "田中", "muller", "承認 田中"):
        assert find(typed) == [1]
    assert marked(results("田中").hits[0].snippet) == "本文"


def test_documents_cut_in_an_older_form_are_cut_anew() -> None:
    put(1, "髙﨑さん")
    SearchDocument.objects.update(form_version=1, vector=None)
    assert find("高崎") == []
    tasks.index_queued()
    assert find("高崎") == [1]
    assert services.queue_outdated() == 0


def test_an_outdated_document_that_cannot_be_cut_is_not_queued_for_ever() -> None:
    put(1, "一冊目")
    SearchDocument.objects.update(form_version=1)

    def document(pk: int) -> Document | None:
        raise RuntimeError("broken")

    with registry._sources.temporarily({"book": Source("book", (), document)}):
        tasks.index_queued()
        assert tasks.index_queued() == 0
    assert SearchQueue.objects.get().attempts == services.MAX_ATTEMPTS
