"""The roles of a newsroom as groups: reader, editor, chief editor; made, and made complete again, on every migrate.

A role has at least the permissions named here. What a site adds to a group by hand stays; what it takes away comes back
at the next migrate, so whoever is to have less belongs in a group of the site's own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import DEFAULT_DB_ALIAS, connections

from corpus.models import Decision

READER, EDITOR, CHIEF = "Reader", "Editor", "Chief editor"


def _named(text: str) -> frozenset[str]:
    """Permissions as Django names them, from lines of "verb verb: app.model app.model"."""
    lines = (line.partition(":") for line in text.strip().splitlines())
    return frozenset(
        f"{app}.{verb}_{name}"
        for verbs, _, models in lines
        for verb in verbs.split()
        for app, _, name in (model.partition(".") for model in models.split())
    )


#: Sees everything, decides nothing.
_READS = _named(
    """
    view: articles.article articles.attribution articles.capture articles.mention articles.notice articles.passage
    view: articles.feed articles.feedentry articles.job articles.match articles.quote articles.reading articles.source
    view: articles.report articles.story articles.utterance
    view: people.name people.pair people.person people.role corpus.checkup corpus.decision corpus.tombstone
    """
)
#: Takes news in, decides on single things, and leaves a proposal where a decision is the chief's.
_EDITS = _READS | _named(
    """
    add change: articles.article articles.mention articles.passage articles.quote articles.story people.person
    add: articles.capture
    add change delete: people.name people.role
    change: articles.job articles.match articles.report articles.utterance people.pair
    """
)
#: Says what is public, decides on many at once, merges, purges, and gives others their roles.
_LEADS = _EDITS | _named(
    """
    publish purge: articles.article
    add change: articles.notice articles.source auth.user
    add change delete: articles.feed
    delete: articles.job
    merge: people.person
    view: auth.user auth.group
    """
)
#: Fields whose decision needs more than the right to change the thing.
_FIELDS = {
    ("articles.article", "status"): "articles.publish_article",
    ("people.person", "merged_into"): "people.merge_person",
    ("people.pair", "answer"): "people.merge_person",
}
ROLES = {READER: _READS, EDITOR: _EDITS, CHIEF: _LEADS | {"articles.decide_in_bulk"}}


def install(using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:
    """Make the groups, and give them what they lack; the handler of post_migrate.

    Permissions are made by auth's own handler, an app at a time; what it has not made yet is made here.
    """
    tables = set(connections[using].introspection.table_names())
    if not {Group._meta.db_table, Permission._meta.db_table, "django_content_type"} <= tables:
        return
    wanted = frozenset[str]().union(*ROLES.values())
    known = _known(using)
    if not wanted <= known.keys():
        for label in sorted({name.partition(".")[0] for name in wanted}):
            create_permissions(apps.get_app_config(label), verbosity=0, using=using)
        known = _known(using)
    for name, permissions in ROLES.items():
        group, _ = Group.objects.using(using).get_or_create(name=name)
        group.permissions.add(*(known[permission] for permission in permissions))


def needed(thing: str, fields: Iterable[str] = (), uid: str = "") -> set[str]:
    """The permissions that somebody needs to decide on these fields of a thing ("articles.article") with this uid."""
    app, _, model = thing.partition(".")
    fields = set(fields)
    wanted = {f"{app}.change_{model}"} | {_FIELDS[thing, field] for field in fields if (thing, field) in _FIELDS}
    if thing == "articles.article" and "source" in fields and _published(uid):
        # Whose a published article is says what is seen of it.
        wanted.add("articles.publish_article")
    return wanted


def _published(uid: str) -> bool:
    return apps.get_model("articles.article")._base_manager.filter(uid=uid, status="published").exists()


def may_take_back(user: Any, decisions: Iterable[Decision]) -> bool:
    """Whether a user may undo these decisions; an act on many, unless it was theirs, only who may decide on many."""
    decisions = list(decisions)
    on = {(one.thing, one.field, one.thing_uid) for one in decisions}
    wanted = {permission for thing, field, uid in on for permission in needed(thing, [field], uid)}
    several = len({(one.thing, one.thing_uid) for one in decisions}) > 1
    if several and any(one.by_id != user.pk for one in decisions):
        wanted.add("articles.decide_in_bulk")
    return bool(user.has_perms(wanted))


def _known(using: str) -> dict[str, int]:
    rows = Permission.objects.using(using).values_list("content_type__app_label", "codename", "pk")
    return {f"{app}.{codename}": pk for app, codename, pk in rows}
