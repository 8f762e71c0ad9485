"""What articles, quotes, sources and stories can be filtered by: on pages, in the API and in its CSV."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import connections
from django.db.models import (
    BigIntegerField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.lookups import IsNull

from articles.models import Article, Attribution, Capture, Mention, Passage, Quote, Source, Story, Utterance
from articles.models.quote import QuoteQuerySet
from corpus.filters import (
    Choices,
    Codes,
    CorpusFilterSet,
    Facet,
    Flag,
    Order,
    Picked,
    Since,
    Text,
    TextField,
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


#: Who is given more than this many quotes is looked for along the list, others by theirs.
MANY = 4_000
#: About so many of their quotes stand for all of them.
SOME = 2_000


class People(Things):
    """People in a role of a quote's attributions, whichever of their merged selves it was given to.

    ``to`` leads from an attribution to what is listed, ``back`` from there to the attributions.
    """

    def __init__(self, *, what: str, role: str, to: str, back: str, **kwargs: Any) -> None:
        super().__init__(
            help_text=f"{what}: slug or uid.", where="/api/v1/people/", things=Person.objects.public, **kwargs
        )
        self.role, self.to, self.back = role, to, back

    def resolve(self, values: Sequence[str]) -> list[Picked]:
        """One query: the selves of those asked for, of whom the survivor must be public."""
        asked = Person.objects.filter(Q(uid__in=values) | Q(slug__in=values), canonical__public=True)
        given = Attribution.objects.filter(person=OuterRef("pk"), role=self.role, shown=True)
        far = given.order_by("position", "quote").values("quote")[MANY : MANY + 1]  # of the index alone
        last = Quote.objects.order_by("-pk").values("pk")[:1]
        rows = Person.objects.filter(canonical__in=asked.values("canonical"))
        survivors: dict[int, tuple[str, str]] = {}
        selves: dict[int, list[int]] = {}
        about: Counter[int] = Counter()
        of: dict[str, int] = {}
        for pk, survivor, uid, slug, name, so_far, until in rows.values_list(
            "pk", "canonical", "uid", "slug", "name", Subquery(far), Subquery(last)
        ):
            if survivor == pk:
                survivors[survivor] = slug, name
            selves.setdefault(survivor, []).append(pk)
            of |= {uid: survivor, slug: survivor}
            if so_far:
                # So many of theirs are among the quotes up to that one.
                about[survivor] += MANY * until // so_far
        for value in values:
            if value not in of:
                raise ValidationError(
                    f"There is no “{value[:60]}” here; {self.where} lists what there is.", code="missing"
                )
        meant = dict.fromkeys(of[value] for value in values)
        return [Picked(*survivors[key], key, (tuple(selves[key]), about[key])) for key in meant]

    def condition(self, value: list[Picked]) -> Q:
        # What is excluded is looked for along the list as well: most rows stay.
        if self.exclude or self.many_of(value):
            return Q(Exists(self.rows(value).filter(**{self.to: OuterRef("pk")})))
        return Q(pk__in=self.rows(value).values(self.to))

    def sampled(self, qs: QuerySet, value: list[Picked]) -> QuerySet:
        if connections[qs.db].vendor == "postgresql" or self.exclude or not self.many_of(value):
            return self.whole(qs, value)
        # SQLite would find everything they say before the first row.
        return qs.filter(**{f"{self.back}__{name}": one for name, one in self.said(value).items()}).distinct()

    def whole(self, qs: QuerySet, value: list[Picked]) -> QuerySet:
        if self.exclude or not value:
            return self.filter(qs, value)
        return qs.filter(pk__in=self.rows(value).values(self.to))

    def probed(self, qs: QuerySet, value: list[Picked]) -> QuerySet:
        if not value or not self.exclude:
            return self.filter(qs, value)
        # For an EXISTS PostgreSQL would find everything they say before the first row.
        first = self.rows(value).filter(**{self.to: OuterRef("pk")}).values("pk")[:1]
        return qs.filter(IsNull(Subquery(first), True))

    def some(self, qs: QuerySet, value: list[Picked]) -> QuerySet:
        if not self.along(value):
            return self.filter(qs, value)
        turn = ExpressionWrapper(F("quote") % Value(max(1, self.many_of(value) // SOME)), BigIntegerField())
        return qs.filter(pk__in=self.rows(value).alias(turn=turn).filter(turn=0).values(self.to))

    def along(self, value: list[Picked]) -> bool:
        return not self.exclude and bool(self.many_of(value))

    @staticmethod
    def many_of(value: list[Picked]) -> int:
        """About how many quotes are given to those who have very many."""
        return sum(picked.more[1] for picked in value or ())

    def rows(self, value: list[Picked]) -> QuerySet[Attribution]:
        return Attribution.objects.filter(**self.said(value)).order_by()

    def said(self, value: list[Picked]) -> dict[str, Any]:
        """What an attribution to those asked for is like."""
        return {"role": self.role, "shown": True, "person__in": [pk for picked in value for pk in picked.more[0]]}


def known_people() -> QuerySet[Person]:
    """People the public may ask for; whoever was merged into one of them answers to their old address."""
    return Person.objects.filter(Q(public=True) | Q(canonical__public=True)).select_related("canonical")


def mentioned_in(keys: list[int]) -> Q:
    """Articles whose text, as far as the public may read it, names these people."""
    return Q(pk__in=Mention.objects.public().filter(person__canonical__in=keys).values("capture__article"))


def mentions_within() -> QuerySet[Mention]:
    """What is named between the first and the last word of a quote, whoever says it aside."""
    own = Attribution.objects.filter(
        quote=OuterRef(OuterRef("pk")), start__lte=OuterRef("end"), end__gte=OuterRef("start")
    )
    return Mention.objects.filter(
        ~Exists(own), capture=OuterRef("capture"), start__gte=OuterRef("start"), end__lte=OuterRef("end")
    )


def mentioned_by(keys: list[int]) -> Q:
    """Quotes whose words name these people."""
    named = Mention.objects.filter(person__canonical__in=keys)
    return Q(capture__in=named.values("capture")) & Q(Exists(mentions_within().filter(person__canonical__in=keys)))


def persons_named(path: str) -> Callable[[QuerySet], QuerySet[Mention]]:
    """The mentions of people that the public may see, in the texts of the rows found."""
    return lambda found: Mention.objects.public().filter(person__canonical__public=True, **{f"{path}__in": found})


def stories_of_quotes(found: QuerySet) -> QuerySet:
    """The places in stories of the articles of the quotes found, once for each of these quotes."""
    through = Story.articles.through.objects
    return through.filter(article__quotes__in=found)


def members(found: QuerySet) -> QuerySet:
    """The places in stories of the articles found."""
    return Story.articles.through.objects.filter(article__in=found)


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


def speakers_in(path: str, role: str = SPEAKER) -> Callable[[QuerySet], QuerySet[Attribution]]:
    """What is publicly said in the rows found, where the path leads to them from an attribution."""
    return lambda found: Attribution.objects.filter(role=role, shown=True, **{f"{path}__in": found})


def once_a_quote(role: str) -> QuerySet[Attribution]:
    """What is publicly said, a quote's people once each: somebody may be in it twice, under the name of a merged self.

    Cheaper than to count distinct quotes, for only who comes second needs a look at who comes first.
    """
    given = Attribution.objects.filter(role=role, shown=True)
    before = given.filter(
        quote=OuterRef("quote"), position__lt=OuterRef("position"), person__canonical=OuterRef("person__canonical")
    )
    return given.filter(Q(position=0) | ~Exists(before))


def said_in_all(role: str) -> QuerySet[Person]:
    """Everybody who is publicly in a quote, as ``key``, and in how many, ``n``."""
    # Whoever is shown is so in a public quote. Without GROUP BY: SQLite would count everything twice.
    given = Attribution.objects.filter(role=role, shown=True)
    before = given.filter(
        quote=OuterRef("quote"), position__lt=OuterRef("position"), person__canonical=OuterRef(OuterRef("pk"))
    )
    own = given.filter(person__canonical=OuterRef("pk")).order_by()
    number = Func(F("position"), function="COUNT", output_field=IntegerField())

    def count(rows: QuerySet[Attribution]) -> Subquery:
        return Subquery(rows.annotate(number=number).values("number"))

    # Apart, for whoever comes first in a quote is counted by the index alone.
    n = count(own.filter(position=0)) + count(own.filter(~Exists(before), position__gt=0))
    return Person.objects.survivors().filter(Exists(own)).annotate(key=F("pk"), n=n)


def quoted_in_all() -> QuerySet[Any, Any]:
    """Every source with public quotes, as ``key``, and how many, ``n``."""
    rows = Article.objects.public().filter(quoted__gt=0).order_by()
    return rows.annotate(key=F("source")).values("key").annotate(n=Sum("quoted"))


def people_facet(role: str) -> Facet:
    return Facet(
        "person__canonical", of=speakers_in("quote", role), count="quote",
        once=lambda found: once_a_quote(role).filter(quote__in=found), whole=lambda: said_in_all(role),
    )  # fmt: skip


def by_kind_of_speaker(values: list[str]) -> Q:
    return Q(Exists(Attribution.objects.filter(quote=OuterRef("pk"), role=SPEAKER, kind__in=values)))


def without(**conditions: Q) -> Callable[[list[str]], Q]:
    """Rows in which any of these is empty."""
    return lambda values: reduce(or_, (conditions[value] for value in values))


def empties(**conditions: Q) -> Choices:
    """``empty``: rows without something; ``empty!``: rows that have it."""
    return Choices(
        label="without", help_text="Rows in which this is empty; with an exclamation mark, rows that have it.",
        choices=[(name, name) for name in conditions], condition=without(**conditions), exclusive=False, quiet=True,
    )  # fmt: skip


def nobody(role: str) -> Q:
    return ~Q(Exists(Attribution.objects.filter(quote=OuterRef("pk"), role=role)))


def in_article(text: str) -> Q:
    return Q(article__in=Article.objects.public().matching(text).values("pk"))


def in_quotes(text: str) -> Q:
    return Q(pk__in=Quote.objects.public().matching(text).values("article"))


def words(text: str) -> str:
    """A search with something to look for; a ValueError for one without."""
    return Words._parse(text)


def uids() -> Codes:
    return Codes(
        label="uid", help_text="Just these.", column="uid", pattern="[0-9a-z]{1,16}", example="7kq2wz9mxd", quiet=True
    )


def vague(path: str) -> Callable[[list[str]], Q]:
    """Rows whose article is dated only so exactly."""
    return lambda precisions: Q(**{f"{path}published_precision__in": precisions})


def vague_quotes(precisions: list[str]) -> Q:
    same = Quote.objects.filter(pk=OuterRef("pk"), article__published_precision__in=precisions)
    # Looked up only for what stands at the first of a month; a join would cost every row.
    return Q(Exists(same.filter(Q(entry=None) | Q(entry__day=None))))


class Copies(Text):
    """``copies``: with what is only printed again, without it, or just that; ``repeats`` are the rows that are such."""

    choices: ClassVar[dict[str, str]] = {"include": "with the others", "exclude": "left out", "only": "only these"}

    def __init__(self, repeats: Q, **kwargs: Any) -> None:
        schema = {"type": "string", "enum": list(self.choices), "default": "include"}
        super().__init__(label="copies", parse=self._named, schema=schema, **kwargs)
        self.conditions = {"include": Q(), "exclude": ~repeats, "only": repeats}

    @property
    def field(self) -> forms.Field:
        offered = [("" if value == "include" else value, label) for value, label in self.choices.items()]
        return TextField(parse=self.parse, label=self.label, widget=forms.Select(choices=offered), **self.extra)

    def _named(self, text: str) -> str:
        if text not in self.choices:
            raise ValueError(f"“{text[:40]}” is not said of copies; choose from {', '.join(self.choices)}.")
        return text

    def condition(self, value: str) -> Q:
        return self.conditions[value]

    def picked(self, value: str | None) -> list[Picked]:
        return [] if value in (None, "include") else [Picked(value, self.choices[value], value)]


def unit(text: str) -> float:
    """A number from 0 to 1; a ValueError for anything else."""
    try:
        number = float(text)
    except ValueError:
        number = -1
    if not 0 <= number <= 1:
        raise ValueError(f"“{text[:40]}” is not a number from 0 to 1.")
    return number


def count(text: str) -> int:
    """A number of things; a ValueError for anything else."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 6):
        raise ValueError(f"“{text[:40]}” is not a number; write a whole one, such as 3.")
    return int(text)


