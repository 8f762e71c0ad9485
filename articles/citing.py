"""How a quote or an article is cited: as text, BibTeX, RIS and CSL-JSON; pure.

What is cited is the article as printed, the words quoted from it in a note, and the permalink that shows the place. The
forms follow BibTeX as biblatex reads it (@online), the RIS specification (NEWS) and CSL-JSON 1.0.2 (article-newspaper).
"""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

FORMATS = {
    "text": ("text/plain; charset=utf-8", "txt"),
    "bibtex": ("application/x-bibtex; charset=utf-8", "bib"),
    "ris": ("application/x-research-info-systems; charset=utf-8", "ris"),
    "csl": ("application/vnd.citationstyles.csl+json; charset=utf-8", "json"),
}
#: Characters of the words quoted, at most; the permalink has them all.
WORDS = 600
#: Letters that BibTeX reads as commands.
COMMANDS = {**{sign: f"\\{sign}" for sign in "{}%&$#_"}, "\\": r"\textbackslash{}", "~": r"\textasciitilde{}",
            "^": r"\textasciicircum{}"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cited:
    """What is cited: ``date`` is (year, month, day) as far as known; an article has no ``words`` and no ``speaker``."""

    uid: str
    headline: str
    outlet: str
    permalink: str
    byline: str = ""
    date: tuple[int, ...] = ()
    url: str = ""
    language: str = ""
    words: str = ""
    speaker: str = ""
    live_blog: bool = False

    @property
    def authors(self) -> list[str]:
        return authors(self.byline)

    @property
    def note(self) -> str:
        """The words quoted, on one line, and who said them."""
        if not self.words:
            return ""
        words = " ".join(self.words.split())
        if len(words) > WORDS:
            words = f"{words[:WORDS].rsplit(' ', 1)[0]} …"
        # What is printed with its marks, as a letter's parts may be, keeps those.
        marked = words if words[0] in '“"«' else f"“{words}”"
        return f"Quoted: {marked}" + (f" ({self.speaker})" if self.speaker else "")


def authors(byline: str) -> list[str]:
    """The people of a byline: "By Ann Lee and Bo Orr, in Leeds" is two."""
    line = re.sub(r"^\s*(?:by|from)\b:?\s*", "", byline, flags=re.IGNORECASE)
    line = re.split(r"\s+(?:in|at|for)\s+(?=[A-Z])|\s+[|·–—-]\s+", line)[0]
    names = [name.strip(" .") for name in re.split(r",|;|&|\band\b", line)]
    return [name for name in names if name and " " in name and not re.search(r"\d|@", name)]


def cite(cited: Cited, form: str, accessed: dt.date) -> str:
    """The citation in one of `FORMATS`; KeyError for another."""
    return {"text": text, "bibtex": bibtex, "ris": ris, "csl": csl}[form](cited, accessed)


def text(cited: Cited, accessed: dt.date) -> str:
    """One paragraph, in the order of the author–title styles."""
    printed = in_words(cited.date)
    parts = [
        _listed(cited.authors),
        f"“{cited.headline}”",
        cited.outlet + (f", {printed}" if printed else ", undated"),
        cited.url,
        cited.note,
        f"{cited.permalink}, seen {in_words((accessed.year, accessed.month, accessed.day))}",
    ]
    return ". ".join(part.rstrip(".") for part in parts if part) + ".\n"


def in_words(date: tuple[int, ...]) -> str:
    """12 March 2024, March 2024 or 2024, as far as it is known."""
    if not date:
        return ""
    day = dt.date(date[0], *(date[1:] or (1,)), *((1,) * (2 - len(date[1:] or (1,)))))
    return {1: str(date[0]), 2: f"{day:%B} {date[0]}", 3: f"{day.day} {day:%B} {date[0]}"}[len(date)]


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def bibtex(cited: Cited, accessed: dt.date) -> str:
    """An @online entry; its key is the uid, so that it never changes and never collides."""
    date = "-".join(f"{part:02}" for part in cited.date)
    fields = {
        "author": " and ".join(_braced(name) if "," in name else _tex(name) for name in cited.authors),
        "title": f"{{{_tex(cited.headline)}}}",
        "organization": _tex(cited.outlet),
        "date": date,
        "url": _url(cited.url or cited.permalink),
        "urldate": accessed.isoformat(),
        "langid": cited.language,
        "note": _tex(cited.note),
        "addendum": rf"\url{{{_url(cited.permalink)}}}",
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@online{{verbatim-{cited.uid},", *lines, "}"]) + "\n"


def _tex(words: str) -> str:
    return "".join(COMMANDS.get(letter, letter) for letter in _line(words))


def _braced(name: str) -> str:
    return f"{{{_tex(name)}}}"


def _url(url: str) -> str:
    # Inside {} only braces would end it.
    return url.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")


def ris(cited: Cited, accessed: dt.date) -> str:
    """A NEWS (or BLOG) record: one tag a line, and no line more."""
    date = "/".join(f"{part:02}" for part in cited.date)
    rows = [
        ("TY", "BLOG" if cited.live_blog else "NEWS"),
        *(("AU", _surname_first(name)) for name in cited.authors),
        ("TI", cited.headline),
        ("T2", cited.outlet),
        ("PY", f"{cited.date[0]:04}" if cited.date else ""),
        ("DA", date),
        ("LA", cited.language),
        ("UR", cited.url or cited.permalink),
        ("L2", cited.permalink if cited.url else ""),
        ("Y2", accessed.strftime("%Y/%m/%d")),
        ("N1", cited.note),
        ("ID", cited.uid),
    ]
    lines = [f"{tag}  - {_line(value)}" for tag, value in rows if value]
    return "\r\n".join([*lines, "ER  - ", ""])


def _line(words: str) -> str:
    """On one line, without what is not to be seen."""
    return "".join(c for c in " ".join(words.split()) if unicodedata.category(c) not in ("Cc", "Cf"))


def _surname_first(name: str) -> str:
    given, _, family = name.rpartition(" ")
    return f"{family}, {given}" if given else name


def csl(cited: Cited, accessed: dt.date) -> str:
    """A CSL-JSON array of one item."""
    item: dict[str, Any] = {
        "id": f"verbatim-{cited.uid}",
        "type": "post-weblog" if cited.live_blog else "article-newspaper",
        "title": cited.headline,
        "container-title": cited.outlet,
        "author": [_parted(name) for name in cited.authors],
        "issued": {"date-parts": [list(cited.date)]} if cited.date else None,
        "accessed": {"date-parts": [[accessed.year, accessed.month, accessed.day]]},
        "URL": cited.url or cited.permalink,
        "language": cited.language,
        "note": cited.note,
        "archive": "Verbatim",
        "archive_location": cited.permalink,
    }
    return json.dumps([{name: value for name, value in item.items() if value}], ensure_ascii=False, indent=1) + "\n"


def _parted(name: str) -> dict[str, str]:
    given, _, family = name.rpartition(" ")
    return {"family": family, "given": given} if given else {"literal": name}
