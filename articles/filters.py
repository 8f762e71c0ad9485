"""What articles, quotes, sources and stories can be filtered by: on pages, in the API and in its CSV."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from articles.models import Article, Attribution, Mention, Passage, Quote, Source, Story
from corpus.filters import (
    Choices,
    Codes,
    CorpusFilterSet,
    Facet,
    Flag,
    Order,
    Since,
    Text,
    Things,
    Until,
    Words,
)  # fmt: skip
from people.models import Person

BY_DATE = {
    "-date": Order("-moment", "Newest first"),
    "date": Order("moment", "Oldest first"),
    "relevance": Order("relevance", "Best match first"),
}
BY_NAME = {"name": Order("name", "By name"), "-name": Order("-name", "By name, from Z")}
READINGS = {
    "checked": ("checked by an editor", Quote.Status.ACCEPTED),
    "automatic": ("automatic", Quote.Status.SUGGESTED),
}
SPEAKER = Attribution.Role.SPEAKER


def known_people() -> QuerySet[Person]:
    """People the public may ask for; whoever was merged into one of them answers to their old address."""
    return Person.objects.filter(Q(public=True) | Q(canonical__public=True)).select_related("canonical")


def shown(keys: list[int]) -> QuerySet[Attribution]:
    """What is publicly said by these people, whichever of their merged selves it was given to."""
    return Attribution.objects.filter(role=SPEAKER, shown=True, person__canonical__in=keys)


def said_in_articles(keys: list[int]) -> Q:
    return Q(pk__in=shown(keys).filter(quote__public=True).values("quote__article"))


def mentioned_in(keys: list[int]) -> Q:
    """Articles whose text, as far as the public may read it, names these people."""
    readable = Mention.objects.filter(capture=F("capture__article__capture"), capture__article__source__rights="full")
    return Q(pk__in=readable.filter(person__canonical__in=keys).values("capture__article"))


def in_stories(path: str) -> Callable[[list[int]], Q]:
    """Rows whose article is in these stories; a subquery, for a join would list a row once a story."""
    members = Story.articles.through.objects
    return lambda keys: Q(**{f"{path}__in": members.filter(story__in=keys).values("article")})


def in_languages(path: str) -> Callable[[list[str]], Q]:
    """Rows in one of these languages, or in a regional form of it."""

    def condition(codes: list[str]) -> Q:
        wanted = Q()
        for code in codes:
            wanted |= Q(**{f"{path}__iexact": code}) | Q(**{f"{path}__istartswith": f"{code}-"})
        return wanted

    return condition


def named(text: str) -> Q:
    wanted = Q()
    for word in text.split():
        wanted &= Q(name__icontains=word)
    return wanted


def by_speaker(values: list[str]) -> Q:
    """Quotes whose speaker is a person we name, printed but not settled, or nobody who is named."""
    rows = Attribution.objects.filter(quote=OuterRef("pk"), role=SPEAKER)
    known, printed = Q(Exists(rows.filter(shown=True))), Q(Exists(rows.exclude(kind=Attribution.Kind.UNNAMED)))
    conditions = {"named": known, "unresolved": ~known & printed, "unnamed": ~known & ~printed}
    wanted = Q()
    for value in values:
        wanted |= conditions[value]
    return wanted


def speakers_in(path: str) -> Callable[[QuerySet], QuerySet[Attribution]]:
    """What is publicly said in the rows found, where the path leads to them from an attribution."""
    return lambda found: Attribution.objects.filter(role=SPEAKER, shown=True, **{f"{path}__in": found})


def unit(text: str) -> float:
    """A number from 0 to 1; a ValueError for anything else."""
    try:
        number = float(text)
    except ValueError:
        number = -1
    if not 0 <= number <= 1:
        raise ValueError(f"“{text[:40]}” is not a number from 0 to 1.")
    return number


def source_things(**kwargs: Any) -> Things:
    return Things(
        label="outlet",
        help_text="A source: slug or uid.",
        where="/api/v1/sources/",
        things=Source.objects.public,
        **kwargs,
    )


def story_things(path: str) -> Things:
    return Things(
        label="story", help_text="A story: slug or uid.", where="/api/v1/stories/", things=Story.objects.public,
        condition=in_stories(path),
    )  # fmt: skip


def person_things(label: str, help_text: str, **kwargs: Any) -> Things:
    return Things(
        label=label, help_text=f"{help_text}: slug or uid.", where="/api/v1/people/", things=known_people,
        stands_for=lambda person: person.canonical, **kwargs,
    )  # fmt: skip


def countries(column: str) -> Codes:
    return Codes(
        label="country", help_text="Of the source, as ISO 3166-1 alpha-2.", column=column,
        pattern="[A-Z]{2}", example="GB", fold=str.upper,
    )  # fmt: skip


def languages(path: str) -> Codes:
    return Codes(
        label="language", help_text="As BCP 47; en finds en-GB too.", condition=in_languages(path),
        pattern="[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", example="en",
    )  # fmt: skip


class ArticleFilterSet(CorpusFilterSet):
    q = Words(help_text="In headline and text: words, a “phrase”, OR, a minus before what must not occur.")
    from_ = Since()
    to = Until()
    speaker = person_things(
        "speaker", "Somebody quoted in it", condition=said_in_articles,
        facet=Facet("person__canonical", of=speakers_in("quote__article"), count="quote__article"),
    )  # fmt: skip
    mentioned = person_things("mentioned", "Somebody named in its text", condition=mentioned_in)
    source = source_things(column="source", facet=Facet("source"))
    kind = Choices(label="kind", column="kind", choices=Article.Kind.choices, facet=True)
    story = story_things("pk")
    country = countries("source__country")
    language = languages("language")
    has_quotes = Flag(
        label="has quotes", help_text="Whether public quotes stand in it.",
        condition=lambda _: Q(Exists(Quote.objects.public().filter(article=OuterRef("pk")))),
    )  # fmt: skip
    status = Choices(label="status", column="status", choices=Article.Status.choices, staff=True)

    orders = BY_DATE


class QuoteFilterSet(CorpusFilterSet):
    q = Words(help_text="In the quoted words: words, a “phrase”, OR, a minus before what must not occur.")
    from_ = Since()
    to = Until()
    speaker = person_things(
        "speaker", "Who says it", condition=lambda keys: Q(pk__in=shown(keys).values("quote")),
        facet=Facet("person__canonical", of=speakers_in("quote"), count="quote"),
    )  # fmt: skip
    speaker_is = Choices(
        label="speaker is", condition=by_speaker, facet=True,
        help_text="named: a person we know; unresolved: only as printed; unnamed: nobody is named.",
        choices=[("named", "named"), ("unresolved", "not settled"), ("unnamed", "unnamed")],
    )  # fmt: skip
    source = source_things(column="article__source", facet=Facet("article__source"))
    kind = Choices(label="kind", column="kind", choices=Quote.Kind.choices, facet=True)
    reading = Choices(
        label="reading", help_text="Whether an editor checked it.", facet=True,
        choices=[(value, label) for value, (label, _) in READINGS.items()],
        condition=lambda values: Q(status__in=[READINGS[value][1] for value in values]),
    )  # fmt: skip
    story = story_things("article")
    country = countries("article__source__country")
    article = Things(
        label="article", help_text="The article it stands in: uid.", where="/api/v1/articles/", slugs=False,
        things=Article.objects.public, column="article",
    )  # fmt: skip
    entry = Things(
        label="entry", help_text="The entry of a live blog it stands in: uid.", slugs=False, column="entry",
        where="the live blog in /api/v1/articles/", label_of=lambda entry: entry.uid,
        things=lambda: Passage.objects.filter(kind=Passage.Kind.ENTRY, capture__article__public=True),
    )  # fmt: skip
    confidence__gte = Text(
        label="confidence at least", help_text="Of the machine's reading, from 0 to 1.", parse=unit,
        condition=lambda least: Q(confidence__gte=least), schema={"type": "number", "minimum": 0, "maximum": 1},
    )  # fmt: skip
    status = Choices(label="status", column="status", choices=Quote.Status.choices, staff=True)

    orders = BY_DATE


class SourceFilterSet(CorpusFilterSet):
    q = Text(label="name", help_text="Words in its name.", condition=named)
    kind = Choices(label="kind", column="kind", choices=Source.Kind.choices, facet=True)
    country = countries("country")
    language = languages("language")

    orders = BY_NAME


class StoryFilterSet(CorpusFilterSet):
    q = Text(label="name", help_text="Words in its name.", condition=named)

    orders = BY_NAME