def at_least(column: str, label: str, help_text: str) -> Text:
    """Rows in which a column of figures holds so many or more."""
    return Text(
        label=label, help_text=help_text, parse=count, condition=lambda least: Q(**{f"{column}__gte": least}),
        schema={"type": "integer", "minimum": 0},
    )  # fmt: skip


def source_things(**kwargs: Any) -> Things:
    return Things(
        label="outlet",
        help_text="A source: slug or uid.",
        where="/api/v1/sources/",
        things=Source.objects.public,
        **kwargs,
    )


def printed_by(keys: list[int]) -> Q:
    """Quotes of these outlets; a subquery, for with a join SQLite looks at every article before the first quote."""
    return Q(article__in=Article.objects.filter(source__in=keys).order_by().values("pk"))


def story_things(path: str, facet: Facet | None = None) -> Things:
    return Things(
        label="story", help_text="A story, by its slug (as in its address) or uid.", where="/api/v1/stories/",
        things=Story.objects.public, condition=in_stories(path), facet=facet,
    )  # fmt: skip


def article_things(column: str, **kwargs: Any) -> Things:
    return Things(
        label="article", help_text="The article it stands in: uid.", where="/api/v1/articles/", slugs=False,
        things=Article.objects.public, column=column, facet=Facet(column, label="headline"), **kwargs,
    )  # fmt: skip


