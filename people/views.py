"""The public list of people, and what lists of their words share.

The page of one is made of quotes, and stands in `articles.person_views`.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django.db.models import IntegerField, OuterRef, QuerySet, Subquery
from django.urls import reverse

from corpus.paging import TALLY_CAP
from corpus.search import Phrase, parse
from corpus.views import FilteredListView
from people.filters import PersonFilterSet
from people.meant import meant
from people.models import Person
from people.names import matching_key


def attributions() -> QuerySet[Any]:
    """What is publicly given to people, without what a copy of an article only repeats: each printing counts once.

    The rows are those of `articles`, which this app knows only from behind.
    """
    rows = Person._meta.get_field("attributions").related_model._default_manager
    return rows.filter(role="speaker", shown=True, reprint=False)


class NumberOfQuotes(Subquery):
    """How many quotes a subquery has: counted no further than it is cut off, where COUNT would find them all."""

    template = "(SELECT COUNT(DISTINCT counted.quote) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


class PersonList(FilteredListView):
    model = Person
    filterset = PersonFilterSet
    title = "People"
    noun = "people"
    api = "api-people-list"
    facets = ("kind", "source")
    extra_context = {"item_template": "people/_item.html", "one": "person", "cap": TALLY_CAP}

    def meant(self, items: list[Person]) -> list[dict[str, str]]:
        found = meant(self.filter.words, but=[one.pk for one in items])
        return [{"name": one.name, "url": reverse("person", args=[one.slug])} for one in found]

    def get_queryset(self) -> QuerySet[Person]:
        said = attributions().filter(person__canonical=OuterRef("pk")).order_by().values("quote")
        # A quote may be given twice to somebody, as one who was merged; PostgreSQL makes rows distinct before it cuts.
        rows = super().get_queryset().annotate(quote_count=NumberOfQuotes(said[: 2 * TALLY_CAP + 2]))
        return rows.prefetch_related("roles")


class SpeakerList(FilteredListView):
    """A list of what people say, which offers whom a name may mean that nobody has, or that is looked for in words."""

    #: Filters by people.
    of_people: ClassVar[tuple[str, ...]] = ("speaker", "mentioned", "addressed_to", "via")

    def better_address(self) -> str:
        """As for any list; and whoever is asked for by name is asked for by what stands for it in an address."""
        exact = [one["url"] for one in self.instead if one["exact"]]
        return super().better_address() or (exact[0] if len(exact) == 1 == len(self.faults) else "")

    def meant(self, items: list[Any]) -> list[dict[str, str]]:
        if self.faults:
            return self.instead
        found = meant(plain(self.filter.words))
        return [{"name": one.name, "url": self.url_as({"q", "speaker"}, ("speaker", one.slug))} for one in found]

    @cached_property
    def instead(self) -> list[dict[str, str]]:
        """Who may stand in the place of somebody that a filter does not know; "exact" is "" for a slip."""
        found = []
        for fault in self.faults:
            given = [one.strip() for text in self.request.GET.getlist(fault.parameter) for one in text.split(",")]
            wrong = next((one for one in given if f"“{one}”" in fault.message), "")
            if fault.parameter.removesuffix("!") in self.of_people and wrong:
                kept = [(fault.parameter, one) for one in given if one not in {"", wrong}]
                found += [
                    {
                        "name": one.name,
                        "url": self.url_as({fault.parameter}, *kept, (fault.parameter, one.slug)),
                        "exact": one.name if matching_key(one.name) == matching_key(wrong) else "",
                    }
                    for one in meant(wrong)
                ]
        return found


def plain(words: str) -> str:
    """The words that are searched for, "" if the search says more than which."""
    groups = parse(words).groups
    wanted = groups[0].wanted if len(groups) == 1 and not groups[0].unwanted else ()
    phrases = [one for one in wanted if isinstance(one, Phrase) and not one.prefix]
    return " ".join(word for one in phrases for word in one.words) if len(phrases) == len(wanted) else ""
