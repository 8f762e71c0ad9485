"""Doing what waits: one worker, on either database."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from threading import Event

from django.db import Error, connection, transaction

from articles import polling
from articles.fetching import Fetcher, hosts
from articles.intake import Item
from articles.intake.item import from_json
from articles.models import Article, Job
from articles.pipeline import BATCH, Crew, Orders, Outcome, Place, read_again, take_in, take_in_places, text_of
from articles.reading import Context, read
from articles.reading.model import Reading
from articles.work.queueing import item_of, key_of, orders_of
from corpus.models import Tombstone
from corpus.processes import Processes

log = logging.getLogger(__name__)

#: Addresses and entries of feeds at a turn, and looked through for those that nobody else has claimed.
FETCHED, IN_SIGHT = 8, 100
#: Seconds in which others may write, on SQLite, whose busy wait is no queue.
BREATH = 0.05
#: What changes of a job that failed.
TRIED = ["state", "attempts", "next_try", "error"]


class Gone(Exception):
    """What waited was done, or taken away, by somebody else."""


class Worker:
    """Does what is due, some of each kind at a turn; with processes to read for it on SQLite."""

    def __init__(self, readers: int = 0, fetcher: Fetcher | None = None, stopping: Event | None = None) -> None:
        self.processes = Processes(readers)
        self.fetcher = fetcher or Fetcher()
        self.stopping = stopping or Event()

    def turn(self) -> Iterator[Outcome]:
        """Do some of what is due, news before readings; nothing is said before it is committed."""
        some = False
        for kind in (self._items, self._addresses, self._entries):
            for outcome in kind():
                some = True
                yield outcome
            if self.stopping.is_set():
                return
        if not some:
            yield from self._readings()

    def close(self) -> None:
        self.processes.close()

    # --- items

    def _items(self) -> Iterator[Outcome]:
        with _claimed(Job.Kind.ITEM, BATCH) as jobs:
            outcomes = self._take_in(_alike(jobs)) if jobs else []
        yield from outcomes
        self._breathe()

    def _take_in(self, jobs: Sequence[Job]) -> list[Outcome]:
        """Take the items of jobs with the same orders in, all in one transaction if nothing is wrong with any."""
        items = [item_of(job) for job in jobs]
        of = {id(item): job.pk for item, job in zip(items, jobs, strict=True)}

        def stored(became: Sequence[tuple[Item, Outcome]]) -> None:
            _finish(_keys({of[id(item)]: outcome for item, outcome in became}))

        crew = Crew(read=self._read, stored=stored)
        try:
            outcomes = list(take_in(items, orders_of(jobs[0]), crew))
        except Gone:
            return []
        except Error:
            raise  # of the database, not of an item
        except Exception as error:  # noqa: BLE001 (whatever it is, the others go in)
            if len(jobs) > 1:
                return [outcome for job in jobs for outcome in self._take_in([job])]
            return [_met(jobs[0], error)]
        for job, outcome in zip(jobs, outcomes, strict=True):
            if outcome.outcome == "failed":
                _refuse(job, outcome.error)
        return outcomes

    def _read(self, texts: Sequence[str], contexts: Sequence[Context]) -> list[Reading]:
        return self.processes.map(read, texts, contexts)

    # --- addresses

    def _addresses(self) -> Iterator[Outcome]:
        due = Job.objects.due(Job.Kind.ADDRESS)
        in_sight = dict(due.values_list("pk", "name")[:IN_SIGHT])
        with hosts.claimed("articles.job", in_sight, FETCHED, self.fetcher) as claimed:
            left = {job.pk: job for job in due.filter(pk__in=claimed).select_related("source", "story")}
            places = [_place(job) for job in left.values()]
            try:
                for found in take_in_places(places, Orders(), self.fetcher):
                    job = left.pop(found.place.about.pk)
                    if found.outcome.outcome != "failed":
                        _finish(_keys({job.pk: found.outcome}))
                    elif found.passing:
                        job.put_off(found.outcome.error, found.after)
                        job.save(update_fields=TRIED)
                    else:
                        _refuse(job, found.outcome.error)
                    yield found.outcome
                    if self.stopping.is_set():
                        return
            except Gone:
                return
            except Error:
                raise
            except Exception as error:  # noqa: BLE001
                # It is not said which of them it was: all that were in hand are tried again, later.
                yield from (_met(job, error) for job in left.values())

    def _entries(self) -> Iterator[Outcome]:
        try:
            for found in polling.take_in_entries(self.fetcher, most=FETCHED):
                yield found.outcome
                if self.stopping.is_set():
                    return
        except Error:
            raise
        except Exception:
            log.exception("A fault met entries of feeds; they are tried again later")

    # --- readings

    def _readings(self) -> Iterator[Outcome]:
        # Each has its own transaction; where that is the claim's, one at a time.
        with _claimed(Job.Kind.READING, 1 if connection.vendor == "postgresql" else BATCH) as jobs:
            outcomes = self._read_again(jobs)
        yield from outcomes
        self._breathe()

    def _read_again(self, jobs: Sequence[Job]) -> list[Outcome]:
        told = [text_of(job.article) for job in jobs if job.article and job.article.capture]
        try:
            ahead = dict(
                zip(told, self._read([text for text, _ in told], [context for _, context in told]), strict=True)
            )
        except Exception as error:  # noqa: BLE001 (as above)
            if len(jobs) > 1:
                return [outcome for job in jobs for outcome in self._read_again([job])]
            return [_met(jobs[0], error)]
        return [outcome for job in jobs for outcome in _read_again(job, ahead)]

    def _breathe(self) -> None:
        if connection.vendor == "sqlite":
            time.sleep(BREATH)


@contextmanager
def _claimed(kind: str, most: int) -> Iterator[list[Job]]:
    """Jobs that are due, for this process alone; on PostgreSQL in one transaction, which ends with them."""
    with transaction.atomic() if connection.vendor == "postgresql" else nullcontext():
        due = Job.objects.due(kind).select_for_update(skip_locked=True, of=("self",))
        yield list(due.select_related("source", "story", "article__source")[:most])


def _alike(jobs: Sequence[Job]) -> list[Job]:
    """Those of the jobs that have the orders of the first, and of which no two may be the same article."""
    found, seen = [], set[str]()
    for job in jobs:
        if orders_of(job) == orders_of(jobs[0]) and job.text_sha256 not in seen:
            found.append(job)
        seen.add(job.text_sha256)
    return found


def _place(job: Job) -> Place:
    return Place(job.name, from_json(job.said or {}), last=job.last, about=job, orders=orders_of(job))


def _keys(became: Mapping[int, Outcome]) -> dict[int, int]:
    """What jobs became, as keys of articles."""
    articles = Article.objects.in_bulk([outcome.article for outcome in became.values()], field_name="uid")
    return {job: articles[outcome.article].pk for job, outcome in became.items()}


def _read_again(job: Job, ahead: Mapping[tuple[str, Context], Reading]) -> Iterator[Outcome]:
    """Store the reading of a job's article, one of those made ahead if it is still of its text and context."""
    assert job.article is not None
    name = f"article {job.article.uid}"
    try:
        with transaction.atomic():
            quotes = read_again(job.article, lambda *told: ahead.get(told) or read(*told))
            _finish({job.pk: job.article.pk})
    except (Article.DoesNotExist, Gone):
        return  # purged since it was claimed
    except Error:
        raise
    except Exception as error:  # noqa: BLE001 (as above)
        yield _met(job, error)
    else:
        yield Outcome(name, "unchanged", job.article.uid, quotes, note="read again")


def _finish(became: Mapping[int, int]) -> None:
    """These jobs are done, and became these articles (keys)."""
    if Job.objects.finish(became) < len(became):
        raise Gone


def _refuse(job: Job, error: str) -> None:
    """It cannot be taken in, ever; what was purged is not kept for somebody to look at."""
    job.give_up(error)
    url = job.name if job.kind == Job.Kind.ADDRESS else (job.said or {}).get("url", "")
    if Tombstone.bars("articles.article", {job.text_sha256, key_of(url)} - {""}):
        job.delete()
    else:
        job.save(update_fields=TRIED)


def _met(job: Job, error: Exception) -> Outcome:
    """A fault of ours that met this job: it is tried again, for it may be gone then."""
    log.error("A fault met %s", job, exc_info=error)
    sentence = f"{job}: a fault of the program met it ({type(error).__name__}: {error}); please report this."
    job.put_off(sentence)
    job.save(update_fields=TRIED)
    return Outcome(str(job), "failed", error=sentence)
