"""Tokens of the API: how one is made, told from others, and what it allows."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.auth.models import User
from django.db import DatabaseError
from django.db.models import Q
from django.utils import timezone
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from corpus.models import Token
from corpus.outages import unwritable

#: Found by whoever searches public repositories for leaked keys.
PREFIX = "verbatim_"
#: Last use is written at most this often: a request a second need not be a write a second.
TO_THE_MINUTE = dt.timedelta(minutes=1)


def make(user: User, name: str, scopes: Iterable[str], expires: dt.datetime | None = None) -> tuple[Token, str]:
    """A new token and its key, which nobody can read again; ValueError for a scope that does not exist."""
    wanted = sorted(set(scopes))
    for scope in wanted:
        if scope not in Token.Scope.values:
            raise ValueError(f"“{scope}” is no scope; choose from {', '.join(Token.Scope.values)}.")
    key = PREFIX + secrets.token_urlsafe(32)
    token = Token.objects.create(
        user=user, name=name, scopes=wanted, expires=expires, sha256=_hash(key), hint=key[: len(PREFIX) + 3]
    )
    return token, key


def _hash(key: str) -> str:
    # 256 random bits: nothing to guess, so nothing to slow down.
    return hashlib.sha256(key.encode()).hexdigest()


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer verbatim_…``; the request then has the token as ``auth`` and its user as ``user``."""

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        scheme, _, key = get_authorization_header(request).decode("latin-1").partition(" ")
        if not scheme:
            return None
        if scheme.lower() != "bearer" or not key.strip():
            raise exceptions.AuthenticationFailed("Authorization must be “Bearer” and a token, with a blank between.")
        token = Token.objects.select_related("user").filter(sha256=_hash(key.strip())).first()
        if token is None or not token.user.is_active:
            raise exceptions.AuthenticationFailed("There is no such token; an editor makes them in the admin.")
        if token.revoked:
            raise exceptions.AuthenticationFailed("This token was revoked; have a new one made in the admin.")
        if not token.live:
            raise exceptions.AuthenticationFailed("This token has expired; have a new one made in the admin.")
        now = timezone.now()
        if token.last_used is None or now - token.last_used > TO_THE_MINUTE:
            stale = Q(last_used=None) | Q(last_used__lt=now - TO_THE_MINUTE)
            try:
                Token.objects.filter(stale, pk=token.pk).update(last_used=now)
            except DatabaseError as error:
                if not unwritable(error):  # reading goes on where nothing can be written
                    raise
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Verbatim"'


def scope_of(request: Request) -> frozenset[str]:
    """The scopes of the token of a request; none without one."""
    return frozenset(request.auth.scopes) if isinstance(request.auth, Token) else frozenset()


class ByScope(BasePermission):
    """Reading is everybody's; of each other action the view's ``acts`` say which scope and which permissions it takes.

    Without a token a write is 401, with one that may not do it 403, each with a sentence that says what is missing.
    """

    FOR: ClassVar[dict[str, str]] = {
        Token.Scope.READ: "seeing what is not public",
        Token.Scope.INGEST: "taking articles in",
        Token.Scope.CURATE: "deciding",
    }

    def has_permission(self, request: Request, view: Any) -> bool:
        act = getattr(view, "acts", {}).get(view.action)
        if act is not None:
            require(request, act.scope, act.rights)
        return True


def require(request: Request, scope: str, rights: Iterable[str] = ()) -> None:
    """Refuse with 401 or 403 a request whose token lacks a scope, or whose user lacks one of these permissions."""
    what = ByScope.FOR[Token.Scope(scope)].capitalize()
    if not isinstance(request.auth, Token):
        raise exceptions.NotAuthenticated(f"{what} needs a token: send “Authorization: Bearer {PREFIX}…”.")
    if scope not in scope_of(request):
        raise exceptions.PermissionDenied(f"{what} needs a token with the scope “{scope}”.")
    for right in sorted(rights):
        if not request.user.has_perm(right):
            raise exceptions.PermissionDenied(f"{request.user} may not do this: it takes the right “{right}”.")
