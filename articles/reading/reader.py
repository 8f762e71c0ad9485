"""The whole of a reading: passages, names, quotations, speakers, in this order, all on the offsets of the text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .authors import author_of
from .confidence import quote_confidence, speaker_confidence
from .dates import published_date
from .documents import Document, find_documents
from .lexicon.people import GROUPS
from .liveblog import Entry, find_entries
from .marks import Stretch, pair_marks
from .model import Attributed, Candidate, Context, Mention, Passage, PersonKind, Quotation, Reading, Span
from .names import Names
from .nested import nested_quotes
from .passages import TOO_LONG, Paragraph, merged, paragraphs, title_like
from .quotes import Draft, Paragraphs
from .resolved import Resolved
from .runs import Run, find_runs
from .speakers import Speakers
from .tokens import Token, Vocabulary, sentences, tokenise

VERSION = "1.2"

#: A context that says nothing.
NOTHING_KNOWN = Context()

_OPENING = "\"“„«‘'"


def read(text: str, context: Context = NOTHING_KNOWN) -> Reading:
    """Everything that is quoted in a text and everybody named in it; never raises, and the same text reads the same."""
    found = paragraphs(text, context.headline)
    if not context.language.lower().startswith("en"):
        return Reading(
            VERSION, tuple(merged(found)), notes=(f"Not read: the language is “{context.language}”, not English.",)
        )
    entries, published, notes = find_entries(text, found, context)
    notes += [
        f"A line of {item.end - item.start:,} characters was not read: break it into paragraphs."
        for item in found
        if item.reason == TOO_LONG
    ]
    documents = find_documents(text, found, lambda index: text[found[index].start] in _OPENING)
    readable = [item for item in found if item.read]
    stretches = pair_marks(
        text, [(p.start, p.end) for p in readable], [p.entry for p in readable], [p.block for p in readable]
    )
    runs: list[Run] = []
    grouped: list[list[list[Token]]] = []
    vocabulary: Vocabulary = {}
    for number, item in enumerate(readable):
        tokens = tokenise(text, item.start, item.end, vocabulary)
        own = stretches[number]
        _assign(tokens, own)
        weak = item.kind == "headline" and title_like(text[item.start : item.end])
        for run in find_runs(tokens, number, text):
            run.weak = weak
            runs.append(run)
        grouped.append(sentences(_folded(tokens, own), text))
    small = {piece for piece in vocabulary if piece[0].islower()}
    names = Names(runs, text, context, small)
    reader = Paragraphs(text, names)
    of_document: dict[int, Draft] = {}
    for number, item in enumerate(readable):
        document = documents[item.document] if item.document >= 0 else None
        if document is not None and item.document not in of_document:
            draft = _document_draft(document, number, len(reader.sentences))
            of_document[item.document] = draft
            reader.drafts.append(draft)
        if document is not None and not any(span.start == item.start for span in document.body):
            reader.blank(grouped[number], number)
            continue
        before = len(reader.drafts)
        scope = 2 * (item.entry + 1) + (1_000_000 + item.document if item.document >= 0 else 0)
        reader.read(grouped[number], stretches[number], number, item.kind, scope)
        if document is not None:
            for draft in reader.drafts[before:]:
                draft.nested_in = of_document[item.document]
    if published is None:
        published = published_date(text, [(p.start, p.end) for p in found[:12]], context.date, notes)
    speakers = Speakers(text, names, reader.sentences, context.date or (published.day if published else None))
    for index, draft in of_document.items():
        author = author_of(text, documents[index], found, reader.sentences, names)
        speakers.resolved[id(draft)] = speakers.authors[id(draft)] = author
    speakers.resolve(reader.drafts)
    _echoes(text, reader.drafts, {n for n, item in enumerate(readable) if item.kind != "body"}, speakers)
    for draft, resolved in nested_quotes(text, reader.drafts, names, speakers.resolved):
        reader.drafts.append(draft)
        speakers.resolved[id(draft)] = resolved
    drafts = sorted((d for d in reader.drafts if d.spans), key=lambda d: (d.start, -d.end))
    quotes = _quotations(text, drafts, speakers, stretches)
    passages = _passages(text, found, entries, documents, of_document, speakers)
    return Reading(VERSION, passages, _mentions(names), quotes, published, tuple(notes))


_WORD = re.compile(r"\w+")
#: How many quotations below are searched for the words of a headline.
BELOW = 400


def _echoes(text: str, drafts: Sequence[Draft], heads: set[int], speakers: Speakers) -> None:
    """Words in the marks of a headline are whoever's the story quotes with the same words."""
    unsaid = [
        draft
        for draft in drafts
        if draft.paragraph in heads
        and draft.marked
        and draft.document is None
        and (found := speakers.resolved.get(id(draft))) is not None
        and (found.entity is None or draft.subject is None)
        and not (draft.subject is not None and draft.subject.head in GROUPS)
    ]
    if not unsaid:
        return
    below = [draft for draft in drafts if draft.paragraph not in heads and draft.kind != "document" and draft.spans]
    said = [
        (" ".join(_WORD.findall(" ".join(span.of(text) for span in draft.spans).lower())), draft)
        for draft in below[:BELOW]
    ]
    for draft in unsaid:
        words = " ".join(_WORD.findall(draft.marked[0].of(text).lower()))
        if words.count(" ") < 2:
            continue
        same = next((other for content, other in said if f" {words} " in f" {content} "), None)
        source = speakers.resolved.get(id(same)) if same is not None else None
        if source is None or (source.entity is None and not source.label):
            continue
        own = speakers.resolved[id(draft)]
        own.entity, own.kind, own.label = source.entity, source.kind, source.label
        own.how, own.score, own.reasons = "echo", 0.95 * source.score, ["the story quotes the same words"]
        own.referent = None
        draft.reasons.append("said-below")


