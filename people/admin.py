"""People in the admin: who they are, the names they are printed under, the roles they held.

`articles.admin.identity` registers it, with what only articles know of people.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Concat
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from corpus.curating import CuratedAdmin, PlainChoices
from corpus.models import Decision, new_uid
from corpus.sites import Waiting
from people.models import Name, Pair, Person, Role
from people.names import matching_key


class MergedFilter(admin.SimpleListFilter):
    title = "merged"
    parameter_name = "merged"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "into somebody else"), ("all", "all")]

    def choices(self, changelist: Any) -> Iterator[Any]:
        everybody, *rest = super().choices(changelist)
        yield {**everybody, "display": "not merged"}
        yield from rest

    def queryset(self, request: HttpRequest, queryset: QuerySet[Person]) -> QuerySet[Person]:
        if self.value() == "yes":
            return queryset.exclude(canonical=F("pk"))
        return queryset if self.value() == "all" else queryset.filter(canonical=F("pk"))


class NameForm(forms.ModelForm):
    class Meta:
        model = Name
        fields = ("text", "kind")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [choice for choice in Name.Kind.choices if choice[0] != Name.Kind.CANONICAL]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]

    def clean_text(self) -> str:
        text = " ".join(self.cleaned_data["text"].split())
        if not any(map(str.isalnum, text)):
            raise forms.ValidationError("A name has letters or digits in it.")
        return text


class DecidedFormSet(forms.BaseInlineFormSet):
    """Rows that are decided together, as one field of the person."""

    def add_fields(self, form: Any, index: int | None) -> None:
        """In a table a field is named by the head of its column, which says nothing to who cannot see it."""
        super().add_fields(form, index)
        what = str(type(form.instance)._meta.verbose_name)
        for name, field in form.fields.items():
            widget = getattr(field.widget, "widget", field.widget)
            label = f"Delete this {what}" if name == "DELETE" else f"{field.label or name}, {what} {(index or 0) + 1}"
            widget.attrs["aria-label"] = label

    def said(self) -> list[dict[str, Any]]:
        """All rows as they are wanted, as the ledger keeps them."""
        wanted = (
            form.instance
            for form in self.forms
            if form.cleaned_data and not form.cleaned_data.get("DELETE") and (form.instance.pk or form.has_changed())
        )
        return [row.as_json() for row in wanted]


class NameFormSet(DecidedFormSet):
    def clean(self) -> None:
        super().clean()
        for form in self.forms:
            said = getattr(form, "cleaned_data", {})
            if form.has_changed() and not said.get("DELETE") and said.get("text") == self.instance.name:
                form.add_error("text", "This is the name they go by, above: it need not be said again.")


class NameInline(PlainChoices, admin.TabularInline):
    model = Name
    form = NameForm
    formset = NameFormSet
    extra = 0
    verbose_name_plural = "also printed as"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Name]:
        # The canonical name is the person's own, edited above.
        return super().get_queryset(request).exclude(kind=Name.Kind.CANONICAL)


class RoleInline(PlainChoices, admin.TabularInline):
    model = Role
    formset = DecidedFormSet
    fk_name = "person"
    extra = 0
    fields = ("title", "organisation_printed", "organisation", "since", "until")
    autocomplete_fields = ("organisation",)
    verbose_name_plural = "roles"


class PersonForm(forms.ModelForm):
    reason = forms.CharField(required=False, help_text="Kept in the history beside what you change.")

    class Meta:
        model = Person
        fields = ("name", "kind", "status", "pronouns", "wikidata", "note")

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_wikidata(self) -> str:
        item: str = self.cleaned_data["wikidata"].strip().upper()
        if item and not (item[0] == "Q" and item[1:].isdecimal()):
            raise forms.ValidationError("Write the number of an item, such as Q42.")
        other = Person.objects.filter(wikidata=item).exclude(pk=self.instance.pk).first() if item else None
        if other:
            raise forms.ValidationError(f"This is the item of {other} already.")
        return item


class PersonAdmin(CuratedAdmin):
    form = PersonForm
    change_form_template = "admin/people/person/change_form.html"
    inlines = (NameInline, RoleInline)
    list_display = ("name", "role", "kind", "status", "quotes", "public")
    list_filter = ("status", "kind", "public", MergedFilter)
    search_fields = ("name",)
    search_help_text = "Any name they are printed under, in any spelling of accents and capitals."
    actions = ("promote",)
    fieldsets = (
        (None, {"fields": ("name", "kind", "status", "pronouns", "wikidata", "note", "reason")}),
        ("In the corpus", {"fields": ("slug", "quotes", "public", "survivor", "created")}),
    )
    readonly_fields = ("slug", "quotes", "public", "survivor", "created")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        counted = Person.objects.filter(pk=OuterRef("pk")).order_by().values("pk")
        counted = counted.annotate(number=Count("merged__attributions", filter=Q(merged__attributions__role="speaker")))
        held = Role.objects.filter(person__canonical=OuterRef("pk")).order_by(F("since").desc(nulls_last=True), "-id")
        printed = Concat("title", Value(", "), "organisation_printed", output_field=CharField())
        return (
            super()
            .get_queryset(request)
            .annotate(
                quote_count=Coalesce(Subquery(counted.values("number")), 0),
                latest_role=Subquery(held.annotate(printed=printed).values("printed")[:1]),
            )
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Person], search_term: str
    ) -> tuple[QuerySet[Person], bool]:
        """By any of their names: each word asked for begins a word of one name's matching key."""
        if not search_term.strip():
            return queryset, False
        found = Name.objects.filter(person__canonical=OuterRef("pk"))
        for word in matching_key(search_term).split():
            found = found.filter(Q(key__startswith=word) | Q(key__contains=f" {word}"))
        return queryset.filter(Exists(found)), False

    def offered(self, rows: QuerySet[Person]) -> QuerySet[Person]:
        """Whom an autocomplete offers: nobody who was merged into another, or is said to be nobody."""
        return rows.filter(canonical=F("pk")).exclude(status=Person.Status.REJECTED)

    def describe(self, person: Person) -> str:
        """A line that tells namesakes apart."""
        about = [
            getattr(person, "latest_role", "") or "",
            person.get_kind_display() if person.kind != "individual" else "",
        ]
        about += ["candidate"] if person.status == Person.Status.CANDIDATE else []
        quotes = getattr(person, "quote_count", 0)
        about.append("1 quote" if quotes == 1 else f"{quotes} quotes")
        return f"{person.name} – {'; '.join(part.strip(', ') for part in about if part)}"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def get_readonly_fields(self, request: HttpRequest, obj: Person | None = None) -> tuple[str, ...]:
        return self.readonly_fields

    def get_fieldsets(self, request: HttpRequest, obj: Person | None = None) -> Any:
        if obj:
            return self.fieldsets
        return ((None, {"fields": ("name", "kind", "status", "pronouns", "wikidata", "note")}),)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"status": Person.Status.CURATED} | super().get_changeform_initial_data(request)

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        if not change:
            Person.objects.enrol_all([obj])

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Names, roles and what the form says are one act."""
        values = self.decisions(form) if change else {}
        for formset in formsets:
            formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
            if formset.has_changed():
                values["names" if formset.model is Name else "roles"] = formset.said()
        if "name" in values and "names" in values:
            values["names"] = Person.objects.get(pk=form.instance.pk).renamed(values["names"])
        if values:
            reason = form.cleaned_data.get("reason", "")
            self.decide([form.instance], values, by=request.user, batch=new_uid(), reason=reason)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Person]) -> None:
        # What an annotated queryset deletes is its rows, whatever it counts.
        Person.objects.filter(pk__in=[person.pk for person in queryset]).delete()

    def screen(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Beside what is decided: whom this one is merged with, and whom they are judged not to be; three queries."""
        absorbed = list(row.absorbed.order_by("name", "pk"))
        uids = [person.uid for person in [*absorbed, *([row] if row.merged_into_id else [])]]
        merged = Decision.objects.standing().filter(thing="people.person", field="merged_into")
        merges = merged.filter(thing_uid__in=uids)
        by_uid = {decision.thing_uid: decision for decision in merges}
        beside = Q(first__canonical=row.canonical_id) | Q(second__canonical=row.canonical_id)
        pairs = Pair.objects.filter(beside).exclude(answer=Pair.Answer.SAME).exclude(answer="", score=0)
        return super().screen(request, row) | {
            "absorbed": [(person, by_uid.get(person.uid)) for person in absorbed],
            "merge": by_uid.get(row.uid),
            "pairs": pairs.select_related("first", "second").order_by("answer", "-score", "id")[:50],
            "may_merge": request.user.has_perm("people.merge_person"),
        }

    def waiting(self) -> list[Waiting]:
        url = reverse("admin:people_person_candidates")
        rows = Person.objects.survivors().filter(status=Person.Status.CANDIDATE)
        why = "Candidates: promote them, or give them a better name."
        one = "person that only the machine knows"
        return [Waiting("people that only the machine knows", rows, url, why, order=4, one=one)]

    @admin.action(description="Promote to curated", permissions=["change"])
    def promote(self, request: HttpRequest, queryset: QuerySet[Person]) -> HttpResponse | None:
        rows = queryset.filter(status=Person.Status.CANDIDATE)
        return self.propose(
            request,
            rows,
            action="promote",
            title="Promote people",
            button=lambda n: f"Promote {n} {'person' if n == 1 else 'people'} to curated",
            do=lambda people, user, batch: self.decide(
                people, {"status": Person.Status.CURATED.value}, by=user, batch=batch
            ),
            done=lambda n: f"{n} {'person is' if n == 1 else 'people are'} curated now.",
            line=self.describe,
            left_out="Whoever is curated already is left out.",
        )

    @admin.display(description="latest role")
    def role(self, person: Person) -> str:
        return (getattr(person, "latest_role", "") or "").strip(", ")

    @admin.display(description="quotes", ordering="quote_count")
    def quotes(self, person: Person) -> SafeString | int:
        number = getattr(person, "quote_count", 0)
        if not number:
            return 0
        url = f"{reverse('admin:articles_quote_changelist')}?person={person.uid}"
        return format_html('<a href="{}">{}</a>', url, number)

    @admin.display(description="merged into")
    def survivor(self, person: Person) -> SafeString | str:
        if person.canonical_id in (None, person.pk):
            return "nobody"
        url = reverse("admin:people_person_change", args=[person.canonical_id])
        return format_html('<a href="{}">{}</a>', url, person.canonical)
