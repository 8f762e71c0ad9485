"""What the desk costs: the next item in a long queue, and a decision over the sample corpus."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.color import no_style
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rich.console import Console
from rich.progress import track

from articles import doubt
from articles.models import Article, Attribution, Capture, Mention, Quote, Source
from corpus.chunks import chunks
from corpus.management import api_figures
from corpus.models import UID_ALPHABET
from people.models import Person

#: Nobody settles more at a sitting of the sample than there is; a loop that does not end is a fault of the desk.
MOST_ACTS = 2_000
#: A tenth of the quotes is made, and copied in the database, with keys from so much further on.
COPIES, FIRST_COPY = 10, 10_000_000


def editor() -> Client:
    """The browser of somebody who may do everything."""
    user = get_user_model().objects.create_superuser("benchmark")
    client = Client(HTTP_HOST=settings.ALLOWED_HOSTS[0].lstrip("."))
    client.force_login(user)
    return client


def measure_queue(quotes: int, requests: int, console: Console) -> str:
    """How soon the next item is there, with so many quotes waiting, in an empty database that is filled here."""
    began = time.perf_counter()
    api_figures.fill(-(-quotes // COPIES), console)
    Quote.objects.update(status=Quote.Status.SUGGESTED)
    given = Attribution.objects.filter(person__isnull=False).select_related("quote")
    Mention.objects.bulk_create(
        (
            Mention(
                capture_id=row.quote.capture_id, person_id=row.person_id, printed=row.printed,
                start=(at := row.quote.start - len(f"{row.printed} said: “")), end=at + len(row.printed),
            )
            for row in given.iterator()
        ),
        batch_size=api_figures.BATCH,
    )  # fmt: skip
    for some in chunks(Article.objects.values_list("pk", flat=True), 500):
        doubt.refresh(some)
    analyse()  # or what triggers look up while rows are copied is looked for in whole tables
    for number in track(range(1, COPIES), "Copying", console=console):
        copy(number)
    analyse()
    console.print(f"Made {Quote.objects.count():,} quotes that wait in {time.perf_counter() - began:.0f} s.")
    client = editor()
    person = Person.objects.order_by("pk")[100]
    source = Source.objects.order_by("pk")[0]
    waiting = Quote.objects.filter(doubt.waits()).count()
    lines = [f"{connection.vendor}, {waiting:,} quotes wait, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"]
    lines.append(f"{'':44}{'median':>9}{'p95':>9}{'CPU':>9}{'queries':>9}")
    asked = {
        "": "", "one outlet": f"?source={source.slug}", "a quiet person": f"?person={person.uid}",
        "reported": "?kind=indirect", "newest first": "?sort=newest",
    }  # fmt: skip
    for name, query in asked.items():
        lines += [f"{label:44}{took}" for label, took in walk(client, query, name, requests)]
    return "\n".join(lines)


def analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def copy(number: int) -> None:
    """All articles once more, with all that is in them, under other keys; in the database, where it is quick."""
    cloned = (Article, Capture, Quote, Attribution, Mention)
    step = dict.fromkeys(cloned, number * FIRST_COPY)
    quote = connection.ops.quote_name
    with transaction.atomic(), connection.cursor() as cursor:
        for model in cloned:
            columns, values = [], []
            for column in model._meta.concrete_fields:
                name = quote(column.column or "")
                columns.append(name)
                of = column.remote_field.model if column.remote_field else model if column.primary_key else None
                if of in step:
                    name = f"{name} + {step[of]}"
                elif column.name == "uid":
                    name = f"substr({name}, 2) || '{UID_ALPHABET[number]}'"
                elif column.name == "url_key":
                    name = f"{name} || '-{number}'"
                values.append(name)
            table = quote(model._meta.db_table)
            own = quote(model._meta.pk.column or "")
            sql = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {table}"
            cursor.execute(f"{sql} WHERE {own} < {FIRST_COPY}")
        for sql in connection.ops.sequence_reset_sql(no_style(), cloned):
            cursor.execute(sql)


@dataclass
class Taken:
    """Milliseconds of several requests of one kind, whole and in this process, and the queries of the last."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    queries: int = 0

    def ask(self, asked: Callable[..., Any], *about: Any) -> Any:
        began, cpu = time.perf_counter(), time.process_time()
        answer = asked(*about)
        self.wall.append((time.perf_counter() - began) * 1_000)
        self.cpu.append((time.process_time() - cpu) * 1_000)
        return answer

    def count(self, asked: Callable[..., Any], *about: Any) -> Any:
        with CaptureQueriesContext(connection) as queries:
            answer = asked(*about)
        self.queries = len(queries)
        return answer

    def __str__(self) -> str:
        wall, cpu = sorted(self.wall), sorted(self.cpu)
        if not wall:
            return "  nothing waits"
        at = len(wall) // 2, min(len(wall) - 1, int(len(wall) * 0.95))
        return f"{wall[at[0]]:9.1f}{wall[at[1]]:9.1f}{cpu[at[0]]:9.1f}{self.queries:9}"


