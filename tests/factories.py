"""Rows for tests, made the way the corpus makes them: true hashes, spans that fit their text, the public gate applied.

Plain functions; whatever is not said is sensible. ``gated=False`` leaves the public columns alone, for many rows at once;
`settle(articles)` then applies the gate to all of them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
from collections.abc import Iterable, Sequence

from django.contrib.auth.models import User

from articles import curation, gate
from articles.models import Article, Attribution, Capture, Mention, Passage, Quote, Source, Story, Utterance
from articles.models.article import moment
from corpus import ledger
from people import names
from people.models import Name, Person, Role

TEXT = """Bridge to close for two years

Ruth Ashdown, leader of Aldermouth council, said: “The bridge will close on Monday, and nobody regrets it more than I do.”

Martin Keele, her deputy, told reporters the town “had no choice”.

“We will run a ferry,” he said, “every ten minutes.”
"""
DAY = dt.date(2024, 3, 12)

_number = itertools.count(1)


def sha256(text: str | bytes) -> str:
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def settle(articles: Iterable[Article]) -> None:
    """Apply the public gate to these articles, and read their public columns back."""
    articles = list(articles)
    gate.refresh([article.pk for article in articles])
    for article in articles:
        article.refresh_from_db(fields=["public"])


def make_source(name: str = "", **fields: object) -> Source:
    """An outlet; its slug is its name's, with a number where another has it."""
    name = name or f"Gazette {next(_number)}"
    slug = str(fields.pop("slug", "") or names.slug(name))
    if Source.objects.filter(slug=slug).exists():
        slug = f"{slug}-{next(_number)}"
    return Source.objects.create(**{"name": name, "slug": slug, "country": "GB", **fields})


def make_story(name: str = "", articles: Sequence[Article] = (), **fields: object) -> Story:
    name = name or f"Story {next(_number)}"
    story = Story.objects.create(**{"name": name, "slug": names.slug(name), **fields})
    story.articles.add(*articles)
    return story


def make_person(
    name: str = "Ruth Ashdown",
    *,
    aliases: Sequence[str] = (),
    roles: Sequence[str] = (),
    merged_into: Person | None = None,
    **fields: object,
) -> Person:
    """Somebody with their names and roles ("deputy leader, Aldermouth council"), merged into another if asked."""
    person = Person.objects.enrol(name, **fields)
    for text in aliases:
        Name.objects.create(person=person, text=text, key=names.matching_key(text))
    for role in roles:
        title, _, organisation = role.partition(", ")
        Role.objects.create(person=person, title=title, organisation_printed=organisation)
    if merged_into:
        person.canonical = person.merged_into = merged_into
        person.save(update_fields=["canonical", "merged_into"])
    return person


def unmerge(person: Person, by: User | None) -> int:
    """Undo the decision that merged somebody, as the desk does; how many decisions that took."""
    person.refresh_from_db()
    decision = ledger.live(person, "merged_into")
    assert decision, f"Nobody merged {person}."
    undone = curation.undo([decision], by=by)
    person.refresh_from_db()
    return undone


def make_capture(article: Article, text: str = TEXT, **fields: object) -> Capture:
    """The next capture of an article, made its current one."""
    number = article.captures.count() + 1
    capture = Capture.objects.create(
        **{
            "article": article,
            "number": number,
            "how": Capture.How.FILE,
            "origin": f"news/{article.uid}-{number}.txt",
            "media_type": "text/plain",
            "encoding": "utf-8",
            "headline": article.headline,
            "raw": text.encode(),
            "raw_sha256": sha256(text),
            "text": text,
            "text_sha256": sha256(text),
            **fields,
        }
    )
    article.capture = capture
    article.text_sha256 = capture.text_sha256
    article.words = len(text.split())
    article.save(update_fields=["capture", "text_sha256", "words"])
    return capture


def make_article(
    text: str = TEXT,
    *,
    source: Source | None = None,
    day: dt.date | None = DAY,
    time: dt.time | None = None,
    stories: Sequence[Story] = (),
    gated: bool = True,
    **fields: object,
) -> Article:
    """A published article with one capture of this text; ``day=None`` leaves its date unknown."""
    dated: dict[str, object] = {"published_precision": "unknown", "published_basis": ""}
    if day:
        dated = {"published_precision": "minute" if time else "day", "published_basis": "stated"}
    article = Article.objects.create(
        **{
            "source": source or make_source(),
            "headline": text.strip().split("\n", 1)[0][:500],
            "language": "en",
            "status": Article.Status.PUBLISHED,
            "published_day": day,
            "published_time": time,
            "moment": moment(day, time),
            **dated,
            **fields,
        }
    )
    make_capture(article, text)
    for story in stories:
        story.articles.add(article)
    if gated:
        settle([article])
    return article


def capture_of(article: Article) -> Capture:
    """The current capture of an article; made by `make_article`, it has one."""
    assert article.capture is not None, f"{article} has no capture"
    return article.capture


