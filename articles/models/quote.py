"""Quote: somebody's words, anchored to the character; Attribution: whom they are given to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from articles.models.anchored import Anchored
from articles.models.article import Article
from articles.models.capture import Capture, Passage
from corpus.chunks import chunks
from corpus.models import one_of
from corpus.search import Searchable
from people.models import Person

#: What is read of an attribution by whoever is told who is credited; a person has many more columns.
CREDITED = (
    "quote", "role", "position", "printed", "kind", "open", "shown", "candidates",
    "person__canonical", "person__canonical__name", "person__canonical__slug",
)  # fmt: skip


class QuoteQuerySet(Searchable, models.QuerySet["Quote"]):
    def public(self) -> QuoteQuerySet:
        """What the gate lets out: of public articles, accepted quotes and suggestions above the threshold."""
        return self.filter(public=True)

    def witnesses(self) -> QuoteQuerySet:
        """Of what is public, each printing once: without those that a copy of an article only repeats."""
        return self.public().filter(reprint=False)

    def listed(self) -> QuoteQuerySet:
        """With everything a list shows of a quote, in two queries: article and source joined, speakers prefetched."""
        attributions = Attribution.objects.select_related("person__canonical").order_by("role", "position")
        return self.select_related("article__source", "entry").prefetch_related(
            models.Prefetch("attributions", attributions)
        )

    def credited(self) -> QuoteQuerySet:
        """With what a page says of speakers, in two queries: attributions with people, by name; and people's roles."""
        attributions = Attribution.objects.select_related("person__canonical").only(*CREDITED)
        return self.prefetch_related(
            models.Prefetch("attributions", attributions.order_by("role", "position")),
            "attributions__person__canonical__roles",
        )


