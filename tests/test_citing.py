"""Citations that other programs read."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from articles.citing import FORMATS, Cited, cite, in_words

SEEN = dt.date(2026, 11, 22)
QUOTE = Cited(
    uid="k3v7rt2b9x",
    headline="Bridge to close: 100% & more_{sic}",
    outlet="Aldermouth Mercury",
    permalink="https://corpus.example/quotes/k3v7rt2b9x/",
    byline="By Ann Lee and Bo Orr-Śmith, in Carrow",
    date=(2024, 3, 12),
    url="https://mercury.example/a?b=1&c={x}",
    language="en",
    words="We were\ntold wrong.",
    speaker="Ruth Ashdown",
)


def test_text() -> None:
    assert cite(QUOTE, "text", SEEN) == (
        "Ann Lee and Bo Orr-Śmith. “Bridge to close: 100% & more_{sic}”. Aldermouth Mercury, 12 March 2024. "
        "https://mercury.example/a?b=1&c={x}. Quoted: “We were told wrong.” (Ruth Ashdown). "
        "https://corpus.example/quotes/k3v7rt2b9x/, seen 22 November 2026.\n"
    )


def test_bibtex_escapes_what_it_reads_as_commands_and_closes_what_it_opens() -> None:
    entry = cite(QUOTE, "bibtex", SEEN)
    assert entry.startswith("@online{verbatim-k3v7rt2b9x,\n")
    assert r"title = {{Bridge to close: 100\% \& more\_\{sic\}}}," in entry
    assert "author = {Ann Lee and Bo Orr-Śmith}," in entry
    assert "url = {https://mercury.example/a?b=1&c=%7Bx%7D}," in entry
    assert "date = {2024-03-12}," in entry
    bare = entry.replace(r"\{", "").replace(r"\}", "")
    assert bare.count("{") == bare.count("}")


def test_ris_is_one_tag_a_line() -> None:
    record = cite(QUOTE, "ris", SEEN)
    lines = record.split("\r\n")
    assert (lines[0], lines[-2:]) == ("TY  - NEWS", ["ER  - ", ""])
    assert all(line[2:6] == "  - " for line in lines[:-1])
    assert "AU  - Orr-Śmith, Bo" in lines
    assert "N1  - Quoted: “We were told wrong.” (Ruth Ashdown)" in lines


def test_csl_is_json_with_what_is_known_only() -> None:
    [item] = json.loads(cite(QUOTE, "csl", SEEN))
    assert item["type"] == "article-newspaper"
    assert item["author"][0] == {"family": "Lee", "given": "Ann"}
    assert item["issued"] == {"date-parts": [[2024, 3, 12]]}
    [bare] = json.loads(cite(Cited("u", "Untold", "Mercury", "https://corpus.example/articles/u/"), "csl", SEEN))
    assert set(bare) == {"id", "type", "title", "container-title", "accessed", "URL", "archive", "archive_location"}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("date", [(), (2024,), (2024, 3), (2024, 3, 12)])
def test_every_form_at_every_precision(form: str, date: tuple[int, ...]) -> None:
    cited = Cited("u", "A headline", "Mercury", "https://corpus.example/articles/u/", date=date)
    found = cite(cited, form, SEEN)
    assert "Mercury" in found
    assert ("2024" in found) == bool(date)


@pytest.mark.parametrize(
    "date, words", [((), ""), ((2024,), "2024"), ((2024, 3), "March 2024"), ((2024, 3, 2), "2 March 2024")]
)
def test_a_date_is_no_more_exact_than_it_is_known(date: tuple[int, ...], words: str) -> None:
    assert in_words(date) == words


@pytest.mark.parametrize(
    "byline, authors",
    [
        ("", []),
        ("Staff", []),
        ("By Ann Lee", ["Ann Lee"]),
        ("Ann Lee, Bo Orr and Cy Dun", ["Ann Lee", "Bo Orr", "Cy Dun"]),
        ("Ann Lee in Leeds", ["Ann Lee"]),
        ("Ann Lee | Political editor", ["Ann Lee"]),
        ("ann@mercury.example", []),
    ],
)
def test_bylines(byline: str, authors: list[str]) -> None:
    assert Cited("u", "h", "o", "p", byline=byline).authors == authors