def find(text: str, words: str) -> list[list[int]]:
    """The spans of words in a text, each part of "one … two" after the one before; a ValueError where one is missing."""
    spans, at = [], 0
    for part in words.split(" … "):
        start = text.index(part, at)
        at = start + len(part)
        spans.append([start, at])
    return spans


def make_quote(
    article: Article,
    words: str = "The bridge will close on Monday, and nobody regrets it more than I do.",
    *,
    speaker: Person | str | None = None,
    printed: str = "",
    speakers: Sequence[Person | str] = (),
    speaker_confidence: float = 0.95,
    candidates: Sequence[str] = (),
    gated: bool = True,
    **fields: object,
) -> Quote:
    """A quote of words that stand in the article's text ("one … two" for two spans).

    A speaker is a person, or a string for somebody who stays as printed; none at all is an unnamed speaker. Accepted
    unless ``status`` says otherwise; a machine's reading has a ``reader``.
    """
    capture = capture_of(article)
    spans = find(capture.text, words)
    start, end = spans[0][0], spans[-1][1]
    quote = Quote.objects.create(
        **{
            "article": article,
            "capture": capture,
            "start": start,
            "end": end,
            "spans": spans,
            "marked": spans,
            "text": words,
            "prefix": capture.text[max(0, start - 32) : start],
            "suffix": capture.text[end : end + 32],
            "kind": Quote.Kind.DIRECT,
            "confidence": 0.95,
            "status": Quote.Status.ACCEPTED,
            "reader": "1.0",
            "moment": article.moment,
            **fields,
        }
    )
    for position, who in enumerate(speakers or [speaker]):
        person = who if isinstance(who, Person) else None
        as_printed = printed or (who.name if isinstance(who, Person) else who or "")
        Attribution.objects.create(
            quote=quote,
            position=position,
            printed=as_printed,
            kind=person.kind if person else "individual" if as_printed else "unnamed",
            person=person,
            name=as_printed,
            confidence=speaker_confidence,
            candidates=[{"name": name, "person": "", "reasons": []} for name in candidates],
            moment=quote.moment,
        )
    if gated:
        settle([article])
        quote.refresh_from_db(fields=["public"])
    return quote


def speaker_of(quote: Quote) -> Person:
    """The one person who says a quote."""
    person = quote.attributions.get().person
    assert person is not None, f"the speaker of {quote} is nobody we know"
    return person


def make_mention(article: Article, printed: str, person: Person | None = None, **fields: object) -> Mention:
    capture = capture_of(article)
    [[start, end]] = find(capture.text, printed)
    return Mention.objects.create(
        **{
            "capture": capture,
            "start": start,
            "end": end,
            "printed": printed,
            "person": person,
            "kind": person.kind if person else Person.Kind.INDIVIDUAL,
            **fields,
        }
    )


def make_passage(article: Article, kind: str, words: str, **fields: object) -> Passage:
    capture = capture_of(article)
    [[start, end]] = find(capture.text, words)
    return Passage.objects.create(**{"capture": capture, "start": start, "end": end, "kind": kind, **fields})


def make_utterance(
    *quotes: Quote, fullest: Quote | None = None, relations: Sequence[str] = (), **fields: object
) -> Utterance:
    """One utterance of these quotes, its figures as of what is public; the longest direct one is the fullest.

    ``relations`` are those of the quotes in order; without them shorter ones are fragments, reported ones paraphrases.
    """
    direct = [quote for quote in quotes if quote.kind != Quote.Kind.INDIRECT]
    fullest = fullest or max(direct or quotes, key=lambda quote: (len(quote.text.split()), -quote.pk))
    shown = [quote for quote in quotes if quote.public]
    people = {
        frozenset(quote.attributions.filter(shown=True, role="speaker").values_list("person__canonical", flat=True))
        for quote in shown
    }
    named = [some for some in people if some]
    utterance = Utterance.objects.create(
        **{
            "fullest": fullest,
            "moment": min((quote.moment for quote in shown or quotes if quote.moment), default=0),
            "printed": len(shown),
            "outlets": len({quote.article.source_id for quote in shown}),
            "conflict": any(not one & other for one, other in itertools.combinations(named, 2)),
            "public": len(shown) > 1,
            **fields,
        }
    )
    for at, quote in enumerate(quotes):
        quote.utterance = utterance
        if relations:
            quote.relation = relations[at]
        elif quote == fullest:
            quote.relation = Quote.Relation.FULLEST
        elif quote.kind == Quote.Kind.INDIRECT:
            quote.relation = Quote.Relation.PARAPHRASE
        else:
            short = 2 * len(quote.text.split()) < len(fullest.text.split())
            quote.relation = Quote.Relation.FRAGMENT if short else Quote.Relation.VARIANT
        quote.save(update_fields=["utterance", "relation"])
    return utterance