class Quote(Anchored):
    """A span of somebody's words (several spans when broken by "she said"), in code points of its capture's text.

    ``start`` and ``end`` are the envelope; ``spans`` and ``marked`` lists of [start, end]; ``text`` the spans joined by
    " … ". Beside its columns a quote's curators decide "speaker", "via" and "addressee": its attributions by role.
    """

    class Kind(models.TextChoices):
        DIRECT = "direct", "quoted"
        MIXED = "mixed", "part quoted"
        INDIRECT = "indirect", "reported"
        DOCUMENT = "document", "letter or statement"

    class Status(models.TextChoices):
        SUGGESTED = "suggested", "suggested"
        ACCEPTED = "accepted", "accepted"
        REJECTED = "rejected", "rejected"

    class Anchor(models.TextChoices):
        EXACT = "exact", "where it was read"
        MOVED = "moved", "moved with a new capture"
        ORPHANED = "orphaned", "not found in the current capture"

    class SpeakerIs(models.TextChoices):
        NAMED = "named", "named"
        UNRESOLVED = "unresolved", "not settled"
        UNNAMED = "unnamed", "unnamed"

    class Relation(models.TextChoices):
        FULLEST = "fullest", "the fullest form"
        VARIANT = "variant", "the same words"
        FRAGMENT = "fragment", "part of the words"
        PARAPHRASE = "paraphrase", "in other words"

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="quotes")
    capture = models.ForeignKey(Capture, on_delete=models.CASCADE, related_name="quotes")
    entry = models.ForeignKey(Passage, null=True, blank=True, on_delete=models.SET_NULL, related_name="quotes")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    spans = models.JSONField()
    marked = models.JSONField(default=list, blank=True)
    boundaries = models.JSONField(default=list, blank=True, help_text="Opening and closing rule of each span.")
    text = models.TextField()
    prefix = models.CharField(max_length=32, blank=True)
    suffix = models.CharField(max_length=32, blank=True)
    kind = models.CharField(max_length=8, choices=Kind)
    cue = models.CharField(max_length=200, blank=True)
    cue_start = models.PositiveIntegerField(null=True, blank=True)
    cue_end = models.PositiveIntegerField(null=True, blank=True)
    nested_in = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="nested")
    confidence = models.FloatField(default=0)
    reasons = models.JSONField(default=list, blank=True)
    status = models.CharField(max_length=9, choices=Status, default=Status.SUGGESTED)
    reader = models.CharField(max_length=20, blank=True, help_text="Version of the reader; empty when made by hand.")
    found = models.BooleanField(default=True, editable=False, help_text="The latest reading still finds it.")
    unsure = models.BooleanField(default=False, help_text="An editor looked, and could not tell.")
    note = models.TextField(blank=True, help_text="For editors; never public.")
    anchor = models.CharField(max_length=8, choices=Anchor, default=Anchor.EXACT, editable=False)
    moment = models.BigIntegerField(default=0, editable=False, help_text="Of its entry, else its article.")
    utterance = models.ForeignKey(
        "articles.Utterance", null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="quotes",
        help_text="What it reports, if another quote reports it too.",
    )  # fmt: skip
    relation = models.CharField(
        max_length=10, choices=Relation, blank=True, editable=False, help_text="To the fullest form of its utterance."
    )
    reprint = models.BooleanField(
        default=False, editable=False, help_text="Its article is a copy of one that has these words too."
    )
    speaker_is = models.CharField(
        max_length=10, choices=SpeakerIs, default=SpeakerIs.UNNAMED, editable=False,
        help_text="Whether a speaker is shown as a person, is only printed, or nobody is named.",
    )  # fmt: skip
    public = models.BooleanField(default=False, editable=False)
    created = models.DateTimeField(auto_now_add=True)
    updated = models.DateTimeField(auto_now=True)

    objects = QuoteQuerySet.as_manager()

    #: While several quotes are decided on: attributions by role that are put and not written yet, and people by uid.
    waiting: dict[str, list[Attribution]] | None = None
    people: Mapping[str, Person] = {}

    class Meta:
        ordering = ["-moment", "-id"]
        constraints = [
            one_of("kind", ["direct", "mixed", "indirect", "document"], "a quote has a known kind"),
            one_of("status", ["suggested", "accepted", "rejected"], "a quote has a known status"),
            one_of("relation", ["", "fullest", "variant", "fragment", "paraphrase"], "a quote has a known relation"),
            one_of("anchor", ["exact", "moved", "orphaned"], "a quote has a known anchor state"),
            one_of("speaker_is", ["named", "unresolved", "unnamed"], "a quote's speaker is named or not"),
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="a quote starts before it ends"),
            models.CheckConstraint(
                condition=Q(confidence__gte=0, confidence__lte=1), name="confidence of a quote is 0 to 1"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="a quote has words"),
            models.CheckConstraint(
                condition=Q(public=False) | (~Q(status="rejected") & ~Q(anchor="orphaned")),
                name="rejected and orphaned quotes are never public",
            ),
            models.CheckConstraint(
                condition=Q(cue_start__isnull=True, cue_end__isnull=True) | Q(cue_start__lt=F("cue_end")),
                name="a cue starts before it ends",
            ),
        ]
        indexes = [
            # With "public" in it, SQLite counts and groups by date without a look at the rows.
            # And with the article, it asks for an outlet's without one.
            models.Index(
                fields=["-moment", "-id", "public", "article"], condition=Q(public=True), name="public_quotes_by_date"
            ),
            # One kind is looked for along this, be it ever so rare.
            models.Index(
                fields=["kind", "-moment", "-id", "public", "article"],
                condition=Q(public=True),
                name="public_quotes_of_a_kind",
            ),
            models.Index(
                fields=["speaker_is", "-moment", "-id", "public", "article"],
                condition=Q(public=True),
                name="public_quotes_by_speaker",
            ),
            # All that lists of an outlet's quotes are filtered and counted by.
            models.Index(
                fields=["article", "public", "moment", "kind", "reprint", "id"], name="public_quotes_of_an_article"
            ),
            models.Index(fields=["-moment", "-id"], name="quotes_by_date"),
            models.Index(fields=["article", "start"], name="quotes_in_text_order"),
            models.Index(fields=["capture", "start"], name="quotes_of_a_capture"),
            models.Index(fields=["status", "-confidence", "id"], name="quotes_to_review"),
            models.Index(fields=["id"], condition=Q(disputed__gt=""), name="disputed_quotes"),
            models.Index(fields=["id"], condition=Q(anchor="orphaned"), name="orphaned_quotes"),
            models.Index(fields=["id"], condition=Q(unsure=True), name="unsure_quotes"),
        ]

    def __str__(self) -> str:
        return self.text if len(self.text) <= 80 else f"{self.text[:79]}…"

    def get_absolute_url(self) -> str:
        return reverse("quote", args=[self.uid])

    @property
    def place(self) -> str:
        """Where its article's page shows it, whichever part of a long one that is."""
        return f"{self.article.get_absolute_url()}?quote={self.uid}#q-{self.uid}"

    @property
    def article_of(self) -> Article:
        return self.article

    @classmethod
    def prepare(cls, rows: Sequence[Quote], values: Iterable[Mapping[str, Any]]) -> None:
        uids = {
            said["person"]
            for one in values
            for role in Attribution.Role.values
            for said in one.get(role, ())
            if said.get("person")
        }
        people = {
            uid: person
            for some in chunks(uids)
            for uid, person in Person.objects.in_bulk(some, field_name="uid").items()
        }
        attributions = Attribution.objects.select_related("person").order_by("role", "position")
        models.prefetch_related_objects(list(rows), "capture", "article", models.Prefetch("attributions", attributions))
        for row in rows:
            row.waiting, row.people = {}, people

    @classmethod
    def write(cls, rows: Sequence[Quote]) -> None:
        """Save several quotes, with the attributions that waited; an upsert, which is many updates in one statement."""
        for some in chunks(rows, 200):
            for role in Attribution.Role.values:
                quotes = [row.pk for row in some if role in (row.waiting or {})]
                if quotes:
                    Attribution.objects.filter(quote__in=quotes, role=role).delete()
            Attribution.objects.bulk_create(
                [one for row in some for them in (row.waiting or {}).values() for one in them]
            )
            columns = [column.name for column in cls._meta.concrete_fields if column.name not in {"id", "created"}]
            cls._base_manager.bulk_create(some, update_conflicts=True, unique_fields=["id"], update_fields=columns)

    def forget(self) -> None:
        self.waiting, self.people = None, {}

    def effective(self, name: str) -> Any:
        """As for any anchored row; "speaker", "via" and "addressee" are lists of attributions by position."""
        if name not in Attribution.Role.values:
            return super().effective(name)
        if self.waiting is not None and name in self.waiting:
            return [row.as_json() for row in self.waiting[name]]
        return [row.as_json() for row in self.attributions.all() if row.role == name]

    def same(self, name: str, one: Any, other: Any) -> bool:
        """As for any anchored row; attributions are the same judgement if they name the same people, however surely."""
        if name in Attribution.Role.values:
            return [Attribution.whom(row) for row in one or []] == [Attribution.whom(row) for row in other or []]
        return super().same(name, one, other)

    def holds(self, name: str, decided: Any) -> bool:
        """As for any anchored row; where a name is printed moves from capture to capture with the quote."""
        if name in Attribution.Role.values:
            return [_whoever(row) for row in decided] == [_whoever(row) for row in self.effective(name)]
        return super().holds(name, decided) or (name == "spans" and self._was_carried_from(self.said(name, decided)))

    def _was_carried_from(self, decided: Mapping[str, Any]) -> bool:
        """Whether the quote stood there once, with these words, and was carried to where it stands."""
        anchors = self.past_anchors.filter(capture__uid=decided["capture"])
        return any(past.spans == decided["spans"] and past.text.split() == self.text.split() for past in anchors)

    def settled_by(self, name: str) -> set[str]:
        """Whoever accepts or rejects a quote again has seen all that the machine disputes."""
        return {name, *self.disputed.split()} if name == "status" else {name}

    def reopened_by(self, undone: Any, standing: Sequence[Any]) -> set[str]:
        """As for any curated row; of a status the machine disputes no more than that there is a quote at all."""
        if undone.field == "status":
            return {"found"} if self.status == self.Status.ACCEPTED and not self.found else set()
        return super().reopened_by(undone, standing)

    def disputable(self, name: str) -> bool:
        """As for any curated row; "found" is disputed when the reader no longer finds what somebody accepted."""
        return super().disputable(name) or (name == "found" and "status" in self.decided)

    def put(self, name: str, value: Any) -> None:
        """As for any anchored row; "spans" carries text and context along, a role replaces its attributions at once."""
        if name == "utterance":  # of which the gate asks nothing
            utterances: Any = type(self)._meta.get_field("utterance").remote_field.model
            before, self.utterance = self.utterance_id, utterances.objects.filter(uid=value).first() if value else None
            self.relation = self.relation if self.utterance_id == before else ""
            return
        # Whatever is decided, the gate stays shut until it is asked again.
        self.public = False
        if name in Attribution.Role.values and self.waiting is not None:
            self.waiting[name] = [
                Attribution.from_json(self, name, position, row, self.people) for position, row in enumerate(value)
            ]
        elif name in Attribution.Role.values:
            self.attributions.filter(role=name).delete()
            people = Person.objects.in_bulk([row["person"] for row in value if row.get("person")], field_name="uid")
            Attribution.objects.bulk_create(
                Attribution.from_json(self, name, position, row, people) for position, row in enumerate(value)
            )
            # What was prefetched is no longer so.
            getattr(self, "_prefetched_objects_cache", {}).pop("attributions", None)
        else:
            super().put(name, value)

    def standing(self) -> list[list[int]]:
        return [list(span) for span in self.spans]

    def stand_in(self, capture: Capture, spans: Sequence[Sequence[int]]) -> None:
        """As for any anchored row; offsets beside the spans mean nothing in another text, and the anchor says so."""
        current = capture.pk == self.article.capture_id
        if capture.pk != self.capture_id:
            self.marked, self.cue_start, self.cue_end, self.entry = [], None, None, None
            self.attributions.filter(start__isnull=False).update(start=None, end=None)
            for row in (row for rows in (self.waiting or {}).values() for row in rows):
                row.start = row.end = None
            getattr(self, "_prefetched_objects_cache", {}).pop("attributions", None)
        if not current:
            self.anchor = self.Anchor.ORPHANED
        elif capture.pk != self.capture_id or self.anchor == self.Anchor.ORPHANED:
            self.anchor = self.Anchor.MOVED
        super().stand_in(capture, spans)

    def stand(self, spans: Sequence[Sequence[int]]) -> None:
        """Stand on these spans of the capture's text: envelope, words and context follow."""
        text = self.capture.text
        self.spans = [list(span) for span in spans]
        self.start, self.end = spans[0][0], spans[-1][1]
        self.text = " … ".join(text[start:end] for start, end in spans)
        self.prefix = text[max(0, self.start - 32) : self.start]
        self.suffix = text[self.end : self.end + 32]


