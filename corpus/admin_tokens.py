"""Tokens of the API in the admin: one's own, for a chief editor everybody's; a key is shown once, when it is made."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from corpus import tokens
from corpus.curating import DeskAdmin
from corpus.models import Token

#: What a user must be allowed to, so that their token may have a scope.
TAKES = {Token.Scope.INGEST: "articles.add_article", Token.Scope.CURATE: "articles.change_quote"}
#: Whoever gives others their rights sees their tokens, and may revoke them.
EVERYBODYS = "auth.change_user"


def allowed(user: Any) -> list[tuple[str, str]]:
    """The scopes that a token of somebody may have."""
    return [
        (scope.value, str(scope.label).capitalize())
        for scope in Token.Scope
        if scope not in TAKES or user.has_perm(TAKES[scope])
    ]


class TokenForm(forms.ModelForm):
    scopes = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, help_text="Without any it reads what everybody may, at a rate of its own."
    )

    class Meta:
        model = Token
        fields = ("name", "scopes", "expires")

    #: Set by the admin, for each request.
    user: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scopes = self.fields["scopes"]
        assert isinstance(scopes, forms.MultipleChoiceField)
        if "expires" in self.fields:
            day, time = self.fields["expires"].widget.widgets
            day.attrs["aria-label"], time.attrs["aria-label"] = "Expires: day", "Expires: time"
        scopes.choices, scopes.required = allowed(self.user), False
        self.initial.setdefault("scopes", [Token.Scope.READ.value])

    def clean_expires(self) -> Any:
        expires = self.cleaned_data["expires"]
        if expires and expires <= timezone.now():
            raise forms.ValidationError("This is over already; choose a later time, or leave it empty.")
        return expires


@admin.register(Token)
class TokenAdmin(DeskAdmin):
    form = TokenForm
    add_form_template = "admin/corpus/token/add_form.html"
    change_form_template = "admin/corpus/token/change_form.html"
    list_display = ("name", "starts", "user", "allows", "last_used", "state")
    list_select_related = ("user",)
    ordering = ("-id",)
    fieldsets = ((None, {"fields": ("name", "starts", "user", "allows", "created", "expires", "last_used", "state")}),)
    readonly_fields = ("starts", "user", "allows", "created", "last_used", "state")
    actions = None

    # --- who may what: everybody who is let in makes and sees their own

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        staff = bool(request.user.is_active and request.user.is_staff)
        return staff and (obj is None or obj.user_id == request.user.pk or request.user.has_perm(EVERYBODYS))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # Revoked, it stays in the list: who had it, and when it was used last.
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Token]:
        rows = super().get_queryset(request)
        return rows if request.user.has_perm(EVERYBODYS) else rows.filter(user=request.user.pk)

    # --- the list

    @admin.display(description="key", ordering="hint")
    def starts(self, token: Token) -> str:
        return f"{token.hint}…"

    @admin.display(description="allows")
    def allows(self, token: Token) -> str:
        return ", ".join(token.scopes) or "what everybody may"

    @admin.display(description="state")
    def state(self, token: Token) -> str:
        if token.revoked:
            return f"revoked on {token.revoked:%-d %B %Y}"
        if not token.live:
            return "expired"
        return "holds" if token.user.is_active else "its account is not active"

    # --- making one

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        # What comes next is the key, and nothing else.
        only = {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().add_view(request, form_url, only | (extra_context or {}))

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.user = request.user
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fieldsets if obj else ((None, {"fields": ("name", "scopes", "expires")}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.readonly_fields if obj else ()

    def save_model(self, request: HttpRequest, obj: Token, form: Any, change: bool) -> None:
        said, user = form.cleaned_data, request.user
        assert isinstance(user, User)
        made, form.key = tokens.make(user, said["name"], said["scopes"], said["expires"])
        # The admin goes on with its own instance: it is the one that was made.
        obj.__dict__.update({name: value for name, value in made.__dict__.items() if name != "_state"})
        obj._state.adding, obj._state.db = False, made._state.db
        request.key_once = form.key  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: Token, post_url_continue: str | None = None) -> HttpResponse:
        """The key, on a page that nothing keeps: neither a message, which waits in the session, nor a redirect."""
        context = {
            **self.admin_site.each_context(request),
            "title": "The new token",
            "opts": self.opts,
            "token": obj,
            "key": request.key_once,  # type: ignore[attr-defined]
            "base": request.build_absolute_uri("/").rstrip("/"),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/corpus/token/key.html", context)

    # --- revoking one

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.revoke_view))
        return [path("<int:pk>/revoke/", view, name="corpus_token_revoke"), *super().get_urls()]

    def revoke_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let a token hold no more, at once and for good."""
        token = self.get_queryset(request).filter(pk=pk).first()
        if token is None or not self.has_view_permission(request, token):
            raise PermissionDenied
        if Token.objects.filter(pk=pk, revoked=None).update(revoked=timezone.now()):
            self.log_change(request, token, "Revoked.")
            self.message_user(request, f"The token {token} is revoked: it opens nothing any more.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:corpus_token_changelist"))
