"""Who exists: persons of every kind, the names they are printed under and the roles they held."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import IntegrityError, models
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.db.models.functions import Replace
from django.urls import reverse

from corpus import locks
from corpus.chunks import chunks
from corpus.models import Addressed, Curated, new_uid, one_of
from people import names


class PersonQuerySet(models.QuerySet["Person"]):
    def survivors(self) -> PersonQuerySet:
        """Without those that were merged into another."""
        return self.filter(canonical=F("pk"))

    def public(self) -> PersonQuerySet:
        """Whom the public may see: somebody a public quote is publicly attributed to."""
        return self.filter(public=True)


class PersonManager(models.Manager.from_queryset(PersonQuerySet)):  # type: ignore[misc]
    def enrol(self, name: str, **fields: Any) -> Person:
        """A new person with this canonical name, a slug nobody has, and itself as survivor."""
        return self.enrol_all([self.model(name=name, **fields)])[0]

    def enrol_all(self, people: Sequence[Person]) -> list[Person]:
        """Store new people: each gets a slug nobody has, itself as survivor and its canonical name."""
        taken = self._taken(Counter(names.slug(person.name) for person in people))
        for person in people:
            base = names.slug(person.name)
            person.slug = next(slug for slug in _numbered(base) if slug not in taken)
            taken.add(person.slug)
        made: list[Person] = self.bulk_create(people)
        for some in chunks(person.pk for person in made):
            self.filter(pk__in=some).update(canonical=F("pk"))
        for person in made:
            person.canonical_id = person.pk
        Name.objects.bulk_create(
            Name(person=person, text=person.name, kind=Name.Kind.CANONICAL, key=names.matching_key(person.name))
            for person in made
        )
        return made

    def _taken(self, wanted: Counter[str]) -> set[str]:
        """The slugs that stand in the way of so many people each: looked up by themselves, a few numbers at a time."""
        taken: set[str] = set()
        first, last = 1, 1
        while wanted:
            asked = {base: list(itertools.islice(_numbered(base), first - 1, last)) for base in wanted}
            for some in chunks(itertools.chain(*asked.values())):
                taken.update(self.filter(slug__in=some).values_list("slug", flat=True))
            wanted -= Counter({base: sum(slug not in taken for slug in slugs) for base, slugs in asked.items()})
            first, last = last + 1, 8 * last
        return taken


def _numbered(base: str) -> Iterator[str]:
    """A slug, and what stands for it where it is taken: "ann-ash", "ann-ash-2", …"""
    return itertools.chain([base], (f"{base}-{number}" for number in itertools.count(2)))


class Person(Curated):
    """Somebody, or some body, that can speak: an individual, an organisation or a group."""

    class Kind(models.TextChoices):
        INDIVIDUAL = "individual", "individual"
        ORGANISATION = "organisation", "organisation"
        GROUP = "group", "group"

    class Status(models.TextChoices):
        CANDIDATE = "candidate", "candidate"
        CURATED = "curated", "curated"
        REJECTED = "rejected", "nobody"

    kind = models.CharField(max_length=12, choices=Kind, default=Kind.INDIVIDUAL)
    status = models.CharField(
        max_length=9,
        choices=Status,
        default=Status.CANDIDATE,
        help_text="Machines make candidates; people make curated ones, or say that a name is nobody's.",
    )
    slug = models.SlugField(max_length=120, unique=True)
    name = models.CharField(max_length=200, help_text="In full, without titles, as the corpus prints it.")
    pronouns = models.CharField(max_length=40, blank=True, help_text="If known: she/her, he/him, they/them.")
    wikidata = models.CharField(
        max_length=20, blank=True, help_text="Their item in Wikidata, by which lists of people are matched: Q42."
    )
    note = models.TextField(blank=True, help_text="For editors; never public.")
    canonical = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.RESTRICT, related_name="merged",
        help_text="The survivor of all merges; itself for a survivor. Follows from what is decided on merged_into.",
    )  # fmt: skip
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.RESTRICT, related_name="absorbed",
        help_text="Whom somebody decided this is the same as; that one may be merged into another in turn.",
    )  # fmt: skip
    public = models.BooleanField(default=False, editable=False)
    spoken = models.PositiveIntegerField(
        default=0, editable=False,
        help_text="Of a candidate, in how many quotes they speak, but for rejected ones: by it they are listed.",
    )  # fmt: skip
    created = models.DateTimeField(auto_now_add=True)

    objects = PersonManager()
    #: Their other names as they were put last, while others of their fields are put too.
    wanted: list[dict[str, Any]] | None = None

    class Meta:
        ordering = ["name", "id"]
        verbose_name_plural = "people"
        permissions = [("merge_person", "Can merge and split people")]
        constraints = [
            one_of("kind", ["individual", "organisation", "group"], "a person is an individual, organisation or group"),
            one_of("status", ["candidate", "curated", "rejected"], "a person is a candidate, curated or rejected"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(slug=""), name="a person has a name and a slug"),
            models.CheckConstraint(
                condition=Q(wikidata="") | Q(wikidata__startswith="Q"), name="an item of Wikidata begins with Q"
            ),
            models.UniqueConstraint(
                fields=["wikidata"], condition=~Q(wikidata=""), name="an item of Wikidata is one person"
            ),
            models.CheckConstraint(
                condition=Q(canonical__isnull=True)
                | Q(merged_into__isnull=True, canonical=F("pk"))
                | (Q(merged_into__isnull=False) & ~Q(canonical=F("pk"))),
                name="whoever is merged into nobody is their own survivor",
            ),
        ]
        indexes = [
            models.Index(fields=["name", "id"], name="people_by_name"),
            models.Index(
                fields=["-spoken", "id"],
                condition=Q(status="candidate", spoken__gt=0),
                name="candidates_by_quotes",
            ),
            models.Index(fields=["name", "id"], condition=Q(public=True), name="public_people_by_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("person", args=[self.slug])

    def put(self, name: str, value: Any) -> None:
        """As for any curated row; a decided name becomes the canonical one of its names at once, and the slug stays.

        A merge, or its undoing, takes along whoever was merged into this one: their survivor is this one's. "names" and
        "roles" replace those rows at once; a role keeps its uid, and so does one that is put back.
        """
        match name:
            case "merged_into":
                self._merge(value)
            case "names":
                self.wanted = self.said(name, value)
                self._go_by(self.wanted)
            case "roles":
                self._hold(value)
            case _:
                super().put(name, value)
        if name == "name" and self.pk:
            self.names.filter(text=self.name).exclude(kind=Name.Kind.CANONICAL).delete()
            self.names.filter(kind=Name.Kind.CANONICAL).update(text=self.name, key=names.matching_key(self.name))
            if self.wanted is not None:
                # One of them may have been that of the person till now.
                self._go_by(self.wanted)

    def effective(self, name: str) -> Any:
        """As for any curated row; "names" and "roles" are lists of what `Name.as_json` and `Role.as_json` give."""
        if name == "names":
            if self.wanted is not None:
                return self.wanted
            return self.said(name, [row.as_json() for row in self.names.exclude(kind=Name.Kind.CANONICAL)])
        if name == "roles":
            return self.said(name, [row.as_json() for row in self.roles.select_related("organisation")])
        return super().effective(name)

    def said(self, name: str, value: Any) -> Any:
        """As for any curated row; names and roles in one order, whatever the database's, and new roles with a uid."""
        if name == "names":
            kinds = {row["text"]: row.get("kind") or Name.Kind.ALIAS.value for row in value}
            return [{"text": text, "kind": kinds[text]} for text in sorted(kinds) if names.matching_key(text)]
        if name == "roles":
            empty = {"organisation_printed": "", "organisation": None, "since": None, "until": None}
            rows = [{**empty, **row, "uid": row.get("uid") or new_uid()} for row in value]
            return sorted(rows, key=lambda row: (row["since"] or "", row["title"], row["uid"]))
        return value

    def holds(self, name: str, decided: Any) -> bool:
        """As for any curated row; their own name need not stand among the others, and an organisation may be gone."""
        if name == "names":
            others = [row for row in self.said(name, decided) if row["text"] != self.name]
            return bool(others == self.effective(name))
        if name == "roles":
            there = self._bodies(decided)
            rows = [{**row, "organisation": row["organisation"] if row["organisation"] in there else None}
                    for row in self.said(name, decided)]  # fmt: skip
            return bool(rows == self.effective(name))
        return super().holds(name, decided)

    @classmethod
    def called(cls, name: str) -> str:
        return {"names": "also printed as", "roles": "roles"}.get(name, "")

    @classmethod
    def worded(cls, name: str, value: Any) -> str | None:
        if name == "names":
            return "; ".join(f"{row['text']}, {row['kind']}" for row in value or ())
        if name == "roles":
            return "; ".join(map(_role_in_words, value or ()))
        return None

    def renamed(self, others: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """These other names, and the one they went by till now: what was printed before is still printed there."""
        known = {row["text"] for row in others}
        return [*others, *([] if self.name in known else [{"text": self.name, "kind": Name.Kind.ALIAS.value}])]

    def forget(self) -> None:
        self.wanted = None

    def _go_by(self, wanted: Sequence[Mapping[str, Any]]) -> None:
        """Have just these names beside their own."""
        others = self.names.exclude(kind=Name.Kind.CANONICAL)
        kinds = {row["text"]: row["kind"] for row in wanted if row["text"] != self.name}
        for row in others:
            kind = kinds.pop(row.text, None)
            if kind is None:
                row.delete()
            elif kind != row.kind:
                self.names.filter(pk=row.pk).update(kind=kind)
        Name.objects.bulk_create(
            Name(person=self, text=text, kind=kind, key=names.matching_key(text)) for text, kind in kinds.items()
        )

    def _hold(self, wanted: Sequence[Mapping[str, Any]]) -> None:
        """Have held just these roles."""
        bodies = self._bodies(wanted)
        rows = {row["uid"]: row for row in wanted if row["title"]}
        self.roles.exclude(uid__in=list(rows)).delete()
        there = set(self.roles.values_list("uid", flat=True))
        for uid, row in rows.items():
            fields = {column: row[column] for column in ("title", "organisation_printed", "since", "until")}
            fields["organisation_id"] = bodies.get(row["organisation"])
            if uid in there:
                self.roles.filter(uid=uid).update(**fields)
            else:
                Role.objects.create(person=self, uid=uid, **fields)

    @staticmethod
    def _bodies(roles: Iterable[Mapping[str, Any]]) -> dict[str, int]:
        """The ids of the organisations of roles, by uid, of those that are still there."""
        uids = {row.get("organisation") for row in roles} - {None}
        return dict(Person.objects.filter(uid__in=uids).values_list("uid", "pk")) if uids else {}

    def _merge(self, uid: str | None) -> None:
        locks.hold("identities")
        below = self.absorbed_all()
        super().put("merged_into", uid)
        survivor = self.merged_into.canonical if self.merged_into else self
        if survivor is None or (uid and survivor.pk in {self.pk, *below}):
            raise IntegrityError(f"{self} cannot be merged into {self.merged_into}, which is merged into {self}.")
        self.canonical = survivor
        # Whatever is decided, the gate stays shut until it is asked again.
        self.public = False
        for some in chunks(below):
            Person.objects.filter(pk__in=some).update(canonical=survivor)

    def absorbed_all(self) -> set[int]:
        """The ids of whoever was merged into this one, or into one of those, without its own."""
        if self.canonical_id == self.pk:
            return set(Person.objects.filter(canonical=self).exclude(pk=self.pk).values_list("pk", flat=True))
        found: set[int] = set()
        level = {self.pk}
        while level:
            level = set(Person.objects.filter(merged_into__in=level).values_list("pk", flat=True)) - found
            found |= level
        return found


class PairQuerySet(models.QuerySet["Pair"]):
    def between(self, one: Any, other: Any) -> PairQuerySet:
        """The pairs of anybody merged into the one survivor with anybody merged into the other (rows or references)."""
        return self.filter(
            Q(first__canonical=one, second__canonical=other) | Q(first__canonical=other, second__canonical=one)
        )

    def open(self) -> PairQuerySet:
        """What waits for an answer: two survivors that the machine thinks alike, and that nobody judged in any form.

        A pair speaks for the survivors of its two: when one was merged into a third, it is about that third.
        """
        judged = Pair.objects.exclude(answer=Pair.Answer.OPEN)
        one, other = OuterRef("first__canonical"), OuterRef("second__canonical")
        waiting = self.filter(answer=Pair.Answer.OPEN, score__gt=0).exclude(first__canonical=F("second__canonical"))
        # Either way round by itself: asked for in one, PostgreSQL would hold every pair against every judged one.
        return waiting.filter(
            ~Exists(judged.filter(first__canonical=one, second__canonical=other)),
            ~Exists(judged.filter(first__canonical=other, second__canonical=one)),
        )


class Pair(Curated):
    """Two people that may be the same; ``answer`` is what somebody decided about it, and holds for ever.

    The lower id stands first. ``evidence`` lists {"for": bool, "code", "text"}, strongest first.
    """

    class Answer(models.TextChoices):
        OPEN = "", "open"
        SAME = "same", "the same"
        UNSURE = "unsure", "unsure"
        DIFFERENT = "different", "different people"

    first = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="pairs_as_first")
    second = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="pairs_as_second")
    score = models.FloatField(default=0, help_text="How likely they are the same, 0 to 1, as the machine sees it.")
    evidence = models.JSONField(default=list, blank=True)
    answer = models.CharField(max_length=9, choices=Answer, default=Answer.OPEN, blank=True)
    proposed = models.CharField(max_length=9, choices=Answer, default=Answer.OPEN, blank=True, editable=False)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+",
        help_text="An editor without the right to merge, whose answer awaits one who has it.",
    )  # fmt: skip
    proposed_why = models.TextField(blank=True, editable=False)
    created = models.DateTimeField(auto_now_add=True)

    objects = PairQuerySet.as_manager()

    class Meta:
        ordering = ["-score", "id"]
        constraints = [
            one_of("answer", ["", "same", "unsure", "different"], "a pair has a known answer"),
            one_of("proposed", ["", "same", "unsure", "different"], "a pair has a known proposal"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="a pair is of two people, in order"),
            models.UniqueConstraint(fields=["first", "second"], name="two people are one pair"),
        ]
        indexes = [models.Index(fields=["-score", "id"], condition=Q(answer=""), name="open_pairs")]

    def __str__(self) -> str:
        return f"{self.first} and {self.second}"