def person_things(label: str, help_text: str, **kwargs: Any) -> Things:
    return Things(
        label=label, help_text=f"{help_text}: slug or uid.", where="/api/v1/people/", things=known_people,
        stands_for=lambda person: person.canonical, **kwargs,
    )  # fmt: skip


def countries(column: str) -> Codes:
    return Codes(
        label="country", help_text="Of the source: two letters, such as GB (ISO 3166-1).", column=column,
        pattern="[A-Z]{2}", example="GB", fold=str.upper,
    )  # fmt: skip


def languages(path: str, **kwargs: Any) -> Codes:
    return Codes(
        label="language", help_text="Such as en, which finds en-GB too (BCP 47).", column=path,
        condition=in_languages(path), pattern="[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", example="en", **kwargs,
    )  # fmt: skip


class ArticleFilterSet(CorpusFilterSet):
    q = Words(help_text="In headline and text: words, a “phrase”, OR, a minus before what must not occur.")
    from_ = Since()
    to = Until()
    speaker = People(
        label="speaker", what="Somebody quoted in it", role=SPEAKER, to="quote__article", back="quotes__attributions",
        facet=Facet("person__canonical", of=speakers_in("quote__article"), count="quote__article"),
    )  # fmt: skip
    mentioned = person_things(
        "mentioned", "Somebody named in its text", condition=mentioned_in,
        facet=Facet("person__canonical", of=persons_named("capture__article"), count="capture__article"),
    )  # fmt: skip
    source = source_things(column="source", facet=Facet("source"))
    kind = Choices(label="kind", column="kind", choices=Article.Kind.choices, facet=True)
    story = story_things("pk", Facet("story", of=members, count="article"))
    country = countries("source__country")
    language = languages("language")
    has_quotes = Flag(
        label="has quotes", help_text="Whether public quotes stand in it.",
        condition=lambda _: Q(quoted__gt=0),
    )  # fmt: skip
    copies = Copies(
        Q(reprint_of__isnull=False),
        help_text="Articles whose text is mostly that of another one here, such as agency copy.",
    )  # fmt: skip
    quote_q = Text(
        label="words quoted", help_text="Words in its quotes, as q.", parse=words, condition=in_quotes, quiet=True
    )
    published_basis = Choices(
        label="date", help_text="How its date is known.", column="published_basis",
        choices=[(value, label) for value, label in Article.Basis.choices if value], quiet=True,
    )  # fmt: skip
    empty = empties(
        date=Q(moment=0), url=Q(url=""), byline=Q(byline=""), language=Q(language=""), headline=Q(headline=""),
        story=~Q(Exists(Story.articles.through.objects.filter(article=OuterRef("pk")))),
    )  # fmt: skip
    uid = uids()
    status = Choices(label="status", column="status", choices=Article.Status.choices, staff=True)

    orders = BY_DATE
    dated = "moment"
    vague = staticmethod(vague(""))


