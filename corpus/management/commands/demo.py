"""manage.py demo: a working corpus from nothing, and a server to look at it."""

from __future__ import annotations

import json
import os
import secrets
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.staticfiles.management.commands import runserver
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from articles import curation, intake, pipeline
from articles.models import Capture, Quote, Story, Utterance
from corpus import roles
from corpus.models import Tombstone
from people import rosters
from people.models import Person
from people.names import matching_key

SAMPLE = Path(__file__).resolve().parents[2] / "sample"
EDITOR, CHIEF = "editor", "chief"


class Command(BaseCommand):
    help = (
        "Make a working corpus: database, the sample articles read, an editor's login; --serve starts a server on it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--serve", metavar="HOST:PORT", help="start a server there when all is ready")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        password, chiefs = self.login(EDITOR, roles.EDITOR), self.login(CHIEF, roles.CHIEF)
        self.stdout.write(self.sample())
        where = options["serve"] or "127.0.0.1:8000"
        line = (
            f"Verbatim is at http://{where}/ and its admin at http://{where}/admin/: "
            f"log in as {EDITOR} with the password {password}, or as {CHIEF}, who may also publish, merge and purge, "
            f"with the password {chiefs}"
        )
        if options["serve"]:
            serve(where, line)
        else:
            self.stdout.write(line)

    def sample(self) -> str:
        """Take the sample corpus in; what is there already stays as it is."""
        people = json.loads((SAMPLE / "people.json").read_text(encoding="utf-8"))
        purged = Tombstone.bars("people.person", (matching_key(row["name"]) for row in people))
        rosters.load([row for row in people if matching_key(row["name"]) not in purged])
        outcomes: list[pipeline.Outcome] = []
        there = 0
        for row in json.loads((SAMPLE / "stories.json").read_text(encoding="utf-8")):
            story, _ = Story.objects.get_or_create(
                slug=row["slug"], defaults={"name": row["name"], "description": row["description"]}
            )
            orders = pipeline.Orders(story=story, publish=True)
            for item in intake.items([SAMPLE / row["folder"]]):
                # One article comes in two versions; the older must not come back as the newest at the second run.
                if isinstance(item, intake.Item) and (
                    Capture.objects.filter(raw_sha256=item.raw_sha256).exists()
                    or Tombstone.bars("articles.article", [item.text_sha256])
                ):
                    there += 1
                else:
                    outcomes += pipeline.take_in([item], orders)
        if failed := [outcome.error for outcome in outcomes if outcome.outcome == "failed"]:
            raise CommandError("The sample corpus could not be taken in: " + " ".join(failed))
        if there and not Utterance.objects.exists():
            # A sample that is older than the looking for copies and for the same words.
            call_command("copies", verbosity=0)
            call_command("utterances", verbosity=0)
        if not outcomes:
            return f"The sample corpus is there, {there} items."
        articles = {outcome.article for outcome in outcomes}
        quotes = sum(outcome.quotes for outcome in outcomes)
        return f"Read the sample corpus: {len(articles)} articles, {quotes} quotes, {decide()} of them checked."

    def login(self, name: str, role: str) -> str:
        """Somebody's password: made once, kept in var/, and made good again if the account or the file is gone."""
        kept = settings.VAR_DIR / f"{name}-password"
        if not kept.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.touch(mode=0o600)
            kept.write_text(secrets.token_urlsafe(9) + "\n")
        password = kept.read_text().strip()
        user, _ = get_user_model().objects.get_or_create(
            username=name, defaults={"is_staff": True, "first_name": f"The {name}"}
        )
        user.groups.add(Group.objects.get(name=role))
        if not user.check_password(password):
            user.set_password(password)
            user.save()
        return password


def decide() -> int:
    """Make the decisions that come with the sample, as its editor, where nobody decided yet; returns how many."""
    editor = get_user_model().objects.get(username=EDITOR)
    made = 0
    for row in json.loads((SAMPLE / "decisions.json").read_text(encoding="utf-8")):
        file = f"/{row['file']}"
        quotes = Quote.objects.filter(capture__origin__endswith=file, text__contains=row["words"], decided=[])
        speaker = Person.objects.survivors().filter(name=row["speaker"]).first()
        quote = quotes.exclude(anchor=Quote.Anchor.ORPHANED).order_by("nested_in", "start").first()
        if quote and speaker:
            curation.set_speakers(quote, [speaker], by=editor, reason=row.get("reason", ""))
            made += curation.decide_quotes([quote], {"status": row["status"]}, by=editor, reason=row.get("reason", ""))
    return made


def serve(where: str, line: str) -> None:
    """Serve until interrupted; ``line`` is the last thing said."""

    class Server(runserver.Command):
        def on_bind(self, server_port: int) -> None:
            self.stdout.write(line)
            self.stdout.flush()

    os.environ["DJANGO_RUNSERVER_HIDE_WARNING"] = "true"
    # Whoever mistypes an address sees our page, not the debugger's.
    settings.DEBUG = False
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns of a folder that is not there
    call_command(Server(), where, use_reloader=False, skip_checks=True, verbosity=0, insecure_serving=True)
