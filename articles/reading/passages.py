"""Paragraphs and what each of them is: headline, standfirst, body, or furniture that is masked and never quoted."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass

from .dates import DATE_LINE
from .model import Passage, Span

LINE = re.compile(r"[^\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_TERMINAL = re.compile(r"[.!?…:;][\"”’'»)\]]*$")

_POST = (
    r"^\[[^\]]{0,60}\b(?:no longer available|deleted|removed)\b[^\]]{0,30}\]$|^(?:—|--|–)\s?.{1,80}\(@\w{1,20}\)"
    r"|\bpic\.twitter\.com/\w+"
    # an address by itself, where it is one of posts
    r"|^https?://(?:[\w-]+\.)*(?:twitter|x|t|instagram|facebook|fb|youtube|youtu|tiktok|vimeo|bsky|threads|reddit"
    r"|soundcloud|spotify|giphy)\.\w{2,4}(?:/\S*)?$"
)
_CAPTION = (
    r"(?-i:\b(?:Photograph|Photo|Picture|Pic|Image|Credit|PHOTO|IMAGE|PICTURE)s?)\s?(?:by\s|:\s?\S|copyright\b)"
    # but a dateline is none: "LONDON (Reuters) - Oil prices fell"
    r"|\((?:image|photo|picture|pic|getty|pa|ap|reuters|afp)(?!\)\s*[-–—])[:)/ ]"
    r"|(?-i:\([A-Z][\w.’' -]{2,40}/\s?[A-Z][\w.&’' -]{1,40}\))$|\b(?:handout|file|undated) photo\b"
    r"|\b(?:image|photo|picture|video) (?:source|caption|credit)\b"
    r"|/(?:getty|afp|reuters|rex|shutterstock|epa)\b|\bgetty images\b|\bpa wire\b"
)
_RELATED = (
    r"^(?:related(?:\s+(?:content|articles?|stories|topics|links))?|read (?:more|next|also)"
    r"|more on this(?: story)?|see also|also (?:on|read) [^.]{0,40}:|most (?:read|viewed|popular)"
    r"|you may also like|recommended(?: reading)?|more stories|top stories|further reading"
    r"|don['’]t miss)\s*(?::.*|\.{3}|…|-.*)?$|^read (?:more|the rest|the full)\b.{0,120}$"
)
_SHARE = (
    r"^(?:share(?: (?:this|on|via|article|with)\b.{0,40})?|shared|tweet(?: this)?|copy link|print(?: this)?"
    r"|e-?mail this.{0,30}|facebook|twitter|whatsapp|linkedin|reddit|comments?(?: \(\d+\))?|categories: .{0,80}"
    r"|share\s?:.{0,60}"
    r"|(?:(?:facebook|twitter|x|whatsapp|e-?mail|linkedin|copy link|comments?(?: ?\(\d+\))?|share|print|reddit|bluesky"
    r"|telegram|messenger|pinterest)(?:[\s|,·•]+|$)){2,12}"
    r"|tags?: .{0,120}|topics?: .{0,120}|filed under:? .{0,80}|follow us\b.{0,60}|like us on .{0,60})[!.]?$"
)
_PROMO = (
    r"^(?:advertisement|article continued below|story continues below(?: advertisement)?|sponsored(?: content)?)\.?$"
    r"|\bnewsletters?$|^sign up\b|\bsign up (?:to|for) (?:our|.{0,60}\bnewsletters?\b|.{0,40}\bhere\b)"
    r"|^subscribe\b|[:.!] subscribe\.?$|\bsubscribe (?:to (?:our|us|the)|now|today|here)\b"
    r"|\bthis will close in\b|\bexit this pop-?up\b|\bviewing this article on\b"
    r"|^get (?:the|our|your) .{0,60}\bin your inbox\b|\bsign up (?:here|now|today|below)\b.{0,40}$"
    r"|^more from (?:the |our )?[^.!?]{2,40}$|^before you go\b.{0,40}$|^closing in \d+\b.{0,20}$|\bdismiss this\b"
    r"|^(?:listen|subscribe|download|tune in)\b.{0,100}\bpodcasts?\b.{0,60}$"
    r"|\bpodcasts?\b.{0,60}\b(?:apple|spotify|wherever you|listen (?:here|now))\b.{0,60}$"
    r"|^listen to (?:the|our) .{0,60}$"
    r"|^\W{0,3}\(?ends\)?\W{0,3}$"
    r"|^listen (?:here|now)\b.{0,80}$|^download (?:our|the) .{0,60}app\b"
    r"|^follow .{1,60} on (?:twitter|facebook|instagram|x)\b"
    r"|\bget (?:our|the) .{0,40}\b(?:newsletter|briefing|e-?mail)\b|^this video (?:is|has)"
    r"|^support (?:the|our) (?:guardian|journalism)\b|^looking for .{1,40}\?$"
    r"|^(?:click|tap) (?:here|on|the image)\b|\bhave your say\b.{0,60}$|^got a (?:story|news tip)"
    r"|^all rights reserved|^©|^copyright (?:©|\d{4})|^terms (?:and|&) conditions"
)
#: (kind, reason, pattern) tried in this order on each stripped line.
FURNITURE: tuple[tuple[str, str, re.Pattern[str]], ...] = tuple(
    (kind, reason, re.compile(pattern, re.IGNORECASE))
    for kind, reason, pattern in (
        ("embed", "markup", r"^</?(?:iframe|script|div|figure|img|video|audio|blockquote|embed|object|svg|p|a|span)\b"),
        ("embed", "embedded post", _POST),
        ("caption", "photo credit", _CAPTION),
        ("related", "related links", _RELATED),
        ("share", "share buttons", _SHARE),
        ("promo", "promotion", _PROMO),
    )
)
_BYLINE = re.compile(
    r"^(?:by\b(?:\s+(?-i:[A-Z])[\w'’.-]+(?:\s+(?:and|&|for)(?=\s)|,)?){0,8}"
    r"|(?:first )?(?:published|updated|posted)(?: at| on)?\s*(?::.{0,60}|\d.{0,50})?"
    r"|last (?:updated|modified)\b.{0,60}|\||[\d:]{4,5}\s+(?:est|gmt|bst|edt|utc)\b.{0,40})$",
    re.IGNORECASE,
)
#: What a line of furniture begins with, or has somewhere: cheap to look for before the patterns above.
_FIRST = frozenset(
    """
