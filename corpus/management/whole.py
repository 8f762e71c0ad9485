"""The whole corpus, as a snapshot has it: the wiring of what each app declares."""

from __future__ import annotations

import articles.snapshot as news
import people.snapshot as who
from articles.models import Source
from articles.reading import VERSION
from corpus.snapshots import Corpus, Manifest, own
from people.checks import mend

LEFT_OUT = {**news.LEFT_OUT, **own.LEFT_OUT}
CORPUS = Corpus(
    tables=[*who.TABLES, *news.TABLES, *own.TABLES],
    settle=news.settle,
    conclude=news.conclude,
    mend=mend,
    touched=news.touched,
    barred=news.barred,
)
LICENCE = (
    "The texts belong to those who published them; what may be shown of them is said by source. What the reader and "
    "the editors added is under the terms of whoever made this snapshot."
)


def manifest(kind: str, licence: str = "") -> Manifest:
    """A manifest of the corpus as it is, its files still to be named."""
    sources = Source.objects.order_by().values("uid", "slug", "name", "rights")
    if kind == "public":
        sources = sources.filter(pk__in=Source.objects.public().values("pk"))
    kept = [{name: str(value) for name, value in row.items()} for row in sources]
    rights = sorted(kept, key=lambda row: (row["slug"], row["uid"]))
    return Manifest(kind=kind, reader=VERSION, rights=rights, licence=licence or LICENCE)