def _assign(tokens: Sequence[Token], stretches: Sequence[Stretch]) -> None:
    """Tells each token which top-level stretch it stands in."""
    which, total = 0, len(stretches)
    if not total:
        return
    for token in tokens:
        while which < total and stretches[which].outer_end <= token.start:
            which += 1
        if which >= total:
            break
        if token.start >= stretches[which].outer_start:
            token.stretch = which


def _folded(tokens: Sequence[Token], stretches: Sequence[Stretch]) -> list[Token]:
    """Tokens with each stretch folded into one of kind q."""
    if not stretches:
        return list(tokens)
    out: list[Token] = []
    for token in tokens:
        if token.stretch < 0:
            out.append(token)
        elif not out or out[-1].kind != "q" or out[-1].stretch != token.stretch:
            stretch = stretches[token.stretch]
            folded = Token(stretch.outer_start, stretch.outer_end, "“”", "“”", "q", False, False)
            folded.stretch = token.stretch
            out.append(folded)
    return out


# documents


def _document_draft(document: Document, paragraph: int, sentence: int) -> Draft:
    draft = Draft(list(document.body), "document", "document", paragraph, max(0, sentence - 1), document=document)
    draft.boundaries = [("document", "document")] * len(document.body)
    return draft


def _attributed(draft: Draft, resolved: Resolved, role: str = "speaker") -> Attributed:
    entity = resolved.entity
    return Attributed(
        role=role,  # type: ignore[arg-type]
        printed=resolved.printed,
        text=resolved.text,
        name=entity.name if entity is not None else resolved.label,
        ident=entity.ident if entity is not None else "",
        kind=resolved.kind,  # type: ignore[arg-type]
        confidence=speaker_confidence(draft, resolved),
        reasons=tuple(resolved.reasons),
        candidates=tuple(Candidate(e.name, e.ident, tuple(why)) for e, why in resolved.candidates),
        open=resolved.is_open,
        evidence=tuple(resolved.evidence),
    )


