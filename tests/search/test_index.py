"""The same sets on both databases, in step with the rows however they are written, and nothing closed for the public."""

import io
from collections.abc import Iterable

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from articles.models import Article, Capture, Quote, SearchText, Source, search
from corpus.paging import page
from corpus.search import index
from corpus.search.tables import SEARCHED
from tests.search.test_query import hostile

pytestmark = pytest.mark.django_db

#: id: what the public may search, what editors may search besides
CORPUS = {
    1: ("The bridge will close on Monday, the minister said.", "newsletter minister"),
    2: ("Ministers closed the ferry; the bridges stay open.", ""),
    3: ("“Don’t blame the bridge,” said Ms Peña of the café in Łódź.", "ferry ferry ferry"),
    4: ("Don't blame US. Use ruth.ashdown@example.org or +44 20 7946 0018.", "bridge of sighs"),
    5: ("Міністр у Києві сказав: міст закрито. Київ.", ""),
    6: ("The prime suspect met the minister. Prime Minister Ashdown did not.", ""),
    7: ("Minister, prime the pump! It is possibly incredible technology, co-operate.", "prime minister"),
    8: ("Incredibly, technologies cooperate: 1,250.50 people, m² and 5½ miles, the 3rd.", ""),
    9: ("", "minister"),
    10: ("The U.S. is as us; she was using it as used.", ""),
}

FOUND = [
    # query: by the public, by editors if they find more
    ("bridge", {1, 2, 3}, {1, 2, 3, 4}),
    ("BRIDGES", {1, 2, 3}, {1, 2, 3, 4}),
    ("bridge close", {1, 2}, None),
    ("minister", {1, 2, 6, 7}, {1, 2, 6, 7, 9}),
    ("minister -ferry", {1, 6, 7}, {1, 6, 7, 9}),
    ("said -ferry", {1, 3}, {1}),
    ('"minister said"', {1}, None),
    ('"said newsletter"', set(), None),
    ('"prime minister"', {6}, {6, 7}),
    ('minister -"prime minister"', {1, 2, 7}, {1, 2, 9}),
    ('"minister prime"', {6, 7}, None),
    ("prime minister", {6, 7}, None),
    ("prime NEAR/1 minister", {6, 7}, None),
    ("suspect NEAR/1 minister", set(), None),
    ("suspect NEAR/2 minister", {6}, None),
    ("minister NEAR/2 suspect", {6}, None),
    ('"prime suspect" NEAR "prime minister"', {6}, None),
    ('"prime minister"  NEAR/0 ashdown', {6}, None),
    ('suspect "prime minister" OR ferry', {2, 6}, {2, 3, 6}),
    ("bridge|technology", {1, 2, 3, 7, 8}, {1, 2, 3, 4, 7, 8}),
    ("bridge -closed OR peña", {3}, {3, 4}),
    ("tech*", {7, 8}, None),
    ('"the br*"', set(), None),
    ('"blame the br"*', {3}, None),
    ("cafe pena", {3}, None),
    ("CAFÉ PEÑA", {3}, None),
    ("łódź", {3}, None),
    ("Łodz", {3}, None),
    ("lodz", set(), None),
    ("київ", {5}, None),
    ("КИЇВ МІСТ", {5}, None),
    ("киів", set(), None),
    ('"сказав міст"', {5}, None),
    ("don't", {3, 4}, None),
    ("don’t blame", {3, 4}, None),
    ('"don\'t blame"', {3, 4}, None),
    ('"dont blame"', set(), None),
    ("ruth.ashdown@example.org", {4}, None),
    ("example.org", {4}, None),
    ('"7946 0018"', {4}, None),
    ("1,250.50", {8}, None),
    ("1250", set(), None),
    ("m 5 miles", {8}, None),
    ("3rd", {8}, None),
    ("co-operate", {7}, None),
    ("cooperate", {8}, None),
    ("technology", {7, 8}, None),
    ("possible", {7}, None),
    ("incredible", {7, 8}, None),
    ("ms", {3}, None),
    ("u.s.", {10}, None),
    ("us", {4, 10}, None),
    ("use", {4, 10}, None),
    ("is", {7, 10}, None),
    ("as", {10}, None),
    ("i", set(), None),
    ("newsletter", set(), {1}),
    ("-newsletter bridge", {1, 2, 3}, {2, 3, 4}),
    ("-bridge", set(), None),
    ("", set(), None),
    ("xyzzy", set(), None),
]