class QuoteFilterSet(CorpusFilterSet):
    q = Words(help_text="In the quoted words: words, a “phrase”, OR, a minus before what must not occur.")
    from_ = Since()
    to = Until()
    speaker = People(
        label="speaker", what="Who says it", role=SPEAKER, to="quote", back="attributions",
        facet=people_facet(SPEAKER),
    )  # fmt: skip
    speaker_is = Choices(
        label="speaker is", column="speaker_is", choices=Quote.SpeakerIs.choices, facet=True,
        help_text="named: a person we know; unresolved: only as printed; unnamed: nobody is named.",
    )  # fmt: skip
    source = source_things(condition=printed_by, facet=Facet("article__source", whole=quoted_in_all))
    kind = Choices(label="kind", column="kind", choices=Quote.Kind.choices, facet=True)
    reading = Choices(
        label="reading", help_text="Whether an editor checked it.", facet=True,
        choices=[(value, label) for value, (label, _) in READINGS.items()],
        condition=lambda values: Q(status__in=[READINGS[value][1] for value in values]),
    )  # fmt: skip
    story = story_things("article", Facet("story", of=stories_of_quotes, count="article__quotes"))
    country = countries("article__source__country")
    article = article_things("article", quiet=True)
    entry = Things(
        label="entry", help_text="The entry of a live blog it stands in: uid.", slugs=False, column="entry", quiet=True,
        where="/api/v1/entries/", label_of=lambda entry: entry.uid,
        facet=Facet("entry", label="uid"),  # its heading is not everybody's
        things=lambda: Passage.objects.filter(kind=Passage.Kind.ENTRY, capture__article__public=True),
    )  # fmt: skip
    copies = Copies(
        Q(reprint=True),
        help_text="What a copy of an article only repeats. Left out, words count once.",
    )  # fmt: skip
    mentioned = person_things("mentioned", "Somebody whom its words name", condition=mentioned_by, quiet=True)
    addressed_to = People(
        label="addressed to", what="To whom it is said", role=Attribution.Role.ADDRESSEE, quiet=True,
        to="quote", back="attributions", facet=people_facet(Attribution.Role.ADDRESSEE),
    )  # fmt: skip
    via = People(
        label="through", what="Through whom the words came", role=Attribution.Role.VIA, quiet=True,
        to="quote", back="attributions", facet=people_facet(Attribution.Role.VIA),
    )  # fmt: skip
    speaker_kind = Choices(
        label="kind of speaker", help_text="What a speaker is.", choices=Attribution.Kind.choices,
        condition=by_kind_of_speaker, exclusive=False, quiet=True,
    )  # fmt: skip
    article_q = Text(
        label="words in the article", help_text="Words in the article it stands in, as q.", parse=words,
        condition=in_article, quiet=True,
    )  # fmt: skip
    article_kind = Choices(label="kind of article", column="article__kind", choices=Article.Kind.choices, quiet=True)
    language = languages("article__language", quiet=True)
    confidence__gte = Text(
        label="confidence at least", help_text="Of the machine's reading, from 0 to 1.", parse=unit,
        condition=lambda least: Q(confidence__gte=least), schema={"type": "number", "minimum": 0, "maximum": 1},
    )  # fmt: skip
    confidence__lte = Text(
        label="confidence at most", help_text="Of the machine's reading, from 0 to 1.", parse=unit, quiet=True,
        condition=lambda most: Q(confidence__lte=most), schema={"type": "number", "minimum": 0, "maximum": 1},
    )  # fmt: skip
    empty = empties(
        speaker=~Q(Exists(Attribution.objects.filter(quote=OuterRef("pk"), role=SPEAKER, shown=True))),
        addressed_to=nobody(Attribution.Role.ADDRESSEE), via=nobody(Attribution.Role.VIA), entry=Q(entry=None),
        nested_in=~Q(nested_in__public=True), date=Q(moment=0),
        story=~Q(Exists(Story.articles.through.objects.filter(article=OuterRef("article")))),
    )  # fmt: skip
    utterance = Things(
        label="utterance", help_text="What it reports, with other quotes: uid.", slugs=False, column="utterance",
        where="/api/v1/utterances/", things=Utterance.objects.public, label_of=lambda utterance: utterance.uid,
        quiet=True,
    )  # fmt: skip
    elsewhere = Flag(
        label="printed elsewhere", help_text="Whether another outlet printed these words too, whole or in part.",
        condition=lambda _: Q(utterance__public=True, utterance__outlets__gte=2),
    )  # fmt: skip
    uid = uids()
    status = Choices(label="status", column="status", choices=Quote.Status.choices, staff=True)

    orders = BY_DATE
    dated = "moment"
    vague = staticmethod(vague_quotes)


