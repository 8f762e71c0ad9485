"""Take people in: a list uploaded, and a line for everybody of what became, or would become, of them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from articles import enlisting
from articles.admin.take_in import sentence_of
from people.models import Person
from people.roster_files import COLUMNS, Listed, Wrong, parse_mapping, read_roster

RIGHTS = ("people.add_person", "people.change_person", "people.add_name", "people.add_role")


class EnlistForm(forms.Form):
    file = forms.FileField(
        label="A list", widget=forms.FileInput(attrs={"accept": ".json,.csv,.tsv"}),
        help_text=f"Popolo JSON, or CSV with columns such as {', '.join(COLUMNS)}: a row a role.",
    )  # fmt: skip
    mapping = forms.CharField(
        required=False, label="Columns", widget=forms.TextInput(attrs={"class": "vTextField", "spellcheck": "false"}),
        help_text="Where they are called otherwise: name=Member, role=Office, from=Elected.",
    )  # fmt: skip
    reason = forms.CharField(required=False, help_text="Kept in the history beside what changes.")
    dry_run = forms.BooleanField(required=False, initial=True, label="Only say what would happen; store nothing")

    listed: list[Listed | Wrong]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return said
        try:
            mapping = parse_mapping(said["mapping"])
        except ValueError as error:
            raise forms.ValidationError({"mapping": sentence_of(error)}) from error
        try:
            self.listed = read_roster(said["file"].name, said["file"].read(), mapping)
        except ValueError as error:
            raise forms.ValidationError({"file": f"{said['file'].name} {error}."}) from error
        return said


def view(request: HttpRequest) -> HttpResponse:
    """The screen; taking in twice what is there already changes nothing."""
    assert isinstance(request.user, User)
    if not request.user.has_perms(RIGHTS):
        raise PermissionDenied
    form = EnlistForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    steps, dry_run = None, True
    if form.is_valid():
        said = form.cleaned_data
        dry_run = said["dry_run"]
        reason = said["reason"] or f"Imported from {said['file'].name}"
        steps = enlisting.enlist(form.listed, by=request.user, reason=reason, dry_run=dry_run)
    context = {
        **admin.site.each_context(request),
        "title": "Take people in",
        "opts": Person._meta,
        "form": form,
        "lines": steps,
        "dry_run": dry_run,
        "refused": "Nobody was taken in",
    }
    request.current_app = admin.site.name
    return TemplateResponse(request, "admin/people/enlist.html", context)


def urls() -> list[URLPattern]:
    return [path("people/person/enlist/", admin.site.admin_view(view), name="people_person_enlist")]