def write(corpus: dict[int, tuple[str, str]] = CORPUS) -> None:
    """An article, its words and a quote with the open ones (if any) for each entry, under its number."""
    Article.objects.bulk_create(Article(pk=pk, headline=str(pk), moment=pk) for pk in corpus)
    SearchText.objects.bulk_create(SearchText(article_id=pk, open=open_, closed=c) for pk, (open_, c) in corpus.items())
    Capture.objects.bulk_create(
        Capture(
            pk=pk, article_id=pk, how="file", media_type="text/plain", raw_sha256="0", text_sha256="0", text="", raw=b""
        )
        for pk in corpus
    )
    Quote.objects.bulk_create(
        Quote(pk=pk, article_id=pk, capture_id=pk, start=0, end=1, spans=[[0, 1]], text=open_, kind="direct")
        for pk, (open_, _) in corpus.items()
        if open_
    )


def public(text: str) -> set[int]:
    return set(Article.objects.matching(text).values_list("pk", flat=True))


def editors(text: str) -> set[int]:
    return set(Article.objects.matching(text, closed=True).values_list("pk", flat=True))


def quotes(text: str) -> set[int]:
    return set(Quote.objects.matching(text).values_list("pk", flat=True))


@pytest.mark.parametrize("long", [False, True], ids=["short", "long"])
def test_sets(long: bool) -> None:
    """Long texts, which PostgreSQL keeps in parts, are searched no differently; what they are filled up with is not asked for."""
    filling = " quay" * 5000 if long else ""
    write({pk: (f"{open_}{filling}" if open_ else "", closed) for pk, (open_, closed) in CORPUS.items()})
    found = [(text, public(text), editors(text), quotes(text)) for text, _, _ in FOUND]
    assert found == [(text, seen, seen if more is None else more, seen) for text, seen, more in FOUND]


def test_hostile_queries_raise_nothing() -> None:
    write()
    for number, text in enumerate(hostile(2000)):
        list(Article.objects.matching(text).values_list("pk"))
        if number % 5 == 0:
            list(Article.objects.matching(text, closed=True).ranked().values_list("pk"))
            list(Quote.objects.matching(text).ranked().values_list("pk"))


def test_a_search_combines_with_everything_else() -> None:
    write()
    source = Source.objects.create(name="Gazette", slug="gazette")
    Article.objects.filter(pk__in=[1, 3, 6]).update(source=source)
    found = Article.objects.matching("the minister OR bridge")
    assert list(found.order_by("-moment", "-id").values_list("pk", flat=True)) == [7, 6, 3, 2, 1]
    assert found.count() == found[:1001].count() == 5
    assert found[:3].count() == 3
    assert found.exists()
    assert set(found.filter(source__slug="gazette").values_list("pk", flat=True)) == {1, 3, 6}
    assert set(found.exclude(source__slug="gazette").values_list("pk", flat=True)) == {2, 7}
    assert list(found.filter(moment__lte=6).exclude(moment=6, pk__gte=6).values_list("pk", flat=True)[:2]) == [3, 2]
    assert set(Article.objects.exclude(pk__in=found.values("pk")).values_list("pk", flat=True)) == {4, 5, 8, 9, 10}
    assert set(found.matching("-monday bridge").values_list("pk", flat=True)) == {2, 3}
    assert set(Source.objects.filter(articles__in=found).values_list("slug", flat=True)) == {"gazette"}
    assert set(Quote.objects.filter(article__in=found).values_list("pk", flat=True)) == {1, 2, 3, 6, 7}
    assert set(found.select_related("source", "search_text").distinct().values_list("pk", flat=True)) == {1, 2, 3, 6, 7}
    assert found.filter(pk=2).update(byline="found") == 1
    assert found.filter(pk=2).delete()[0]
    assert public("ferry") == set()


def test_an_empty_query_is_none_in_every_use() -> None:
    write()
    found = Article.objects.matching("-")
    assert (found.count(), list(found.ranked()), list(found.ranked().values_list("pk")), found.exists()) == (
        0,
        [],
        [],
        False,
    )