def _whoever(row: Mapping[str, Any]) -> dict[str, Any]:
    """An attribution, as the ledger keeps it, but for where its name is printed."""
    return {name: value for name, value in row.items() if name not in {"start", "end"}}


class Attribution(models.Model):
    """Whom a quote is given to, a row a role and position: as printed, as resolved, how sure and why.

    Rows of one role are decided together: when the quote's ``decided`` names the role, only people change them.
    ``shown`` is materialised: the public may see the person, else only the name as printed.
    """

    class Role(models.TextChoices):
        SPEAKER = "speaker", "speaker"
        VIA = "via", "via"
        ADDRESSEE = "addressee", "addressee"

    class Kind(models.TextChoices):
        INDIVIDUAL = "individual", "individual"
        ORGANISATION = "organisation", "organisation"
        GROUP = "group", "group"
        UNNAMED = "unnamed", "unnamed"

    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="attributions")
    role = models.CharField(max_length=9, choices=Role, default=Role.SPEAKER)
    position = models.PositiveSmallIntegerField(default=0)
    printed = models.CharField("as printed", max_length=300, blank=True)
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.INDIVIDUAL)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="attributions")
    name = models.CharField("as known in the article", max_length=300, blank=True)
    open = models.BooleanField("open list", default=False, help_text="Others belong to it that are not named.")
    confidence = models.FloatField(default=0)
    reasons = models.JSONField(default=list, blank=True)
    candidates = models.JSONField(default=list, blank=True, help_text="Names, person uids and reasons, best first.")
    shown = models.BooleanField(default=False, editable=False)
    moment = models.BigIntegerField(
        default=0, editable=False, help_text="Of its quote, so that a person's quotes sort."
    )
    reprint = models.BooleanField(
        default=False, editable=False, help_text="Of its quote, so that a person's quotes are counted."
    )

    class Meta:
        ordering = ["quote", "role", "position"]
        constraints = [
            one_of("role", ["speaker", "via", "addressee"], "an attribution has a known role"),
            one_of("kind", ["individual", "organisation", "group", "unnamed"], "an attribution has a known kind"),
            models.UniqueConstraint(fields=["quote", "role", "position"], name="one attribution a role and position"),
            models.CheckConstraint(
                condition=Q(confidence__gte=0, confidence__lte=1), name="confidence of an attribution is 0 to 1"
            ),
            models.CheckConstraint(
                condition=Q(start__isnull=True, end__isnull=True) | Q(start__lt=F("end")),
                name="a printed name starts before it ends",
            ),
            models.CheckConstraint(
                condition=Q(kind="unnamed", person__isnull=True) | ~Q(kind="unnamed"), name="the unnamed are nobody"
            ),
            models.CheckConstraint(condition=Q(shown=False) | Q(person__isnull=False), name="only a person is shown"),
        ]
        indexes = [
            models.Index(fields=["person", "role", "-moment"], name="attributions_of_a_person"),
            # All that it takes to count who says how much, and when; with the conditions in it SQLite looks at no row.
            models.Index(
                fields=["person", "role", "moment", "quote", "shown", "reprint"],
                condition=Q(shown=True, reprint=False),
                name="shown_attributions",
            ),
            models.Index(
                fields=["person", "role", "position", "quote", "shown"], condition=Q(shown=True), name="shown_speakers"
            ),
        ]

    def __str__(self) -> str:
        return self.printed or self.name or "nobody named"

    def as_json(self) -> dict[str, Any]:
        """The attribution as the ledger keeps it; the person by uid."""
        fields = ["printed", "start", "end", "kind", "name", "open", "confidence", "reasons", "candidates"]
        return {field: getattr(self, field) for field in fields} | {"person": self.person.uid if self.person else None}

    @staticmethod
    def whom(row: Mapping[str, Any]) -> tuple[Any, ...]:
        """Whom an attribution, as the ledger keeps it, is to: the person, else the name as known or as printed."""
        if row.get("person"):
            return (row["person"],)
        return (row.get("kind") or "individual", row.get("name") or row.get("printed") or "")

    @classmethod
    def from_json(
        cls, quote: Quote, role: str, position: int, row: Mapping[str, Any], people: Mapping[str, Person]
    ) -> Attribution:
        """An unsaved attribution from what `as_json` gave; missing keys take their defaults."""
        fields = {key: value for key, value in row.items() if key != "person"}
        start, end = fields.get("start"), fields.get("end")
        if start is not None and quote.capture.text[start:end][:300] != fields.get("printed"):
            # Counted in the text of another capture.
            fields |= {"start": None, "end": None}
        person = people.get(row.get("person") or "")
        return cls(quote=quote, role=role, position=position, person=person, moment=quote.moment, **fields)


class PastAnchor(models.Model):
    """Where a quote stood in an earlier capture."""

    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="past_anchors")
    capture = models.ForeignKey(Capture, on_delete=models.CASCADE, related_name="+")
    spans = models.JSONField()
    text = models.TextField()

    class Meta:
        ordering = ["quote", "capture"]
        constraints = [models.UniqueConstraint(fields=["quote", "capture"], name="one past anchor a quote and capture")]

    def __str__(self) -> str:
        return f"{self.quote_id} in {self.capture_id}"
