"""Marking by hand: words selected in an article become a quote, entry, passage or mention; and its text is corrected.

All of it works as plain forms; the script only fills them in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from articles import byhand, curation, marked, pipeline, rendering
from articles.byhand import Unclear
from articles.intake import normalise_text
from articles.models import Article, Attribution, Capture, Mention, Passage, Quote
from articles.reading.model import Span
from corpus import conflicts, ledger
from corpus.conflicts import is_number
from corpus.curating import changed, conflict_page, undo_button
from corpus.models import new_uid

WHAT = {"quote": "Quote", "entry": "Entry", "passage": "Passage", "mention": "Mention"}
#: What a stretch of text can be said to be; an entry has fields of its own.
KINDS = [(kind, label) for kind, label in Passage.Kind.choices if kind != Passage.Kind.ENTRY]
OTHER_TEXT = "A newer capture of the article came in while you looked at this: mark it in the text as it is now."


class MarkForm(forms.Form):
    """What is marked, and where: one form for all four, of which each uses its own fields."""

    what = forms.ChoiceField(choices=list(WHAT.items()), initial="quote", widget=forms.RadioSelect)
    words = forms.CharField(
        required=False, strip=False, widget=forms.Textarea(attrs={"rows": 4, "class": "printed"}),
        help_text="Select them in the text, or paste them; “one … two” where other words break in.",
    )  # fmt: skip
    where = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"inputmode": "numeric", "placeholder": "120–145"}),
        help_text="Characters from the start of the text. Needed only where the words stand more than once.",
    )  # fmt: skip
    kind = forms.ChoiceField(choices=Quote.Kind.choices, required=False)
    speaker = forms.CharField(
        required=False, max_length=200, widget=forms.TextInput(attrs={"list": "people", "autocomplete": "off"}),
        help_text="Full name, or slug; empty: not said here.",
    )  # fmt: skip
    heading = forms.CharField(
        required=False,
        max_length=300,
        help_text="Empty: its first line. One line selected is a heading; its entry goes on to the next.",
    )
    day = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    time = forms.TimeField(required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    passage = forms.ChoiceField(label="This is", choices=KINDS, required=False)
    person = forms.CharField(
        required=False, max_length=200, widget=forms.TextInput(attrs={"list": "people", "autocomplete": "off"}),
        help_text="Full name, or slug.",
    )  # fmt: skip
    reason = forms.CharField(required=False, help_text="Kept in the history.")
    #: Fields that only one thing has.
    of = {"kind": "quote", "speaker": "quote", "heading": "entry", "day": "entry", "time": "entry",
          "passage": "passage", "person": "mention"}  # fmt: skip

    def __init__(self, *args: Any, article: Article, quote: Quote | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.article, self.quote = article, quote
        for field in self.fields.values():
            if isinstance(field.widget, forms.TextInput | forms.Textarea):
                field.widget.attrs.setdefault("class", "vTextField")
        for name in ("where", "kind", "speaker") if quote else ():
            self.fields[name].show_hidden_initial = True  # what the form showed comes back with it: see `changed`

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return said
        assert self.article.capture is not None
        try:
            said["spans"] = byhand.spans_of(self.article.capture.text, said["where"], said["words"])
            if said["what"] != "quote" and len(said["spans"]) > 1:
                raise Unclear("where", "This stands in one place; only quotes are broken by other words.")
            if said["what"] == "mention" and not said["person"].strip():
                raise Unclear("person", "Say who is named.")
            for name in ("speaker", "person"):
                if self.of[name] == said["what"] and name in changed(self) and said[name].strip():
                    said[name] = byhand.somebody(said[name], name)
        except Unclear as error:
            self.add_error(error.field, str(error))
        return said

    def rows(self) -> list[tuple[Any, str]]:
        """The fields in order, each with the one thing it is of, or ""."""
        return [(field, self.of.get(field.name, "")) for field in self if field.name != "what"]


class CorrectForm(forms.Form):
    text = forms.CharField(
        strip=False, widget=forms.Textarea(attrs={"rows": 28, "class": "printed", "spellcheck": "false"}),
        label="The text as it should have been found",
    )  # fmt: skip
    reason = forms.CharField(max_length=300, help_text="Such as: the scan has “modem” for “modern”.")

    def clean_text(self) -> str:
        return normalise_text(self.cleaned_data["text"])


def urls(site: admin.AdminSite) -> list[URLPattern]:
    """The addresses of these screens, below those of articles."""
    own: list[tuple[str, str, Callable[..., HttpResponse]]] = [
        ("<int:pk>/by-hand/", "articles_by_hand", mark_view),
        ("<int:pk>/correct/", "articles_correct", correct_view),
        ("orphan/<int:pk>/", "articles_orphan", orphan_view),
    ]
    return [path(route, site.admin_view(view), name=name) for route, name, view in own]


# --- marking -------------------------------------------------------------------------------------------------------


def mark_view(request: HttpRequest, pk: int) -> HttpResponse:
    """The text of an article to select in, and the form; ``?quote=uid`` changes that quote."""
    article, capture = _article(request, pk)
    quotes = list(Quote.objects.listed().filter(capture=capture).order_by("start", "-end", "pk"))
    wanted = request.GET.get("quote", "")
    quote = next((quote for quote in quotes if quote.uid == wanted), None)
    form = MarkForm(article=article, quote=quote, initial=_shown(quote))
    if request.method == "POST":
        if request.POST.get("nobody"):
            return _nobody(request, capture)
        if request.POST.get("gone"):
            return _let_go(request, article)
        with transaction.atomic():
            if quote:
                ledger.locked(quote)
                quote = Quote.objects.listed().get(pk=quote.pk)
            form = MarkForm(request.POST, article=article, quote=quote, initial=_shown(quote))
            if request.POST.get("capture") != capture.uid:
                form.add_error(None, OTHER_TEXT)
            elif form.is_valid():
                if answer := _meet(request, capture, form):
                    return answer
                try:
                    return _mark(request, capture, form)
                except Unclear as error:
                    form.add_error(error.field, str(error))
    people = Attribution.objects.filter(quote__article=article, person__isnull=False).values_list(
        "person__name", flat=True
    )
    named = Mention.objects.filter(capture=capture, person__isnull=False, rejected=False)
    notes = marked.noted(quotes)
    marks = [
        rendering.Mark(
            note.quote.uid, marked.spans_of(note.quote.spans), note.number, quote=note, wanted=note.quote == quote
        )
        for note in notes
    ]
    context = {
        "title": "Mark by hand",
        "form": form,
        "quote": quote,
        "notes": notes,
        "lines": [(line, _html(line)) for line in byhand.lines(capture, marks)],
        "text": capture.text,
        "people": sorted({*people, *named.values_list("person__name", flat=True)}),
        "mentions": list(named.select_related("person__canonical").order_by("start")),
        "left": _left_behind(article),
    }
    return _page(request, article, "mark", context)


def _left_behind(article: Article) -> list[tuple[Mention | Passage, str, str]]:
    """What somebody marked in an earlier text and this one does not have: the row, what it is, and its words."""
    mentions = Mention.objects.left_behind().filter(capture__article=article).select_related("capture", "person")
    passages = Passage.objects.left_behind().filter(capture__article=article).select_related("capture")
    return [
        (row, str(row.person or "a name") if isinstance(row, Mention) else row.get_kind_display(),
         row.capture.text[row.start : row.end])
        for row in [*mentions, *passages]
    ]  # fmt: skip


def _let_go(request: HttpRequest, article: Article) -> HttpResponse:
    """What was marked in an earlier text is of no use any more; a decision like any other."""
    row = next((row for row, *_ in _left_behind(article) if row.uid == request.POST["gone"]), None)
    batch, said = new_uid(), "It is not in the text any more."
    if row is not None and not request.user.has_perm(f"articles.change_{row._meta.model_name}"):
        raise PermissionDenied
    if isinstance(row, Mention):
        curation.name_nobody([row], by=request.user, reason=said, batch=batch)  # type: ignore[arg-type]
    elif row is not None:
        kind = {"kind": Passage.Kind.BODY.value}
        curation.decide_passages([row], kind, by=request.user, reason=said, batch=batch)  # type: ignore[arg-type]
    if row is not None:
        _tell(request, "Let go: it stays in the history of the earlier text.", batch)
    return HttpResponseRedirect(reverse("admin:articles_by_hand", args=[article.pk]))


def _shown(quote: Quote | None) -> dict[str, Any]:
    """What the form shows of a quote that is to be changed."""
    if quote is None:
        return {}
    speakers = [row for row in quote.attributions.all() if row.role == Attribution.Role.SPEAKER]
    person = speakers[0].person if len(speakers) == 1 else None
    return {
        "what": "quote",
        "words": quote.text,
        "where": ", ".join(f"{start}–{end}" for start, end in quote.spans),
        "kind": quote.kind,
        "speaker": person.name if person else "",
    }


def _meet(request: HttpRequest, capture: Capture, form: MarkForm) -> HttpResponse | None:
    """The page to choose on, where somebody else changed the same of the quote since the form was opened."""
    if form.quote is None:
        return None
    meeting = conflicts.meet(form, (), "")
    if not meeting.conflicts:
        if meeting.beside:
            names = ", ".join(meeting.beside).lower()
            messages.info(request, f"Somebody else changed {names} meanwhile; that stays.")
        return None
    for one in meeting.conflicts:
        if one.name == "where":  # offsets say little to anybody
            one.theirs.append(form.quote.text)
            one.mine.append(" … ".join(capture.text[start:end] for start, end in form.cleaned_data["spans"]))
    unbound = MarkForm(article=capture.article, quote=form.quote, initial=_shown(form.quote))
    return conflict_page(request, meeting, form, unbound, form.quote)


def _mark(request: HttpRequest, capture: Capture, form: MarkForm) -> HttpResponse:
    said, user, batch = form.cleaned_data, request.user, new_uid()
    what, spans = said["what"], said["spans"]
    common: dict[str, Any] = {"by": user, "reason": said["reason"], "batch": batch}
    verb = "change" if form.quote else "add"
    if not user.has_perm(f"articles.{verb}_{'passage' if what == 'entry' else what}"):
        raise PermissionDenied
    place = ""
    if form.quote:
        new = changed(form)
        values: dict[str, Any] = {"kind": said["kind"]} if "kind" in new and said["kind"] else {}
        if "where" in new and spans != form.quote.spans:
            values["spans"] = {"capture": capture.uid, "spans": spans}
        if "speaker" in new:
            values |= byhand.speaks(form.quote, said["speaker"] or None)
        number = curation.decide_quotes([form.quote], values, **common)
        done, place = (
            ("The quote is changed." if number else "That is how it was already; nothing was changed."),
            form.quote.uid,
        )
        batch = batch if number else ""
    elif what == "quote":
        near = byhand.nearest(capture, spans)
        speaker = said["speaker"] or None
        quote = byhand.mark_quote(
            capture, spans, kind=said["kind"] or Quote.Kind.DIRECT.value, speaker=speaker, **common
        )
        place = quote.uid
        done = "The quote that was suggested there is as you marked it." if near else "Marked as a quote."
    elif what == "entry":
        span, first = byhand.entry_at(capture, spans[0])
        heading = said["heading"] or first
        day = said["day"] or (capture.article.published_day if said["time"] else None)
        values = {"heading": heading, "day": day and str(day), "time": said["time"] and str(said["time"])}
        byhand.mark_passage(capture, span, kind=Passage.Kind.ENTRY.value, **values, **common)
        done = "Marked as an entry."
    elif what == "passage":
        byhand.mark_passage(capture, spans[0], kind=said["passage"], **common)
        done = f"Marked as {dict(KINDS)[said['passage']]}."
    else:
        byhand.mark_mention(capture, spans[0], person=said["person"], **common)
        done = f"Marked: {said['person']} is named there."
    _tell(request, done, batch)
    return HttpResponseRedirect(
        f"{reverse('admin:articles_by_hand', args=[capture.article_id])}{f'#q-{place}' if place else ''}"
    )


def _nobody(request: HttpRequest, capture: Capture) -> HttpResponse:
    """What the machine took for a name is none."""
    if not request.user.has_perm("articles.change_mention"):
        raise PermissionDenied
    rows, batch = capture.mentions.filter(uid=request.POST["nobody"]), new_uid()
    if curation.name_nobody(rows, by=request.user, batch=batch):  # type: ignore[arg-type]
        _tell(request, "Marked: nobody is named there.", batch)
    return HttpResponseRedirect(reverse("admin:articles_by_hand", args=[capture.article_id]))


def _html(line: byhand.Line) -> SafeString:
    """A line of the text, to the character: the number of a quote is an empty link that the stylesheet fills."""
    return mark_safe("".join(map(_token, line.tokens)))


def _token(token: rendering.Token) -> str:
    mark = token.opens or token.closes
    if mark is None:
        return format_html("{}", token.text)
    note: marked.Noted = mark.quote
    if token.opens:
        ident = format_html(' id="q-{}"', note.quote.uid) if token.first else ""
        return format_html('<mark{} class="q {}{}">', ident, note.quote.status, " wanted" if mark.wanted else "")
    link = format_html(
        '<a class="number" href="?quote={}#form" data-label="{}{}" aria-label="Change quote {}, {}"></a>',
        note.quote.uid, note.number, note.sign, note.number, note.quote.get_status_display(),
    )  # fmt: skip
    return f"{link if token.last else ''}</mark>"


# --- correcting ----------------------------------------------------------------------------------------------------


def correct_view(request: HttpRequest, pk: int) -> HttpResponse:
    """The text of an article as a form: first what a correction would change, then the correction."""
    article, capture = _article(request, pk)
    if not (request.user.has_perm("articles.change_article") and request.user.has_perm("articles.add_capture")):
        raise PermissionDenied
    earlier = list(article.captures.defer("text").exclude(pk=capture.pk).order_by("-number"))
    shown = (
        article.captures.filter(number=request.GET["from"]).first() if is_number(request.GET.get("from", "")) else None
    )
    form = CorrectForm(
        initial={"text": (shown or capture).text, "reason": f"As in capture {shown.number}." if shown else ""}
    )
    preview = None
    if request.method == "POST":
        form = CorrectForm(request.POST)
        form.fields["reason"].required = "correct" in request.POST  # to look costs no reason
        if form.is_valid():
            text = form.cleaned_data["text"]
            # A form ends the text where it ends; the last line end is the browser's to lose.
            text = text.rstrip("\n") + capture.text[len(capture.text.rstrip("\n")) :]
            if request.POST.get("capture") != capture.uid:
                form.add_error(None, "A newer capture of the article came in meanwhile: look at what it says now.")
            elif text == capture.text:
                form.add_error("text", "This is the text as it is: nothing would change.")
            elif "correct" in request.POST:
                return _correct(request, article, capture, text, form.cleaned_data["reason"])
            else:
                preview = byhand.preview(article, text)
    context = {"title": "Correct the text", "form": form, "preview": preview, "earlier": earlier, "shown": shown}
    return _page(request, article, "correct", context)


def _correct(request: HttpRequest, article: Article, capture: Capture, text: str, reason: str) -> HttpResponse:
    try:
        made = pipeline.correct(article, text, of=capture, by=request.user.get_username(), reason=reason)
    except pipeline.Superseded:
        messages.error(
            request, "A newer capture of the article came in meanwhile; nothing was changed. Look at it first."
        )
        return HttpResponseRedirect(reverse("admin:articles_correct", args=[article.pk]))
    lost = article.quotes.filter(anchor=Quote.Anchor.ORPHANED).exclude(status=Quote.Status.REJECTED).count()
    some = "1 quote is no longer in it, and waits" if lost == 1 else f"{lost} quotes are no longer in it, and wait"
    left = f" {some} to be put right." if lost else ""
    messages.success(
        request, f"The text is corrected: it is capture {made.number}; what was found stays with capture 1.{left}"
    )
    return HttpResponseRedirect(reverse("admin:articles_by_hand", args=[article.pk]))


# --- orphans -------------------------------------------------------------------------------------------------------


def orphan_view(request: HttpRequest, pk: int) -> HttpResponse:
    """A quote that the current text no longer has: old and new text side by side, the likely place offered."""
    quote = Quote.objects.listed().filter(pk=pk).first()
    if quote is None:
        raise Http404
    article, capture = _article(request, quote.article_id)
    if not request.user.has_perm("articles.change_quote"):
        raise PermissionDenied
    if quote.anchor != Quote.Anchor.ORPHANED:
        if request.method == "POST":
            messages.info(request, "Somebody else has put it where it stands now; nothing was changed.")
        return HttpResponseRedirect(reverse("admin:articles_quote_change", args=[quote.pk]))
    likely = byhand.likely(quote, capture.text)
    where = ", ".join(f"{start}–{end}" for start, end in likely or [])
    error = ""
    if request.method == "POST":
        batch, user = new_uid(), request.user
        common: dict[str, Any] = {"by": user, "batch": batch, "reason": request.POST.get("reason", "")}
        if "reject" in request.POST:
            curation.reject([quote], **common)
            _tell(request, "Rejected: no reading brings it back.", batch)
            return HttpResponseRedirect(reverse("admin:articles_article_change", args=[article.pk]))
        where = request.POST.get("where", "")
        try:
            if request.POST.get("capture") != capture.uid:
                raise Unclear("where", OTHER_TEXT)
            spans = byhand.spans_of(capture.text, where, request.POST.get("words", ""))
            place = {"capture": capture.uid, "spans": spans}
            curation.decide_quotes([quote], {"spans": place, "status": Quote.Status.ACCEPTED.value}, **common)
        except Unclear as problem:
            error = str(problem)
        else:
            _tell(request, "The quote stands there now, and is accepted.", batch)
            return HttpResponseRedirect(f"{reverse('admin:articles_article_change', args=[article.pk])}#n-{quote.uid}")
    found = " … ".join(capture.text[start:end] for start, end in likely or [])
    context = {
        "title": "Not in the current text",
        "changes": list(byhand.changes(quote.text, found)),
        "quote": quote,
        "where": where,
        "error": error,
        "likely": likely,
        "old": _window(quote.capture, quote.spans),
        "new": _window(capture, likely) if likely else None,
        "found": found,
    }
    return _page(request, article, "orphan", context)


def _window(capture: Capture, spans: list[list[int]]) -> list[SafeString]:
    """The paragraphs of a capture around some spans, with these marked."""
    mark = rendering.Mark("", marked.spans_of(spans))
    start = capture.text.rfind("\n", 0, max(0, spans[0][0] - 300)) + 1
    end = capture.text.find("\n", min(len(capture.text), spans[-1][1] + 300))
    window = Span(start, len(capture.text) if end == -1 else end)
    pieces = [(span.start, span.end, i == 0, mark) for i, span in enumerate(mark.spans)]
    return [
        mark_safe("".join(_plain(token) for token in rendering.tokens(capture.text, line, pieces)))
        for line in rendering.lines(capture.text)
        if window.start <= line.start and line.end <= window.end
    ]


def _plain(token: rendering.Token) -> str:
    if token.opens:
        return '<mark class="q wanted">'
    return "</mark>" if token.closes else format_html("{}", token.text)


# --- both ----------------------------------------------------------------------------------------------------------


def _article(request: HttpRequest, pk: int) -> tuple[Article, Capture]:
    article = Article.objects.select_related("source", "capture").filter(pk=pk).first()
    if not request.user.has_perm("articles.view_article"):
        raise PermissionDenied
    if article is None or article.capture is None:
        raise Http404
    article.capture.article = article
    return article, article.capture


def _tell(request: HttpRequest, sentence: str, batch: str) -> None:
    messages.success(request, format_html("{} {}", sentence, undo_button(batch)) if batch else sentence)


def _page(request: HttpRequest, article: Article, name: str, context: dict[str, Any]) -> HttpResponse:
    common = {**admin.site.each_context(request), "article": article, "capture": article.capture, "opts": Article._meta}
    request.current_app = admin.site.name
    return TemplateResponse(request, f"admin/articles/by_hand/{name}.html", common | context)
