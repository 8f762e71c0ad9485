"""Lists of people as newsrooms and parliaments keep them: Popolo JSON, our own JSON, and CSV. Pure."""

from __future__ import annotations

import calendar
import csv
import datetime as dt
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

KINDS = ("individual", "organisation", "group")
NAME_KINDS = ("alias", "abbreviation", "misspelling")
#: What may stand in a column, and what it is called by others.
COLUMNS = {
    "name": ("name", "full_name", "person"),
    "kind": ("kind", "type"),
    "pronouns": ("pronouns",),
    "wikidata": ("wikidata", "wikidata_id", "qid", "identifier__wikidata"),
    "other_names": ("other_names", "aliases", "also_known_as"),
    "role": ("role", "title", "office", "post", "position"),
    "organisation": ("organisation", "organization", "org", "body", "group"),
    "from": ("from", "since", "start", "start_date"),
    "to": ("to", "until", "end", "end_date"),
}
_ITEM = re.compile(r"(?:https?://(?:www\.)?wikidata\.org/(?:entity|wiki)/)?(Q[1-9]\d{0,17})")
_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:T.*)?")
#: Roles that say nothing without the post that they are held in.
_VAGUE = frozenset({"", "member", "representative", "office holder", "officeholder", "holder"})


@dataclass(frozen=True, slots=True)
class Held:
    """A role somebody held; an open end is None."""

    title: str
    organisation: str = ""
    since: dt.date | None = None
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody on a list; ``ident`` tells people of one name apart within it, ``where`` is what an editor looks for."""

    where: str
    name: str
    kind: str = "individual"
    pronouns: str = ""
    wikidata: str = ""
    names: tuple[tuple[str, str], ...] = ()
    roles: tuple[Held, ...] = ()
    ident: str = ""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A line that cannot be read, with one sentence on what, where and what to do."""

    where: str
    error: str


@dataclass(slots=True)
class _Draft:
    """Somebody while the lines about them are read."""

    where: str
    said: dict[str, Any]
    names: dict[str, str] = field(default_factory=dict)
    roles: list[Held] = field(default_factory=list)

    def done(self) -> Listed:
        names = tuple((text, kind) for text, kind in self.names.items() if text != self.said["name"])
        return Listed(self.where, **self.said, names=names, roles=tuple(dict.fromkeys(self.roles)))