def _role_in_words(row: Mapping[str, Any]) -> str:
    words = ", ".join(part for part in (row["title"], row.get("organisation_printed")) if part)
    since, until = row.get("since") or "", row.get("until") or ""
    return f"{words} ({since}–{until})" if since or until else words


def _word(trim: str) -> models.GeneratedField:
    """A column with the last word of the key (RTRIM) or its first (LTRIM): trimmed of its letters from that end on, the
    key is what stands beside that word."""
    letters = Replace(F("key"), Value(" "), Value(""))
    beside = Func("key", letters, function=trim, output_field=models.CharField())
    word = models.CharField(max_length=200)
    return models.GeneratedField(
        expression=Func("key", beside, Value(""), function="REPLACE"), output_field=word, db_persist=True, db_index=True
    )


class Name(models.Model):
    """A form under which somebody is printed; ``key`` is what forms are matched by."""

    class Kind(models.TextChoices):
        CANONICAL = "canonical", "canonical"
        ALIAS = "alias", "alias"
        ABBREVIATION = "abbreviation", "abbreviation"
        MISSPELLING = "misspelling", "misspelling"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="names")
    text = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.ALIAS)
    key = models.CharField(max_length=200, editable=False, db_index=True)
    # Misspelt and shortened forms of one name mostly share one of these two.
    first_word = _word("LTRIM")
    last_word = _word("RTRIM")

    class Meta:
        ordering = ["person", "id"]
        constraints = [
            one_of("kind", ["canonical", "alias", "abbreviation", "misspelling"], "a name has a known kind"),
            models.UniqueConstraint(fields=["person", "text"], name="a person has a name once"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(kind="canonical"), name="a person has one canonical name"
            ),
            models.CheckConstraint(condition=~Q(text="") & ~Q(key=""), name="a name has text and a key"),
        ]

    def __str__(self) -> str:
        return self.text

    def as_json(self) -> dict[str, Any]:
        """The name as the ledger keeps it."""
        return {"text": self.text, "kind": self.kind}


class Role(Addressed):
    """What somebody was, where, and from when to when; an open end is empty."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="roles")
    title = models.CharField(max_length=200, help_text="As printed: general secretary.")
    organisation_printed = models.CharField("organisation as printed", max_length=200, blank=True)
    organisation = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="holders", help_text="As resolved."
    )
    since = models.DateField("from", null=True, blank=True)
    until = models.DateField("to", null=True, blank=True)

    class Meta:
        ordering = ["person", "since", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(since__lte=F("until")),
                name="a role does not end before it begins",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="a role has a title"),
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.organisation_printed}" if self.organisation_printed else self.title

    def as_json(self) -> dict[str, Any]:
        """The role as the ledger keeps it; days in ISO 8601, the organisation by uid."""
        return {
            "uid": self.uid,
            "title": self.title,
            "organisation_printed": self.organisation_printed,
            "organisation": self.organisation.uid if self.organisation else None,
            "since": str(self.since) if self.since else None,
            "until": str(self.until) if self.until else None,
        }