@pytest.mark.parametrize("many, dense, first", [(0, 0, 0), (0, 8, 400), (0, 8, 1), (1_000, 8, 400)])
def test_many_matches_come_in_the_same_order(
    monkeypatch: pytest.MonkeyPatch, many: int, dense: int, first: int
) -> None:
    monkeypatch.setattr(index, "MANY", many)
    monkeypatch.setattr(index, "DENSE", dense)
    monkeypatch.setattr(index, "FIRST", first)
    write()
    found = Article.objects.matching("bridge")
    assert [row.pk for row in page(found, "moment").items] == [1, 2, 3]
    assert [row.pk for row in page(found.exclude(pk=3), "-moment", 1).items] == [2]
    assert sorted(found.ranked(among=2).values_list("pk", flat=True)) == [2, 3]
    some = Quote.objects.filter(pk__gt=1).matching("bridge")
    assert list(some.walked().order_by("pk")) == list(some.order_by("pk")) != []


def test_ranked() -> None:
    write(
        {
            1: ("a bridge and a good deal besides of this and of that", ""),
            2: ("bridge, bridge, bridge, the bridge", ""),
            3: ("a bridge and a good deal besides of this and of that", ""),
            4: ("nothing of the sort", "bridge bridge bridge bridge bridge bridge"),
        }
    )
    assert list(Article.objects.matching("bridge").ranked().values_list("pk", flat=True)) == [2, 3, 1]
    assert set(Article.objects.matching("bridge", closed=True).ranked().values_list("pk", flat=True)) == {1, 2, 3, 4}
    assert list(Quote.objects.filter(pk__gt=1).matching("bridge").ranked()[:1].values_list("pk", flat=True)) == [2]
    assert list(Article.objects.matching("bridge").ranked(among=2).values_list("pk", flat=True)) == [2, 3]
    with pytest.raises(ValueError, match=r"call matching\(\) first"):
        Article.objects.ranked()


def test_closed_words_do_not_weigh_in_the_order() -> None:
    write({1: ("the bridge is long", "quay bridge quay"), 2: ("the bridge is long", "quay quay quay")})
    assert list(Article.objects.matching("bridge -sea").ranked().values_list("pk", flat=True)) == [2, 1]
    SearchText.objects.filter(pk=1).update(closed="quay quay bridge")
    SearchText.objects.filter(pk=2).update(closed="bridge bridge sea")
    assert list(Article.objects.matching("bridge -sea").ranked().values_list("pk", flat=True)) == [2, 1]


def test_the_index_follows_every_way_of_writing() -> None:
    def check(*expected: int) -> None:
        assert public("bridge") == set(expected)
        assert quotes("bridge") == set(expected)
        assert search.drift() == []

    write()
    check(1, 2, 3)
    for row in (SearchText.objects.get(pk=5), Quote.objects.get(pk=5)):
        setattr(row, "open" if isinstance(row, SearchText) else "text", "bridge")
        row.save()
    check(1, 2, 3, 5)
    SearchText.objects.filter(pk__in=[1, 2]).update(open="quay")
    Quote.objects.filter(pk__in=[1, 2]).update(text="quay")
    check(3, 5)
    SearchText.objects.bulk_create(
        [SearchText(article_id=1, open="bridge"), SearchText(article_id=5, open="quay")],
        update_conflicts=True,
        unique_fields=["article"],
        update_fields=["open", "closed"],
    )
    kept = list(Quote.objects.filter(pk__in=[1, 5]))
    for quote in kept:
        quote.text = "bridge" if quote.pk == 1 else "quay"
    Quote.objects.bulk_create(kept, update_conflicts=True, unique_fields=["uid"], update_fields=["text"])
    check(1, 3)
    SearchText.objects.bulk_update([SearchText(article_id=4, open="bridge")], ["open"])
    Quote.objects.bulk_update([Quote(pk=4, text="bridge")], ["text"])
    check(1, 3, 4)
    with transaction.atomic():
        SearchText.objects.update(open="bridge")
        Quote.objects.all().delete()
        transaction.set_rollback(True)
    check(1, 3, 4)
    Article.objects.filter(pk=1).delete()
    check(3, 4)
    SearchText.objects.filter(pk=3).delete()
    Quote.objects.filter(pk=3).delete()
    check(4)
    Quote.objects.all().delete()
    SearchText.objects.all().delete()
    check()


