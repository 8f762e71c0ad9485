"""Report an error: a form that needs no account, no cookie and no third party.

Against machines that fill in forms: a field that people do not see, a signed stamp that says when the form was asked
for and on what, counts by address of the client and of all together, and a bound on what waits (`articles.reports`).
The form has a page of its own, which is never kept, so that the pages that lead to it stay the same for everybody.

Against forged requests there is no token, for there is nothing to forge: nobody is logged in, and whatever a foreign
page could have a reader's browser send, its maker can send alone. What it could do is use up that reader's share, or
send in their name without their knowing; so what a browser says comes from another site is refused, and the stamp,
which no other site can read, must be there.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from django import forms
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from rest_framework.throttling import BaseThrottle

from articles import gone, reports
from articles.models import Article, Quote, Report
from corpus import shared

#: Nobody reads the form and says what is wrong in less (seconds); nobody takes longer.
SOONEST = 3
LATEST = timedelta(days=1)
HOUR = 3600
#: Reports an hour: of one address, and of all.
OF_ONE, OF_ALL = 6, 200
AGAIN = "Look at it once more and send it again: "


class ReportForm(forms.Form):
    kind = forms.ChoiceField(
        label="What is wrong", choices=Report.Kind.choices, widget=forms.RadioSelect,
        error_messages={"required": "Choose what is wrong; “something else” is a choice too."},
    )  # fmt: skip
    text = forms.CharField(
        label="What should it be, and how do you know?",
        max_length=reports.CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={
            "required": "Say in a few words what is wrong: an editor has only these to go by.",
            "max_length": f"At most {reports.CHARACTERS:,} characters, please: the editor sees the rest here.",
        },
    )
    email = forms.EmailField(
        label="Your e-mail, if we may ask back",
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="Optional. Only editors see it, and it is deleted as soon as they have answered the report.",
        error_messages={"invalid": "This is no e-mail address: leave it out, or write it as name@example.org."},
    )
    # People do not see it, and are told to leave it empty in case they do.
    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}))
    stamp = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, uid: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.uid = uid
        self.signer = signing.TimestampSigner(salt="articles.report")

    def stamped(self) -> str:
        """The stamp that came with it, else one of now: what is sent again is as old as what was sent first."""
        given = self.data.get("stamp", "")
        try:
            if self.signer.unsign(given, max_age=LATEST) == self.uid:
                return given
        except signing.BadSignature:
            pass
        return self.signer.sign(self.uid)

    def clean_stamp(self) -> str:
        stamp: str = self.cleaned_data["stamp"]
        try:
            about = self.signer.unsign(stamp, max_age=LATEST)
        except signing.BadSignature:
            raise forms.ValidationError(f"{AGAIN}the form had been open for too long.") from None
        if about != self.uid:
            raise forms.ValidationError(f"{AGAIN}the form was one for another page.")
        try:
            self.signer.unsign(stamp, max_age=SOONEST)
        except signing.SignatureExpired:
            return stamp
        raise forms.ValidationError(f"{AGAIN}it came faster than anybody can write.")


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def article(request: HttpRequest, uid: str) -> HttpResponse:
    """Report an error in an article."""
    found = Article.objects.public().select_related("source").filter(uid=uid).first()
    return _report(request, found, None, uid) if found else gone.article(request, uid)


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def quote(request: HttpRequest, uid: str) -> HttpResponse:
    """Report an error in a quote."""
    found = Quote.objects.public().listed().filter(uid=uid).first()
    return _report(request, found.article, found, uid) if found else gone.quote(request, uid)


def _report(request: HttpRequest, article: Article, quote: Quote | None, uid: str) -> HttpResponse:
    noun = "quote" if quote else "article"
    form = ReportForm(request.POST if request.method == "POST" else None, uid=uid)
    status = 200
    if request.method == "POST":
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
            status = 403
            form.add_error(None, "This was sent from another site; send it from this page.")
        elif _too_many(request):
            status = 429
            form.add_error(None, "That is more than we can read in an hour; send it again in an hour, please.")
        elif form.is_valid():
            said = form.cleaned_data
            try:
                if not said["website"]:
                    reports.take(article, quote, kind=said["kind"], text=said["text"], email=said["email"])
            except reports.Enough as error:
                status = 429
                form.add_error(None, f"{error} Come back when some of them are answered.")
            else:
                # A form that is asked for again by mistake is not sent again.
                return HttpResponseRedirect(f"{reverse(f'{noun}-report', args=[uid])}?sent")
        else:
            status = 400
    context = {
        "article": article, "quote": quote, "noun": noun, "thing": quote or article, "form": form,
        "stamp": form.stamped(), "sent": "sent" in request.GET, "section": f"{noun}s",
    }  # fmt: skip
    response = render(request, "report.html", context, status=status)
    if status == 429:
        response["Retry-After"] = str(HOUR)
    return response


def _too_many(request: HttpRequest) -> bool:
    """Whether this address, or all together, sent more in this hour than is read; counts this one."""
    until = (int(time.time()) // HOUR + 1) * HOUR
    mine = shared.count(f"report {BaseThrottle().get_ident(request)}", until)  # type: ignore[arg-type]
    return mine > OF_ONE or shared.count("reports", until) > OF_ALL