before closing dismiss ends (ends) [ends] get got tune x telegram messenger bluesky pinterest embed
also all advertisement article categories category click comment comments copy copyright credit don don't don’t download
e-mail email facebook filed follow further got image like linkedin listen looking more most photo photograph pic picture
print read recommended reddit related see share shared sign sponsored story subscribe support tag tags tap terms this
top topic topics tweet twitter whatsapp you embedded
""".split()
)
_ANYWHERE = (
    "photo",
    "picture",
    "image",
    "credit",
    "getty",
    "pic.twitter",
    "(@",
    "(pa",
    "(ap",
    "(afp",
    "(reuters",
    "newsletter",
    "podcast",
    "no longer available",
    "dismiss",
    "inbox",
    "(ends)",
    "ends -",
    "-ends",
    "– ends",
    "sign up",
    "subscribe",
    "pop-up",
    "popup",
    "close in",
    "viewing this",
    "get our",
    "get the",
    "have your say",
    "/",
    "pa wire",
    "©",
)
#: So many lines in a row of so few characters are not read.
FRAGMENTS, TINY = 500, 3
#: Nor are so many in a row of which each repeats one of the few before.
REPEATED, RECENT = 100, 8
#: Of a line of more characters only the beginning and the end are read: nobody writes such a paragraph.
LONGEST_PARAGRAPH = 400_000
TOO_LONG = "too long to be a paragraph"
#: Within how many characters a blank is looked for to cut at.
MARGIN = 200
#: Headline and standfirst stand within so many lines.
HEAD = 12
#: A line longer than this is running text, whatever it says.
LONGEST_FURNITURE = 420


@dataclass(slots=True)
class Paragraph:
    """One line of the text without its margins; ``block`` changes at every blank line."""

    start: int
    end: int
    block: int
    kind: str = "body"
    reason: str = ""
    entry: int = -1
    document: int = -1

    @property
    def read(self) -> bool:
        return self.kind in ("body", "headline", "standfirst")


def paragraphs(text: str, headline: str = "") -> list[Paragraph]:
    """The non-blank lines of a text, typed; the first line that is the known headline is one whatever it looks like."""
    found = _lines(text)
    _type_furniture(text, found)
    _type_bylines(text, found)
    if not _type_known_headline(text, found, headline):
        _type_head(text, found)
    return found


def _type_known_headline(text: str, found: list[Paragraph], headline: str) -> bool:
    wanted = _bare(headline)
    if not wanted:
        return False
    for index, item in enumerate(found[:HEAD]):
        if item.end - item.start <= LONGEST_FURNITURE and _bare(text[item.start : item.end]) == wanted:
            item.kind, item.reason = "headline", "the headline as given"
            below = [other for other in found[index + 1 : HEAD] if other.kind == "body"]
            if len(below) > 1:
                _type_standfirst(text, item, below[0])
            return True
    return False


def _bare(line: str) -> str:
    """A line without marks, blanks and capitals, to compare headlines by."""
    return "".join(c for c in line.casefold() if c.isalnum())


def _lines(text: str) -> list[Paragraph]:
    found: list[Paragraph] = []
    recent: deque[str] = deque(maxlen=RECENT)
    block, last_end, tiny, repeated = 0, -1, 0, 0
    for match in LINE.finditer(text):
        line = match.group()
        stripped = line.strip()
        if not stripped:
            continue
        start = match.start() + (len(line) - len(line.lstrip()))
        end = start + len(stripped)
        if last_end >= 0 and text.count("\n", last_end, start) != 1:
            block += 1
        tiny = tiny + 1 if end - start <= TINY else 0
        repeated = repeated + 1 if stripped in recent else 0
        last_end = end
        if tiny > FRAGMENTS or repeated > REPEATED:
            # hundreds of lines of a letter or two, or of the same words, are no prose
            found[-1].end, found[-1].kind, found[-1].reason = end, "embed", "fragments"
            continue
        recent.append(stripped)
        if end - start > LONGEST_PARAGRAPH:
            found += _ends_of(text, start, end, block)
        else:
            found.append(Paragraph(start, end, block))
    return found


def _ends_of(text: str, start: int, end: int, block: int) -> list[Paragraph]:
    """A line too long for prose: its beginning and its end are read, cut at blanks, and the middle is not."""
    half = LONGEST_PARAGRAPH // 2
    first = text.find(" ", start + half, start + half + MARGIN)
    last = text.find(" ", end - half, end - half + MARGIN)
    first, last = (start + half if first < 0 else first), (end - half if last < 0 else last + 1)
    return [
        Paragraph(start, first, block),
        Paragraph(first, last, block, "embed", TOO_LONG),
        Paragraph(last, end, block),
    ]


def _type_furniture(text: str, found: list[Paragraph]) -> None:
    after = ""
    for index, item in enumerate(found):
        length = item.end - item.start
        if length > LONGEST_FURNITURE:
            after = ""
            continue
        line = text[item.start : item.end]
        kind = reason = ""
        if _hinted(line):
            kind, reason = next(((k, why) for k, why, pattern in FURNITURE if pattern.search(line)), ("", ""))
        if kind == "caption" and length > 300:
            kind = ""
        if kind == "promo" and length > 260 and not line.startswith("©"):
            kind = ""
        if (
            not kind
            and after == "related"
            and (line[-1] == "?" or not _TERMINAL.search(line))
            and len(line.split()) <= 20
        ):
            kind, reason = "related", "related links"
        if not kind and after in ("share", "promo") and _tail(text, found, index):
            kind, reason = "promo", "below the article"
        if not kind and _BYLINE.match(line) and length < 120:
            item.kind, item.reason = "byline", "byline"
            continue
        if kind:
            item.kind, item.reason = kind, reason
            if reason == "embedded post" and index and found[index - 1].kind == "body" and line[0] in "—–-":
                before = found[index - 1]
                if before.end - before.start <= 320:
                    before.kind, before.reason = "embed", "embedded post"
        after = kind
    # a short line between two promotions belongs to them
    for index in range(1, len(found) - 1):
        item = found[index]
        if item.kind == "body" and found[index - 1].kind in ("promo", "share") and found[index + 1].kind == "promo":
            if item.end - item.start <= LONGEST_FURNITURE:
                item.kind, item.reason = "promo", "below the article"


def _hinted(line: str) -> bool:
    low = line.lower()
    first = low.split(None, 1)[0].strip(":.,!|")
    return first in _FIRST or first[:1] in "<—–-|" or first.startswith("http") or any(part in low for part in _ANYWHERE)


def _tail(text: str, found: list[Paragraph], index: int) -> bool:
    """Whether only a few lines are left and the next of them is furniture too."""
    item = found[index]
    if len(found) - index > 4:
        return False
    return bool(
        re.search(
            r"\b(?:website|pop-?up|newsletter|archives?|subscri\w+|app)\b", text[item.start : item.end], re.IGNORECASE
        )
    )


#: "Political reporter, Lantern News" below a byline, "Jo Ward in Leeds", "Ann Lee, Education Editor".
_DESK = re.compile(
    r"^(?:[A-Z][\w'’.-]+ ){1,2}[A-Z][\w'’-]+(?:,? in [A-Z][\w'’ -]{2,30}|, (?:[A-Z][\w'’-]+ ){0,3}(?i:correspondent"
    r"|editor|reporter|writer|sketch|columnist|agency|chief|staff|critic|news))$"
)
LONGEST_BYLINE = 70


def _type_bylines(text: str, found: list[Paragraph]) -> None:
    """Lines at the head that say who wrote it, for which desk and on what day; a slug above a shouted headline."""
    for index, item in enumerate(found[:8]):
        if item.kind != "body" or item.end - item.start > LONGEST_BYLINE:
            continue
        line = text[item.start : item.end]
        if index and found[index - 1].reason == "byline" and not _TERMINAL.search(line) and len(line.split()) <= 8:
            if title_like(line) or "," in line:
                item.kind, item.reason = "byline", "desk"
        elif index and _DESK.match(line):
            item.kind, item.reason = "byline", "byline"
        elif index and DATE_LINE.match(line) and re.search(r"\b(?:19|20)\d\d\b", line):
            item.kind, item.reason = "byline", "date line"
        elif index == 0 and len(found) > 2 and len(line.split()) <= 3 and line.split()[0].isupper():
            following = text[found[1].start : found[1].end]
            if following.isupper() and not line.isupper() and len(following.split()) > 3:
                item.kind, item.reason = "byline", "slug"


def _type_head(text: str, found: list[Paragraph]) -> None:
    bodies = [item for item in found[:HEAD] if item.kind == "body"]
    if len(bodies) < 2:
        return
    first = bodies[0]
    line = text[first.start : first.end]
    if found.index(first) > 4 or len(line.split()) > 30 or (_TERMINAL.search(line) and not title_like(line)):
        return
    if text[first.start] in "\"“‘'<" and not any(c in line for c in ":,"):
        return
    first.kind, first.reason = "headline", "first line, no full stop"
    if len(bodies) > 2:
        _type_standfirst(text, first, bodies[1])


def _type_standfirst(text: str, headline: Paragraph, second: Paragraph) -> None:
    """Type the line below a headline, when it has no full stop and does not begin with somebody's words."""
    line = text[second.start : second.end]
    if second.block != headline.block and not _TERMINAL.search(line) and 5 <= len(line.split()) <= 45:
        if text[second.start] not in "\"“‘'":
            second.kind, second.reason = "standfirst", "second line, no full stop"


def title_like(line: str) -> bool:
    """Whether nearly every longer word has a capital, as in a title."""
    long = [word for word in line.split() if len(word) > 3]
    return len(long) >= 3 and sum(word[:1].isupper() for word in long) >= 0.9 * len(long)


def merged(found: list[Paragraph]) -> list[Passage]:
    """Passages of everything outside entries: neighbours of one kind and reason become one."""
    out: list[Passage] = []
    run: list[Paragraph] = []

    def flush() -> None:
        if run:
            kind = "body" if run[0].kind == "byline" else run[0].kind
            out.append(Passage(Span(run[0].start, run[-1].end), kind, run[0].reason))  # type: ignore[arg-type]
            run.clear()

    for item in found:
        if item.kind == "heading" or (item.entry >= 0 and item.read):
            flush()
            continue
        if run and (item.kind, item.reason, item.entry) != (run[-1].kind, run[-1].reason, run[-1].entry):
            flush()
        run.append(item)
    flush()
    return out