def walk(client: Client, query: str, name: str, times: int) -> list[tuple[str, Taken]]:
    """So many acts in a row, by what the browser would send: the next article looked for, an item shown, an act."""
    start, item, act = Taken(), Taken(), Taken()
    desk = reverse("admin:desk") + query
    url = desk
    for number in range(times + 1):
        # The last round counts the queries.
        ask = (lambda taken: taken.count) if number == times else (lambda taken: taken.ask)
        if url == desk or number == times:
            response = ask(start)(client.get, desk)
            if response.status_code != 302:  # nothing more waits there
                break
            url = response["Location"]
        shown = ask(item)(client.get, url)
        url = ask(act)(client.post, url, press(shown, number))["Location"]
    named = f", {name}" if name else ""
    return [(f"next item{named}", item), (f"an act{named}", act), (f"next article{named}", start)]


def press(response: HttpResponse, number: int) -> dict[str, Any]:
    """What a browser sends for this item: accepted, now and then rejected; the certain ones as one batch."""
    context: Any = response.context_data  # type: ignore[attr-defined]
    if "certain" in context:
        states = {f"state-{quote.uid}": state for quote, state, _ in context["certain"]}
        return states | {"act": "certain", "quote": [quote.uid for quote, _, _ in context["certain"]]}
    return {"act": "reject:duplicate" if number % 7 == 6 else "accept", "state": context["state"], "note": ""}


# --- over the sample corpus


def measure_sample() -> str:
    """Keys and server time for each thing settled, going through the sample as it is read, in this database.

    The editor agrees with the reader: accepts what stands there, takes the first candidate where a name is open (nobody
    named, where there is none), is unsure whether two people are one, and accepts the certain ones as a batch.
    """
    client = editor()
    keys = settled = acts = 0
    taken = Taken()
    url = reverse("admin:desk")
    while acts < MOST_ACTS:
        response = taken.ask(client.get, url, {}, True)
        if "item" not in response.context_data:
            break
        url = response.redirect_chain[-1][0] if response.redirect_chain else url
        context = response.context_data
        done, pressed = 1, 1
        if "pair_card" in context:
            data: dict[str, Any] = {"answer": "unsure", "state": context["state"]}
        else:
            data = press(response, 0)
            done = len(data.get("quote", [0]))
            speaker = context.get("speaker")
            if speaker is not None and not speaker.settled:
                first = f"speaker:{speaker.candidates[0].value}" if speaker.candidates else "unnamed:0"
                taken.ask(client.post, url, data | {"act": first})
                data, pressed = press(taken.ask(client.get, url), 0), 2
        url = taken.ask(client.post, url, data)["Location"]
        keys, settled, acts = keys + pressed, settled + done, acts + pressed
    total, here = sum(taken.wall) / 1_000, sum(taken.cpu) / 1_000
    return (
        f"{connection.vendor}, the sample corpus: {settled} decisions with {keys} keys, {keys / settled:.2f} each; "
        f"{total:.1f} s of the server, {1_000 * total / settled:.0f} ms each ({1_000 * here / settled:.0f} ms here)"
    )