def _quotations(
    text: str, drafts: Sequence[Draft], speakers: Speakers, stretches: Sequence[Sequence[Stretch]]
) -> tuple[Quotation, ...]:
    # a draft that only goes on joins the quotation it goes on from
    heads: list[Draft] = []
    joined: dict[int, list[Draft]] = {}
    root_of: dict[int, Draft] = {}
    for draft in drafts:
        root = draft
        while (
            root.inherits is not None
            and root.kind == "direct"
            and root.inherits.kind == "direct"
            and root.inherits.spans
            and root.inherits.start < root.start
        ):
            # drafts are in text order: whoever came before knows its root
            root = root_of.get(id(root.inherits), root.inherits)
        root_of[id(draft)] = root
        if root is not draft:
            joined.setdefault(id(root), []).append(draft)
        else:
            heads.append(draft)
    index_of = {id(draft): number for number, draft in enumerate(heads)}
    for number, head in enumerate(heads):
        for other in joined.get(id(head), ()):
            index_of[id(other)] = number
    out: list[Quotation] = []
    for draft in heads:
        resolved = speakers.resolved.get(id(draft)) or Resolved(kind="unnamed", score=0.2)
        spans, marked, boundaries = list(draft.spans), list(draft.marked), list(draft.boundaries)
        for other in joined.get(id(draft), ()):
            spans += other.spans
            marked += other.marked
            boundaries += other.boundaries
        confidence, codes = quote_confidence(draft, text, speaker_confidence(draft, resolved))
        attributions = _attributions(text, draft, resolved, speakers)
        nested = index_of.get(id(draft.nested_in)) if draft.nested_in is not None else None
        out.append(
            Quotation(
                tuple(spans),
                draft.kind,
                tuple(marked),
                draft.cue,
                attributions,
                nested,
                confidence,
                codes,
                tuple(boundaries),
            )
        )
    return tuple(out)


def _attributions(text: str, draft: Draft, resolved: Resolved, speakers: Speakers) -> tuple[Attributed, ...]:
    given: list[Attributed] = []
    document = draft.document
    if document is not None and len(document.signed) > 1 and not resolved.label:
        for name in document.signed:
            at = text.find(name, document.start, document.end)
            span = Span(at, at + len(name)) if at >= 0 else None
            given.append(Attributed("speaker", span, name, name, "", "individual", 0.85, ("signed it",)))
    elif resolved.others:
        for name, span, entity in resolved.others:
            kind = entity.kind if entity is not None else "organisation" if resolved.is_open else "individual"
            given.append(
                Attributed(
                    "speaker",
                    span,
                    name,
                    entity.name if entity is not None else name,
                    entity.ident if entity is not None else "",
                    kind,  # type: ignore[arg-type]
                    speaker_confidence(draft, resolved),
                    tuple(resolved.reasons) or ("named together",),
                    (),
                    resolved.is_open,
                    tuple(resolved.evidence),
                    resolved.group,
                )
            )
        if not resolved.is_open:
            given.append(_attributed(draft, resolved))
            given.sort(key=lambda a: a.printed.start if a.printed else 0)
    elif resolved.how != "none":
        given.append(_attributed(draft, resolved))
    if document is not None and document.addressee:
        given.append(
            Attributed("addressee", None, document.addressee, document.addressee, "", "individual", 0.8, ("addressed",))
        )
    outer = draft.nested_in
    while outer is not None:
        above = speakers.resolved.get(id(outer))
        if above is not None and (above.entity is not None or above.label or above.text):
            given.append(_attributed(outer, above, "via"))
        outer = outer.nested_in
    return tuple(given)


def _mentions(names: Names) -> tuple[Mention, ...]:
    out: list[Mention] = []
    last = -1
    for run in names.runs:
        if (run.entity is None and not run.candidates) or run.start < last:
            continue
        entity = run.entity
        kind: PersonKind = "organisation" if entity is not None and entity.kind == "organisation" else "individual"
        roles = (run.role,) if run.role else ()
        out.append(
            Mention(
                Span(run.start, run.end), entity.name if entity else "", entity.ident if entity else "", kind, roles
            )
        )
        last = run.end
    return tuple(out)


def _passages(
    text: str,
    found: Sequence[Paragraph],
    entries: Sequence[Entry],
    documents: Sequence[Document],
    of_document: dict[int, Draft],
    speakers: Speakers,
) -> tuple[Passage, ...]:
    out = merged(list(found))
    for entry in entries:
        out.append(
            Passage(Span(entry.start, entry.end), "entry", "dated heading", entry.heading, entry.at, entry.basis)
        )
    for index, document in enumerate(documents):
        if index in of_document:
            out.append(
                Passage(
                    Span(document.start, document.end),
                    "document",
                    document.kind,
                    author=document.author,
                    addressee=document.addressee,
                    signatories=document.signed,
                )
            )
    return tuple(sorted(out, key=lambda p: (p.span.start, -p.span.end)))


__all__ = ["VERSION", "read"]