def read_roster(name: str, raw: bytes, mapping: Mapping[str, str] | None = None) -> list[Listed | Wrong]:
    """Everybody on a list, organisations first; raises ValueError with the end of a sentence about the whole file.

    ``mapping`` says which columns of a CSV file hold which of `COLUMNS`.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", "replace")
    if not text.strip():
        raise ValueError("is empty")
    if text.lstrip()[0] in "{[":
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"is not well-formed JSON ({str(error)[:80]})") from None
        found = list(_popolo(name, value) if isinstance(value, dict) else _own(name, value))
    else:
        found = list(_table(name, text, mapping or {}))
    return sorted(found, key=lambda one: isinstance(one, Listed) and one.kind == "individual")


def parse_mapping(said: str) -> dict[str, str]:
    """Which column holds what, from "name=Full name,role=Office"; raises ValueError with a sentence."""
    mapping = {}
    for pair in filter(str.strip, said.split(",")):
        field_name, equals, column = (part.strip() for part in pair.partition("="))
        if field_name not in COLUMNS or not equals or not column:
            raise ValueError(f"{pair.strip()!r} maps nothing: write one of {', '.join(COLUMNS)}, =, and a column")
        mapping[field_name] = column
    return mapping


# --- Popolo


def _popolo(name: str, value: Mapping[str, Any]) -> Iterator[Listed | Wrong]:
    """popoloproject.com: persons, organizations, memberships and posts, the memberships also inside of persons."""
    if not any(isinstance(value.get(part), list) for part in ("persons", "organizations")):
        raise ValueError("is no Popolo file: it has neither persons nor organizations")
    posts = {row.get("id"): row for row in _rows(value.get("posts"))}
    terms = {row.get("id"): row for row in _rows(value.get("events"))}
    bodies: dict[Any, str] = {}
    drafts: dict[str, _Draft] = {}
    for part, kind in (("organizations", "organisation"), ("persons", "individual")):
        for number, row in enumerate(_rows(value.get(part)), start=1):
            where = f"{name}, {part} {number}"
            if kind == "organisation":
                bodies[row.get("id")] = _line(row.get("name"))
            try:
                ident = str(row.get("id") or where)
                drafts[f"{kind} {ident}"] = _Draft(where, _said(row, kind, ident, _wikidata_of(row)), _names(row))
            except ValueError as error:
                yield Wrong(where, f"{where}: {error}.")
    told = [(row, row.get("person_id") or row.get("member_id")) for row in _rows(value.get("memberships"))]
    for person in _rows(value.get("persons")):
        told += [(row, person.get("id")) for row in _rows(person.get("memberships"))]
    for number, (row, person_id) in enumerate(told, start=1):
        where = f"{name}, memberships {number}"
        draft = drafts.get(f"individual {person_id}") or drafts.get(f"organisation {person_id}")
        if draft is None:
            yield Wrong(where, f"{where}: there is nobody with the id {str(person_id)[:40]!r} in this file.")
            continue
        post = posts.get(row.get("post_id")) or row.get("post") or {}
        body = row.get("organization_id") or (post.get("organization_id") if isinstance(post, dict) else None)
        inside = row.get("organization")
        organisation = bodies.get(body) or _line(inside.get("name") if isinstance(inside, dict) else inside)
        try:
            # EveryPolitician dates a seat by its legislative period, unless somebody came later or left early.
            term = terms.get(row.get("legislative_period_id")) or {}
            since, until = _period(
                row.get("start_date") or term.get("start_date"), row.get("end_date") or term.get("end_date")
            )
            draft.roles.append(Held(_title(row, post if isinstance(post, dict) else {}), organisation, since, until))
        except ValueError as error:
            yield Wrong(where, f"{where}: {error}.")
    for draft in drafts.values():
        yield draft.done()


def _title(membership: Mapping[str, Any], post: Mapping[str, Any]) -> str:
    said = [
        _line(membership.get("role")),
        _line(post.get("role")),
        _line(post.get("label")),
        _line(membership.get("label")),
    ]
    return (next((title for title in said if title.lower() not in _VAGUE), "") or next(filter(None, said), "member"))[
        :200
    ]


def _wikidata_of(row: Mapping[str, Any]) -> Any:
    for ident in _rows(row.get("identifiers")):
        if str(ident.get("scheme") or "").lower() == "wikidata":
            return ident.get("identifier")
    return row.get("wikidata")


def _names(row: Mapping[str, Any]) -> dict[str, str]:
    """Other names by text, each with its kind."""
    found = {}
    others = row.get("other_names")
    for other in others if isinstance(others, list) else []:
        text = _line(other.get("name") or other.get("text") if isinstance(other, dict) else other)
        kind = str(other.get("kind") or other.get("note") or "").lower() if isinstance(other, dict) else ""
        if text:
            found[text[:200]] = kind if kind in NAME_KINDS else "alias"
    return found


# --- our own


def _own(name: str, value: Any) -> Iterator[Listed | Wrong]:
    """A list of what `people.rosters.load` takes, with "wikidata"."""
    for number, row in enumerate(value, start=1):
        where = f"{name}, entry {number}"
        try:
            if not isinstance(row, dict):
                raise ValueError("it is no object in braces")
            draft = _Draft(
                where, _said(row, str(row.get("kind") or "individual"), where, row.get("wikidata")), _names(row)
            )
            for role in _rows(row.get("roles")):
                since, until = _period(role.get("from"), role.get("to"))
                if title := _line(role.get("title")):
                    draft.roles.append(Held(title[:200], _line(role.get("organisation"))[:200], since, until))
            yield draft.done()
        except ValueError as error:
            yield Wrong(where, f"{where}: {error}.")


# --- CSV


def _table(name: str, text: str, mapping: Mapping[str, str]) -> Iterator[Listed | Wrong]:
    """A row a person or, of somebody with several roles, a role."""
    head = text.partition("\n")[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count), strict=True)
    drafts: dict[str, _Draft] = {}
    columns: dict[str, int] = {}
    while True:
        where = f"{name}, line {rows.line_num + 1}"
        try:
            cells = next(rows, None)
        except csv.Error as error:
            yield Wrong(where, f"{where}: not well-formed CSV ({error}).")
            break
        if cells is None:
            break
        if not any(cell.strip() for cell in cells):
            continue
        if not columns:
            columns = _places(cells, mapping)
            continue
        row = {column: cells[place].strip() for column, place in columns.items() if place < len(cells)}
        try:
            said = _said(row, (row.get("kind") or "individual").lower(), "", row.get("wikidata"))
            ident = said["wikidata"] or f"{said['kind']} {said['name'].casefold()}"
            since, until = _period(row.get("from"), row.get("to"))
        except ValueError as error:
            yield Wrong(where, f"{where}: {error}.")
            continue
        draft = drafts.setdefault(ident, _Draft(where, said | {"ident": ident}))
        if said["name"] != draft.said["name"]:
            draft.names.setdefault(said["name"], "alias")
        draft.said["pronouns"] = draft.said["pronouns"] or said["pronouns"]
        for other in re.split(r"[;|]", row.get("other_names", "")):
            if other := _line(other):
                draft.names.setdefault(other[:200], "alias")
        if title := _line(row.get("role")):
            draft.roles.append(Held(title[:200], _line(row.get("organisation"))[:200], since, until))
    yield from (draft.done() for draft in drafts.values())


def _places(header: list[str], mapping: Mapping[str, str]) -> dict[str, int]:
    """The place of each column; raises ValueError with the end of a sentence."""
    there = [cell.strip().casefold().replace(" ", "_") for cell in header]
    found = {}
    for column, names in COLUMNS.items():
        wanted = (mapping[column].strip().casefold().replace(" ", "_"),) if column in mapping else names
        place = next((there.index(name) for name in wanted if name in there), None)
        if place is not None:
            found[column] = place
        elif column in mapping:
            raise ValueError(f"has no column {mapping[column]!r}: its columns are {', '.join(header)}")
    if "name" not in found:
        raise ValueError(
            f"does not say which column holds the name: map it, such as name=Member; it has {', '.join(header)}"
        )
    return found


# --- parts


def _said(row: Mapping[str, Any], kind: str, ident: str, wikidata: Any) -> dict[str, Any]:
    """What is said of somebody beside their names and roles; raises ValueError with a sentence."""
    name = _line(row.get("name"))[:200]
    if not any(map(str.isalnum, name)):
        raise ValueError("there is no name: each entry needs one")
    if kind not in KINDS:
        raise ValueError(f"kind is {kind[:40]!r}: it is one of {', '.join(KINDS)}")
    item = _line(wikidata)
    found = _ITEM.fullmatch(item)
    if item and not found:
        raise ValueError(f"wikidata is {item[:60]!r}: write the number of an item, such as Q42")
    pronouns = _line(row.get("pronouns"))[:40]
    return {"name": name, "kind": kind, "pronouns": pronouns, "wikidata": found[1] if found else "", "ident": ident}


def _period(since: Any, until: Any) -> tuple[dt.date | None, dt.date | None]:
    """The days from and to which a role was held; of a bare month or year the first day of it, and the last."""
    first, last = _day(since, last=False), _day(until, last=True)
    if first and last and last < first:
        raise ValueError(f"the role ends ({last}) before it begins ({first})")
    return first, last


def _day(value: Any, *, last: bool) -> dt.date | None:
    said = _line(value)
    if not said:
        return None
    found = _DAY.fullmatch(said)
    try:
        if not found:
            raise ValueError
        year, month = int(found[1]), int(found[2] or (12 if last else 1))
        return dt.date(year, month, int(found[3] or (calendar.monthrange(year, month)[1] if last else 1)))
    except (ValueError, calendar.IllegalMonthError):
        raise ValueError(f"a date is {said[:40]!r}: write it as 2016-06-29, 2016-06 or 2016") from None


def _rows(value: Any) -> list[dict[str, Any]]:
    rows: Iterable[Any] = value if isinstance(value, list) else []
    return [row for row in rows if isinstance(row, dict)]


def _line(value: Any) -> str:
    return " ".join(str(value).split()) if isinstance(value, str | int) else ""
