"""What the desk costs: the next item in a long queue, and a decision over the sample corpus."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models.functions import Mod
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rich.console import Console

from articles import doubt, gate, pairing
from articles.desk import views
from articles.models import Article, Quote, Source, Story, search
from corpus.chunks import chunks
from corpus.management.bulk import fill
from corpus.models import Change
from people.models import Person

#: Nobody settles more at a sitting of the sample than there is; a loop that does not end is a fault of the desk.
MOST_ACTS = 2_000


def editor() -> Client:
    """The browser of somebody who may do everything."""
    user = get_user_model().objects.create_superuser("benchmark")
    client = Client(HTTP_HOST=settings.ALLOWED_HOSTS[0].lstrip("."))
    client.force_login(user)
    return client


def measure_queue(quotes: int, requests: int, console: Console) -> Iterator[str]:
    """How soon the next item is there, with so many quotes waiting, in an empty database that is filled here."""
    fill_queue(quotes, console)
    yield from walk_queue(requests)


def fill_queue(quotes: int, console: Console) -> None:
    """So many quotes that wait: some with doubts of every kind, unsure or disputed, and people that may be one."""
    began = time.perf_counter()
    fill(quotes, console)
    search.uninstall()  # with the feed of changes, which would be told of every row
    Quote.objects.update(status=Quote.Status.SUGGESTED)
    Person.objects.annotate(nth=Mod("id", 3)).filter(nth=0).update(status=Person.Status.CURATED)
    cast_doubt()
    with console.status("Counting"):
        for some in chunks(Article.objects.values_list("pk", flat=True), 500):
            doubt.refresh(some)
        gate.refresh_people(Person.objects.values_list("pk", flat=True))
        analyse()
        pairing.suggest_all()
        Change.objects.all().delete()
        search.install()
        analyse()
    console.print(f"Made {Quote.objects.count():,} quotes that wait in {time.perf_counter() - began:.0f} s.")


def cast_doubt() -> None:
    """Of the quotes that are there a third has a doubt, one kind after the other; some are unsure, some disputed."""
    rows = Quote.objects.annotate(hundredth=Mod("id", 100), nth=Mod("id", 3 * len(doubt.TAGS)))
    for nth, code in enumerate(doubt.TAGS):
        rows.filter(nth=3 * nth).update(reasons=[code])
    rows.filter(hundredth=7).update(unsure=True)
    rows.filter(hundredth=11).update(disputed="kind")


def walk_queue(requests: int) -> Iterator[str]:
    """A table of what the desk and the lists beside it cost in this database, by what is asked for; line by line."""
    client = editor()
    waiting = Quote.objects.filter(doubt.waits()).count()
    yield f"{connection.vendor}, {waiting:,} quotes wait, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    yield f"{'':44}{'median':>9}{'p95':>9}{'CPU':>9}{'queries':>9}"

    def rows() -> Iterator[tuple[str, Taken]]:
        yield from walk(client, "", "", requests)
        for name, query in asked().items():
            yield from walk(client, query, name, requests)
        session = client.session
        session[views.SKIPPED_KEY] = deep()
        session.save()
        yield from walk(client, "", "a thousand skipped", requests)
        yield from undone(client, requests)
        yield from ((name, looked_at(client, reverse(address), requests)) for name, address in SCREENS.items())

    yield from (f"{label:44}{took}" for label, took in rows())


#: What else an editor opens, by name, and its address by that.
SCREENS = {
    "first screen": "admin:index",
    "certain ones in bulk": "admin:articles_quote_certain",
    "disagreements": "admin:disagreements",
    "candidates": "admin:people_person_candidates",
    "people that may be one": "admin:people_pair_changelist",
    "the last fifty acts": "admin:desk_last",
    "list of quotes": "admin:articles_quote_changelist",
    "list of articles": "admin:articles_article_changelist",
    "list of captures": "admin:articles_capture_changelist",
    "list of people": "admin:people_person_changelist",
    "list of decisions": "admin:corpus_decision_changelist",
    "list of utterances": "admin:articles_utterance_changelist",
    "list of outlets": "admin:articles_source_changelist",
    "list of stories": "admin:articles_story_changelist",
}


def asked() -> dict[str, str]:
    """A query of the desk for each way in which the queue can be narrowed or ordered, by name."""
    person, source, story = (model.objects.order_by("pk")[10] for model in (Person, Source, Story))
    return {
        "one story": f"?story={story.slug}", "one outlet": f"?source={source.slug}",
        "one person": f"?person={person.uid}", "reported": "?kind=indirect", "one doubt": "?reason=nested",
        "unsure": "?unsure=yes", "disputed": "?disputed=yes", "newest first": "?sort=newest",
        "oldest first": "?sort=oldest", "several": f"?story={story.slug}&kind=direct&reason=floating&sort=newest",
    }  # fmt: skip


def deep() -> list[str]:
    """As many quotes as can be skipped, those of the articles with most doubt."""
    first = Article.objects.filter(waiting__gt=0).order_by("-doubt", "-id").values_list("pk", flat=True)
    quotes = Quote.objects.filter(article__in=list(first[: views.SKIPPED]))
    return list(quotes.order_by("-article__doubt", "-article").values_list("uid", flat=True)[: views.SKIPPED])


def looked_at(client: Client, address: str, times: int) -> Taken:
    """A page opened so often; its queries are counted the last time."""
    taken = Taken()
    for _ in range(times):
        taken.ask(client.get, address)
    taken.count(client.get, address)
    return taken


def analyse() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


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


def undone(client: Client, times: int) -> list[tuple[str, Taken]]:
    """So many acts that are taken back at once, from the page that comes next."""
    undo, item = Taken(), Taken()
    for number in range(times + 1):
        shown: Any = client.get(reverse("admin:desk"), follow=True)
        url = client.post(shown.redirect_chain[-1][0], press(shown, 0))["Location"]
        following = client.get(url, follow=True)
        url = following.redirect_chain[-1][0] if following.redirect_chain else url
        ask = (lambda taken: taken.count) if number == times else (lambda taken: taken.ask)
        said = {"act": f"undo:{(following.context_data or {})['undoable']}"}
        ask(item)(client.get, ask(undo)(client.post, url, said)["Location"])
    return [("undo", undo), ("the item that it was on", item)]


def press(response: HttpResponse, number: int) -> dict[str, Any]:
    """What a browser sends for this item: accepted, now and then rejected; the certain ones as one batch; in doubt
    whether two people are one."""
    context: Any = response.context_data  # type: ignore[attr-defined]
    if "pair_card" in context:
        return {"answer": "unsure", "state": context["state"]}
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
