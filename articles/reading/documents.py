"""Letters, statements, e-mails, resolutions and posts reproduced without marks: from salutation to signature."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from .lexicon.people import GIVEN, TITLES
from .lexicon.words import FIRST_PERSON
from .model import Span
from .passages import Paragraph

_NOUN = (
    r"(?:statement|letter|open letter|e-?mail|message|post|tweet|resolution|motion|report|memo|note|proposal|"
    r"press release|news release|release|declaration|communiqu[eé]|account)"
)
INTRO = re.compile(
    rf"\b{_NOUN}\b[^.!?:]{{0,160}}:[\s]*$"
    r"|\b(?:had (?:this|the following) to say|as [^.:]{1,80} put it|(?:writes|wrote|reads?|as follows))\b"
    r"[^.!?:]{0,60}[,\s]*:[\s]*$",
    re.IGNORECASE,
)
FOLLOWING = re.compile(rf"\b(?:the|this) (?:following )?{_NOUN}\b.{{0,80}}|\bfollowing {_NOUN}\b", re.IGNORECASE)
_THE_FOLLOWING = re.compile(rf"\bthe following {_NOUN}\b", re.IGNORECASE)
SALUTATION = re.compile(
    r"^(?:dear|hello|hi|to whom it may concern|comrades|friends|sir|madam)\b[^.!?]{0,60}[,:]?$", re.IGNORECASE
)
SIGN_OFF = re.compile(
    r"^(?:yours(?: (?:sincerely|faithfully|truly|ever|etc))?|(?:kind |best |warm )?(?:regards|wishes)|sincerely|"
    r"in solidarity|solidarity|"
    r"fraternally|yours fraternally|yours in solidarity|signed|love|thank you|thanks|faithfully)\b[^.!?]{0,30}[,.:]?$",
    re.IGNORECASE,
)
#: A letter to the editor.
_SIR = re.compile(r"^(?:dear )?(?:sir|madam|editor)s?(?: or madam)?\s?[,:–—-]?$", re.IGNORECASE)
_ONE_PARAGRAPH = re.compile(r"\b(?:post|tweet|put it)\b", re.IGNORECASE)
_NAMES_ONLY = re.compile(r"^[^\W\d_a-z][\w'’.&-]*(?:[ ,&]+(?:and |of |the |for |de |von )?[^\W\d_a-z][\w'’.-]*){0,24}$")
_MARK = "\"“‘'"
LONGEST = 60
#: "Sheila Mapp (Mrs)"
_ASIDE = re.compile(r"\s\([^()]{2,30}\)$")
_DASH = re.compile(r"^\s*[—–-]\s*")

#: Words of the reporter, which no statement has.
_REPORTED = re.compile(r"\b(?:said|says|told|added|adds|according to|tweeted)\b")
LONGEST_LOOK = 2000
MOST_SIGNATORIES = 24
#: Signature lines are short and end without a full stop.
SIGNATURE_WORDS = 14


@dataclass(slots=True)
class Document:
    """An embedded text: its whole span, its body (paragraph spans), and who wrote to whom."""

    start: int
    end: int
    intro: int
    kind: str
    body: list[Span] = field(default_factory=list)
    salutation: Span | None = None
    signature: tuple[Span, ...] = ()
    addressee: str = ""
    signed: tuple[str, ...] = ()
    author: str = ""


def find_documents(text: str, found: Sequence[Paragraph], opens_marked: Callable[[int], bool]) -> list[Document]:
    """Documents in text order; their paragraphs are told. ``opens_marked`` says whether one begins with a mark."""
    documents: list[Document] = []
    index, total = 0, len(found)
    while index < total:
        item = found[index]
        if item.kind not in ("body", "standfirst", "headline"):
            index += 1
            continue
        line = text[item.start : item.end] if item.end - item.start < 2500 else text[item.end - 600 : item.end]
        kind = _introduces(line)
        first = index + 1
        salutes = (
            SALUTATION.match(line)
            and len(line) < 80
            and line[-1] in ",:"
            and line.lower().startswith(("dear", "to whom"))
        )
        sir = len(line) < 24 and _SIR.match(line)
        if kind is None and (salutes or sir):
            kind, first = "letter", index
        if kind is None or first >= total:
            index += 1
            continue
        document, following = _collect(text, found, index if first > index else -1, first, kind, opens_marked)
        if document is None or (sir and not document.signature):
            index += 1
            continue
        number = len(documents)
        for item in found[first:following]:
            item.document = number
        documents.append(document)
        index = following
    return documents


def _introduces(line: str) -> str | None:
    """The kind of document a paragraph announces, if any."""
    if line[-1] != ":" and not _THE_FOLLOWING.search(line):
        return None
    match = INTRO.search(line) or _THE_FOLLOWING.search(line)
    if not match:
        return None
    lowered = line.lower()
    for noun, kind in (
        ("email", "e-mail"),
        ("e-mail", "e-mail"),
        ("letter", "letter"),
        ("resolution", "resolution"),
        ("motion", "resolution"),
        ("tweet", "post"),
        ("post", "post"),
        ("report", "report"),
        ("put it", "remark"),
    ):
        if re.search(rf"\b{noun}\b", lowered[max(0, match.start() - 5) :]):
            return kind
    return "statement"


def _collect(
    text: str, found: Sequence[Paragraph], intro: int, first: int, kind: str, opens_marked: Callable[[int], bool]
) -> tuple[Document | None, int]:
    entry = found[first].entry
    index = first
    total = min(len(found), first + LONGEST)
    body: list[int] = []
    salutation: Span | None = None
    addressee = ""
    signature: list[int] = []
    signed_off = False
    in_blog = entry >= 0
    while index < total:
        item = found[index]
        if item.entry != entry or item.kind in ("heading", "share", "promo"):
            break
        if item.kind not in ("body", "standfirst", "headline"):
            index += 1
            continue
        line = text[item.start : item.end]
        if body and salutation is not None and len(line) < 24 and _SIR.match(line):
            break
        if not body and salutation is None and len(line) < 80 and (SALUTATION.match(line) or _SIR.match(line)):
            salutation = Span(item.start, item.end)
            addressee = (
                re.sub(r"^\w+\s*", "", line).strip(" ,:") if line.lower().startswith(("dear", "hello", "hi ")) else ""
            )
            index += 1
            continue
        if not body and opens_marked(index):
            return None, index
        if len(line) < 60 and SIGN_OFF.match(line):
            signed_off = True
            index += 1
            continue
        if signed_off:
            if len(line.split()) <= SIGNATURE_WORDS and line[-1] not in ".!?:" and len(signature) < 6:
                signature.append(index)
                index += 1
                continue
            break
        if body and _signature_like(line):
            signature.append(index)
            index += 1
            while index < total and found[index].entry == entry and found[index].block == found[index - 1].block:
                line = text[found[index].start : found[index].end]
                if len(line.split()) > SIGNATURE_WORDS or line[-1] in ".!?:":
                    break
                signature.append(index)
                index += 1
            if (
                index < total
                and found[index].entry == entry
                and _signs_too(text[found[index].start : found[index].end])
            ):
                # the next of several who sign, each with an office below
                continue
            break
        if body and _ONE_PARAGRAPH.search(kind.replace("remark", "put it")):
            break
        if not in_blog and body and salutation is None and kind not in ("letter", "e-mail"):
            # in an ordinary article an unmarked statement is one paragraph, unless it goes on saying "we"
            if opens_marked(index) or not (_personal(text, found[body[-1]]) and _goes_on(text, item)):
                break
        body.append(index)
        index += 1
    if in_blog and len(body) >= 2 and not signature and not signed_off and salutation is None and kind != "e-mail":
        personal = [_personal(text, found[i]) for i in body]
        if (
            all(personal[:-1])
            and not personal[-1]
            and len(text[found[body[-1]].start : found[body[-1]].end].split()) < 60
        ):
            index = body.pop()
    if not body:
        return None, index
    if (
        salutation is None
        and not signature
        and not in_blog
        and len(text[found[body[0]].start : found[body[0]].end].split()) < 4
    ):
        return None, index
    last = signature[-1] if signature else body[-1]
    document = Document(
        salutation.start if salutation else found[body[0]].start,
        max(found[last].end, found[index - 1].end if signed_off else 0),
        intro,
        kind,
        [Span(found[i].start, found[i].end) for i in body],
        salutation,
        tuple(Span(found[i].start, found[i].end) for i in signature),
        addressee,
    )
    return document, index


def _personal(text: str, item: Paragraph) -> bool:
    return any(word.strip(".,;:!?'\"“”‘’()").lower() in FIRST_PERSON for word in text[item.start : item.end].split())


def _goes_on(text: str, item: Paragraph) -> bool:
    """Whether a paragraph below a statement is of the same voice: "we", and nobody said so."""
    return _personal(text, item) and not _REPORTED.search(text, item.start, min(item.end, item.start + LONGEST_LOOK))


def _signs_too(line: str) -> bool:
    words = line.split()
    return (
        2 <= len(words) <= 4
        and _signature_like(line)
        and (words[0].lower() in GIVEN or words[0].lower().strip(".") in TITLES)
    )


def _signature_like(line: str) -> bool:
    line = _ASIDE.sub("", _DASH.sub("", line))
    return (
        len(line) < 160
        and 2 <= len(line.split()) <= SIGNATURE_WORDS
        and bool(_NAMES_ONLY.match(line))
        and line[-1] not in ".!?:"
    )


def signatories(text: str, document: Document) -> tuple[str, ...]:
    """The names that sign a document, split at commas and "and"; lines below a name say what office it has."""
    if not document.signature:
        return ()
    lines = [document.signature[0]]
    for before, span in pairwise(document.signature):
        if text.count("\n", before.end, span.start) > 1 and _signs_too(span.of(text)):
            lines.append(span)
    names = [
        name.strip()
        for span in lines
        for name in re.split(r"\s*,\s*|\s+and\s+|\s*&\s*", _ASIDE.sub("", _DASH.sub("", span.of(text))).strip(" ,"))
        if name.strip()
    ]
    return tuple(names[:MOST_SIGNATORIES])
