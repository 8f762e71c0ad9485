"""Words in Python are what FTS5 makes of them; what PostgreSQL makes of them is tested with the indexes."""

import json
import re
import sqlite3
import unicodedata
from pathlib import Path

import pytest

from corpus.search import words
from corpus.search.sqlite import TOKENIZE

EVAL = Path(__file__).resolve().parents[3] / "shared" / "eval"

STEMS = (
    "hop act nation relat happi univers technolog possibl humbl bio organ fall agree plot die us incred gener ration"
)
ENDINGS = """
s es ed ing ings ly y ies bly blies ably ible ibly logy logies ational tional ization ation ator alism iveness fulness
ousness aliti iviti bilities icate ative alize icity ical ful ness al ance ence er ic able ant ement ment ent sion tion
ou ism ate ous ive ize ll e eed ee ied
"""


def fts5(texts: list[str]) -> list[list[str]]:
    """The tokens that FTS5 makes of each text."""
    database = sqlite3.connect(":memory:")
    database.execute(f"""CREATE VIRTUAL TABLE index_ USING fts5(text, content='', tokenize='{TOKENIZE}')""")
    database.execute("CREATE VIRTUAL TABLE tokens USING fts5vocab(index_, instance)")
    database.executemany("INSERT INTO index_(rowid, text) VALUES (?, ?)", enumerate(texts))
    found: list[list[tuple[int, str]]] = [[] for _ in texts]
    for term, row, offset in database.execute("SELECT term, doc, offset FROM tokens"):
        found[row].append((offset, term))
    database.close()
    return [[term for _, term in sorted(row)] for row in found]


def test_stems_are_those_of_fts5() -> None:
    made = sorted({stem + ending for stem in STEMS.split() for ending in ["", *ENDINGS.split()]})
    assert len(made) > 1000
    assert [[words.stem(word)] for word in made] == fts5(made)


def test_stems_are_those_of_fts5_on_real_articles() -> None:
    files = sorted(EVAL.glob("*.jsonl"))
    if not files:
        pytest.skip(f"the evaluation sets are not at {EVAL}")
    seen: set[str] = set()
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            seen.update(re.findall(r"[^\W_]+", json.loads(line)["text"]))
    made = sorted(seen)
    assert len(made) > 5000
    assert [[words.stem(word) for word in words.split(text)] for text in made] == fts5(made)


#: text: its words, in all three
TOKENS = {
    "Café, naïve; façade": ["Café", "naïve", "façade"],
    "cafe\u0301": ["café"],
    "Māori Ngāti Peña Łódź Tromsø": ["Māori", "Ngāti", "Peña", "Łódź", "Tromsø"],
    "Київ у Киïв": ["Київ", "у", "Киïв"],
    "Йошкар-Ола": ["Йошкар", "Ола"],
    "Αθήνα": ["Αθήνα"],
    "Straße ﬁsh": ["Straße", "ﬁsh"],
    "co-operate re–elect": ["co", "operate", "re", "elect"],
    "don't don’t O'Neill’s": ["don", "t", "don", "t", "O", "Neill", "s"],
    "1,250.50 3rd 1e5 0x1F 20mph": ["1", "250", "50", "3rd", "1e5", "0x1F", "20mph"],
    "ruth@example.org http://a.b/c_d": ["ruth", "example", "org", "http", "a", "b", "c", "d"],
    "U.S. US us Ms is as": ["U", "S", "US", "us", "Ms", "is", "as"],
    "m² 5½ €5": ["m", "5", "5"],
    "snake_case a|b <b>": ["snake", "case", "a", "b", "b"],
    "日本語 中": ["日本語", "中"],
    "a\u200bb\u00adc": ["a", "b", "c"],
}


@pytest.mark.parametrize("text", TOKENS)
def test_words_are_those_of_fts5(text: str) -> None:
    expected = [words.stem(words.fold(word).lower()) for word in TOKENS[text]]
    assert [words.stem(word) for word in words.split(text)] == expected
    assert fts5([text]) == [expected]
    printed = [unicodedata.normalize("NFC", word) for word in words.WORD.findall(text)]
    assert printed == [unicodedata.normalize("NFC", word) for word in TOKENS[text]]
