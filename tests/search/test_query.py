"""What is typed into the search box, and what each database is asked."""

import random

import pytest

from corpus.search import parse
from corpus.search.query import FARTHEST, Group, Near, Phrase, Query, fts5, loose, tsquery


def p(text: str, prefix: bool = False) -> Phrase:
    return Phrase(tuple(text.split()), prefix)


PARSED = {
    "minister": [Group((p("minister"),))],
    "Prime MINISTER": [Group((p("prime"), p("minister")))],
    '"Prime Minister"': [Group((p("prime minister"),))],
    "“prime minister”": [Group((p("prime minister"),))],
    '"prime minister': [Group((p("prime minister"),))],
    "bridge -ferry": [Group((p("bridge"),), (p("ferry"),))],
    'bridge -"ferry crossing"': [Group((p("bridge"),), (p("ferry crossing"),))],
    "bridge NOT ferry": [Group((p("bridge"),), (p("ferry"),))],
    "bridge AND ferry": [Group((p("bridge"), p("ferry")))],
    "bridge OR ferry": [Group((p("bridge"),)), Group((p("ferry"),))],
    "bridge|ferry": [Group((p("bridge"),)), Group((p("ferry"),))],
    "bridge toll OR ferry -free": [Group((p("bridge"), p("toll"))), Group((p("ferry"),), (p("free"),))],
    "bridge or ferry": [Group((p("bridge"), p("or"), p("ferry")))],
    "OR bridge OR": [Group((p("bridge"),))],
    "-bridge OR ferry": [Group((p("ferry"),))],
    "bridge bridge": [Group((p("bridge"),))],
    "close*": [Group((p("close", True),))],
    '"the bridge clos*"': [Group((p("the bridge clos"),))],
    '"the bridge clos"*': [Group((p("the bridge clos", True),))],
    "c*": [Group((p("c"),))],
    "don't": [Group((p("don t"),))],
    "don’t": [Group((p("don t"),))],
    "co-operate": [Group((p("co operate"),))],
    "ruth@example.org": [Group((p("ruth example org"),))],
    "U.S.": [Group((p("u s"),))],
    "£1,250.50": [Group((p("1 250 50"),))],
    "café Київ": [Group((p("cafe"), p("київ")))],
    "bridge NEAR ferry": [Group((Near(p("bridge"), p("ferry")),))],
    "bridge near/3 ferry": [Group((Near(p("bridge"), p("ferry"), 3),))],
    "near the bridge": [Group((p("near"), p("the"), p("bridge")))],
    "bridge NEAR/999 ferry": [Group((Near(p("bridge"), p("ferry"), FARTHEST),))],
    '"a bridge" NEAR/2 ferry NEAR/2 toll': [
        Group((Near(p("a bridge"), p("ferry"), 2), Near(p("ferry"), p("toll"), 2)))
    ],
    "bridge NEAR bridge": [Group((p("bridge"),))],
    "NEAR bridge NEAR": [Group((p("bridge"),))],
    "": [],
    "   ": [],
    "-": [],
    '""': [],
    "-bridge": [],
    '-"the bridge"': [],
    "OR | AND NOT": [],
    "… ’ – €": [],
    "a" * 600: [Group((p("a" * 500),))],
}


@pytest.mark.parametrize("text", PARSED)
def test_parse(text: str) -> None:
    query = parse(text)
    assert query == Query(tuple(PARSED[text]))
    assert query.empty == (not PARSED[text])


SAID = [
    ("bridge", '{open} : (("bridge"))', "('bridge':A)"),
    (
        'prime* OR "prime minister" -toll -"ferry crossing"',
        '{open} : (("prime" *) OR ("prime minister") NOT ("toll" OR "ferry crossing"))',
        "('prime':*A) | ('prime':A <-> 'minister':A) & !('toll':A) & !('ferry':A <-> 'crossing':A)",
    ),
    (
        "bridge NEAR/0 ferry",
        '{open} : ((NEAR("bridge" "ferry", 0)))',
        "(('bridge':A) <0> ('ferry':A) | ('ferry':A) <0> ('bridge':A) | ('bridge':A) <1> ('ferry':A) | ('ferry':A) <1> ('bridge':A))",
    ),
]


@pytest.mark.parametrize("text,sqlite,postgresql", SAID)
def test_each_database_is_asked_in_its_own_language(text: str, sqlite: str, postgresql: str) -> None:
    assert fts5(parse(text), "open") == sqlite
    assert tsquery(parse(text), "A") == postgresql


def test_a_loose_query_asks_for_no_places() -> None:
    query = loose(parse('"prime minister"* NEAR toll -bridge -"ferry crossing" OR quay'))
    assert query == Query((Group((p("prime"), p("minister", True), p("toll")), (p("bridge"),)), Group((p("quay"),))))


def hostile(number: int) -> list[str]:
    """Query texts that nobody should send: marks and operators of both engines, halves of characters, words without end."""
    chance = random.Random(2016)
    pieces = [
        '"', "'", "-", "*", "^", "(", ")", "{open}", "{closed} :", "closed:", "NEAR(", "NEAR/", "NEAR/9", "AND", "OR", "NOT",
        "|", "&", "!", "<->", "<2>", ":*", ":AB", "\\", "%s", "%", "%%", ";", "--", "/*", "$1", "$$", "\0", "\ud800", "\u200b",
        "\ufeff", "\u0301", "’", "“", "½", "x²", "é", "ﬁ", "İ", "ß", "Київ", "你好", "🙂", "𞤀", "a", "us", "1e5", "0x1F",
        "-1", "3.14", "http://a.b/c?d=e", "a@b.c", "\n", "\t", " ", "  ", "bridge", "ferry", "incredibly", "Ms", "к", "١٢",
    ]  # fmt: skip
    texts = ["".join(chance.choices(pieces, k=chance.randint(1, 12))) for _ in range(number // 2)]
    texts += [" ".join(chance.choices(pieces, k=chance.randint(1, 40))) for _ in range(number // 4)]
    texts += [
        "".join(chr(chance.randrange(0x110000)) for _ in range(chance.randint(1, 60)))
        for _ in range(number - len(texts))
    ]
    return [*texts, "a " * 400, "-a " * 400, "a OR " * 400, "a NEAR " * 400, '"a" -' * 200, '"' * 900, "b* " * 300]


def test_nothing_but_words_reaches_an_engine() -> None:
    for text in hostile(2000):
        query = parse(text)
        for group in query.groups:
            for phrase in (*query.phrases, *group.unwanted):
                assert phrase.words
                assert all(word.isalnum() or "\u0300" in word or any(map(str.isalnum, word)) for word in phrase.words)
                assert not set("\"'*^(){}:&|!<>\\-\0 ") & set("".join(phrase.words))
