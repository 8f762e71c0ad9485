"""People in the terms of schema.org. Pure: records of the API in, data out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from corpus.linked_data import Linked, thing

WIKIDATA = "https://www.wikidata.org/entity/{}"
KINDS = {"individual": "Person", "organisation": "Organization", "group": "Organization"}


def person(record: Mapping[str, Any]) -> Linked:
    """A Person or Organization, with every name and role."""
    names = [name["text"] for name in record.get("names", ()) if name["text"] != record["name"]]
    roles = [role(one) for one in record.get("roles", ())]
    individual = record.get("kind", "individual") == "individual"
    return thing(
        KINDS[record.get("kind", "individual")],
        record,
        sameAs=WIKIDATA.format(record["wikidata"]) if record.get("wikidata") else None,
        alternateName=names,
        hasOccupation=roles if individual else None,
    )


def role(record: Mapping[str, Any]) -> Linked:
    """What somebody was and when, as schema.org wants it: a Role around an Occupation."""
    where = record.get("organisation_printed")
    name = f"{record['title']}, {where}" if where else record["title"]
    said = {
        "@type": "Role",
        "hasOccupation": {"@type": "Occupation", "name": name},
        "startDate": record.get("since"),
        "endDate": record.get("until"),
    }
    return {name: value for name, value in said.items() if value}