def reported() -> QuoteQuerySet:
    """Public quotes of utterances; without the null that would make "not one of these" mean nothing."""
    return Quote.objects.public().filter(utterance__isnull=False)


class ReportedWords(Text):
    """``q`` of utterances: words in any of the forms in which one was printed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label="words", parse=words, **kwargs)

    def condition(self, value: str) -> Q:
        return Q(pk__in=reported().matching(value).values("utterance"))

    def filter(self, qs: QuerySet, value: str | None) -> QuerySet:
        found = reported().matching(value or "")
        # A common word is looked for along the list: to find whatever has it first takes a quarter of a second.
        common = bool(value) and found.walked() is not found
        return self.probed(qs, value) if common else super().filter(qs, value)

    def whole(self, qs: QuerySet, value: str | None) -> QuerySet:
        return super().filter(qs, value)

    def probed(self, qs: QuerySet, value: str | None) -> QuerySet:
        if not value:
            return qs
        return qs.filter(Exists(reported().filter(utterance=OuterRef("pk")).matching(value).walked(many=True)))


def reported_in_stories(keys: list[int]) -> Q:
    """Utterances that an article of these stories reports."""
    members = Story.articles.through.objects.filter(story__in=keys)
    return Q(pk__in=reported().filter(article__in=members.values("article")).values("utterance"))


def vague_utterances(precisions: list[str]) -> Q:
    """Utterances of which the first quote is dated only so exactly."""
    first = Quote.objects.public().filter(
        utterance=OuterRef("pk"), moment=OuterRef("moment"), article__published_precision__in=precisions
    )
    return Q(Exists(first.filter(Q(entry=None) | Q(entry__day=None))))


class UtteranceFilterSet(CorpusFilterSet):
    q = ReportedWords(
        help_text="In any of its printed forms: words, a “phrase”, OR, a minus before what must not occur."
    )
    from_ = Since()
    to = Until()
    speaker = People(
        label="speaker", what="Somebody whom an outlet gives it to", role=SPEAKER,
        to="quote__utterance", back="quotes__attributions",
        facet=Facet("person__canonical", of=speakers_in("quote__utterance"), count="quote__utterance"),
    )  # fmt: skip
    source = source_things(
        condition=lambda keys: Q(pk__in=reported().filter(article__source__in=keys).values("utterance")),
        facet=Facet("article__source", of=lambda found: reported().filter(utterance__in=found), count="utterance"),
    )  # fmt: skip
    story = Things(
        label="story", help_text="A story: slug or uid.", where="/api/v1/stories/", things=Story.objects.public,
        condition=reported_in_stories,
        facet=Facet(
            "story",
            of=lambda found: Story.articles.through.objects.filter(
                article__quotes__public=True, article__quotes__utterance__in=found
            ),
            count="article__quotes__utterance",
        ),
    )  # fmt: skip
    min_outlets = at_least("outlets", "outlets at least", "How many outlets printed it, in whatever form.")
    words_changed__gte = at_least(
        "words_changed", "words changed at least", "How many words some outlet printed otherwise than the fullest form."
    )
    conflict = Flag(
        label="conflict", help_text="Whether outlets give the words to different people.",
        condition=lambda _: Q(conflict=True),
    )  # fmt: skip
    uid = uids()

    orders = {
        "-date": Order("-moment", "Newest first"),
        "date": Order("moment", "Oldest first"),
        "-outlets": Order("-outlets", "Most outlets"),
        "-words_changed": Order("-words_changed", "Most words changed"),
    }
    dated = "moment"
    vague = staticmethod(vague_utterances)
    # Whatever they are asked by is found by way of their quotes.
    countable = 2_500


AS_TAKEN = {"-added": Order("-id", "Latest added first"), "added": Order("id", "First added first")}
IN_PLACE = {**AS_TAKEN, "place": Order("start", "By place in the text")}


class CaptureFilterSet(CorpusFilterSet):
    article = article_things("article")
    source = source_things(column="article__source", facet=Facet("article__source"))
    how = Choices(label="how", help_text="How it came in.", column="how", choices=Capture.How.choices)
    current = Flag(
        label="current", help_text="Whether it is the latest of its article.",
        condition=lambda _: Q(article__capture=F("pk")),
    )  # fmt: skip
    text_sha256 = Codes(
        label="SHA-256 of the text",
        column="text_sha256",
        pattern="[0-9a-f]{64}",
        example="46509c3e… (64 digits)",
        quiet=True,
    )
    raw_sha256 = Codes(
        label="SHA-256 of the bytes",
        column="raw_sha256",
        pattern="[0-9a-f]{64}",
        example="46509c3e… (64 digits)",
        quiet=True,
    )
    uid = uids()

    orders = AS_TAKEN


class PassageFilterSet(CorpusFilterSet):
    kind = Choices(label="kind", column="kind", choices=Passage.Kind.choices)
    article = article_things("capture__article")
    source = source_things(column="capture__article__source", facet=Facet("capture__article__source"))
    story = story_things("capture__article")
    from_ = Since("capture__article__moment")
    to = Until("capture__article__moment")
    empty = empties(heading=Q(heading=""), at=Q(day=None), author=Q(author=""), addressee=Q(addressee=""))
    uid = uids()

    orders = IN_PLACE


class EntryFilterSet(PassageFilterSet):
    kind = None  # type: ignore[assignment]  # every one is an entry


class MentionFilterSet(CorpusFilterSet):
    person = person_things(
        "person", "Who is named", condition=lambda keys: Q(person__canonical__in=keys),
        facet=Facet("person__canonical", of=lambda found: found.filter(person__canonical__public=True)),
    )  # fmt: skip
    kind = Choices(label="kind", column="kind", choices=Person.Kind.choices)
    article = article_things("capture__article")
    source = source_things(column="capture__article__source", facet=Facet("capture__article__source"))
    story = story_things("capture__article")
    from_ = Since("capture__article__moment")
    to = Until("capture__article__moment")
    empty = empties(person=~Q(person__canonical__public=True), roles=Q(roles=[]))
    uid = uids()

    orders = IN_PLACE


class SourceFilterSet(CorpusFilterSet):
    q = Text(label="name", help_text="Words in its name.", condition=named)
    kind = Choices(label="kind", column="kind", choices=Source.Kind.choices, facet=True)
    country = countries("country")
    language = languages("language")

    orders = BY_NAME


class StoryFilterSet(CorpusFilterSet):
    q = Text(label="name", help_text="Words in its name.", condition=named)

    orders = BY_NAME