@pytest.mark.django_db(transaction=True)
def test_dump_flush_and_load() -> None:
    """dumpdata needs no exclusion of the indexes; flush leaves them empty, loaddata fills them."""
    write()
    dumped = io.StringIO()
    call_command("dumpdata", "articles", stdout=dumped)
    assert "index" not in {entry.split('"')[0] for entry in dumped.getvalue().split('"model": "articles.')[1:]}
    call_command("flush", interactive=False, verbosity=0)
    assert (public("bridge"), quotes("bridge"), search.drift()) == (set(), set(), [])
    write({4: ("bridge", "")})
    assert (public("bridge"), quotes("bridge"), search.drift()) == ({4}, {4}, [])
    call_command("flush", interactive=False, verbosity=0)
    load(dumped.getvalue())
    assert (public("bridge"), quotes("bridge"), search.drift()) == ({1, 2, 3}, {1, 2, 3}, [])


def load(text: str) -> None:
    from django.core import serializers

    with transaction.atomic(), connection.constraint_checks_disabled():
        for row in serializers.deserialize("json", text):
            row.save()


def letters(first: int, number: int) -> list[str]:
    return [chr(first + n) for n in range(number)]


def distinct(alphabet: list[str], length: int) -> Iterable[str]:
    """As many distinct words of a length as the alphabet gives, in order."""
    if length == 0:
        yield ""
    else:
        for rest in distinct(alphabet, length - 1):
            for letter in alphabet:
                yield letter + rest


#: The texts that need most room in a tsvector for their length.
WORST = {
    "four-byte letters, two each": (letters(0x20000, 350), 2),
    "letters that fold to two": (letters(0x958, 8), 5),
}


@pytest.mark.parametrize("worst", WORST)
def test_what_is_too_long_is_cut_not_refused(worst: str) -> None:
    alphabet, length = WORST[worst]
    text = " ".join(distinct(alphabet, length))
    text = (text * (1 + 2 * SEARCHED // len(text)))[: 2 * SEARCHED]
    write(
        {1: (f"first {text} last", f"{text} closed"), 2: (f"first {text[: SEARCHED // 2]} middle", f"shut {text} last")}
    )
    assert public("first") == quotes("first") == {1, 2}
    assert public("last") == quotes("last") == editors("last") == editors("closed") == set()
    if worst != "letters that fold to two":  # PostgreSQL makes these longer before it cuts them
        assert (public("middle"), editors("shut")) == ({2}, {2})
    assert search.drift() == []
    SearchText.objects.update(open="last")
    Quote.objects.all().delete()
    assert (public("last"), public("first"), editors("closed"), search.drift()) == ({1, 2}, set(), set(), [])


def test_five_megabytes_go_in_and_out() -> None:
    write({1: ("The minister said “no” to the café. " * 140_000, "")})
    assert (public('"no to the cafe"'), search.drift()) == ({1}, [])
    Article.objects.all().delete()
    assert (public("minister"), search.drift()) == (set(), [])


def test_phrases_are_found_anywhere_in_a_long_text() -> None:
    """A tsvector alone has no place for the 256th "the", nor for anything after the 16,383rd word."""
    day = "At noon the clerk read out the next of the many letters that people in town had sent. " * 2400
    assert len(day.split()) > 2 * 16_383
    assert len(day) < SEARCHED - 100
    write({1: (f"{day} The prime minister of the day resigned.", "the minister of the hour"), 2: (day, "")})
    for query, expected in {
        '"minister of the day"': {1},
        '"minister of the night"': set(),
        '"of the day" "prime minister"': {1},
        '"of the many" -"of the day"': {2},
        "day NEAR/1 minister": set(),
        "day NEAR/2 minister": {1},
        '"minister of the hour"': set(),
        '"resigned the minister"': set(),
        '"of the many" OR resigned': {1, 2},
    }.items():
        assert (query, public(query)) == (query, expected)
        assert (query, quotes(query)) == (query, expected)
    assert editors('"minister of the hour"') == {1}
    assert editors('"resigned the minister"') == set()
