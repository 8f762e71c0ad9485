"""manage.py purge: delete an article or a person beyond recovery."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import CommandError

from articles import purging
from articles.models import Article
from corpus import erasure, gone
from corpus.management.base import CorpusCommand
from corpus.models import Tombstone
from people.models import Person


class Command(CorpusCommand):
    help = (
        "Delete an article, or a person wherever their name is data, beyond recovery, and leave a page that says so. "
        "What was interrupted is completed by running it again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", nargs="?", choices=["article", "person"])
        parser.add_argument("thing", nargs="?", help="its uid, or the slug of a person")
        parser.add_argument("--reason", default="", help="why; for editors, never public")
        parser.add_argument("--note", default="", help="what its page says instead")
        parser.add_argument("--by", metavar="USER", help="in whose name")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would go and what would stay; delete nothing"
        )
        parser.add_argument("--yes", action="store_true", help="do not ask")
        parser.add_argument("--finish", action="store_true", help="overwrite what earlier purges deleted, and no more")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.purge(options)
        except purging.Refused as error:
            raise CommandError(str(error)) from error
        except erasure.Busy as error:
            raise CommandError(str(error)) from error

    def purge(self, options: dict[str, Any]) -> None:
        if options["finish"]:
            self.stdout.write(f"Overwritten: what {purging.finish()} things left.")
            return
        thing = self.find(options["kind"], options["thing"])
        if isinstance(thing, Tombstone):
            purging.finish()
            self.stdout.write(f"It was purged on {thing.at:%-d %B %Y}; what it left is overwritten.")
            return
        for line in lines(purging.plan(thing)):
            self.stdout.write(line)
        if options["dry_run"]:
            return
        if not options["reason"].strip():
            raise CommandError("Say why, with --reason; it is kept with the tombstone, for editors.")
        if not options["yes"]:
            answer = input(f"There is no way back. To purge it, type {thing.uid}: ")
            if answer.strip() != thing.uid:
                raise CommandError("Nothing was deleted.")
        purging.purge(thing, by=self.user(options["by"]), reason=options["reason"], public_note=options["note"])
        self.stdout.write(f"The {options['kind']} is purged.")

    def find(self, kind: str | None, name: str | None) -> Article | Person | Tombstone:
        """What is meant, or what is left of it."""
        if not kind or not name:
            raise CommandError(f"Say which {kind or 'article or person'}: by uid, or a person by slug.")
        found: Article | Person | Tombstone | None
        if kind == "article":
            found = Article.objects.filter(uid=name).first() or gone.tombstone(Article, uid=name)
        else:
            found = Person.objects.filter(uid=name).first() or Person.objects.filter(slug=name).first()
            found = found or gone.tombstone(Person, uid=name) or gone.tombstone(Person, slug=name)
        if found is None:
            raise CommandError(f"There is no {kind} {name}; give its uid, the last part of its address.")
        return found

    def user(self, name: str | None) -> User | None:
        if name is None:
            return None
        try:
            return User.objects.get(username=name)
        except User.DoesNotExist as error:
            raise CommandError(f"There is no account {name}.") from error


def lines(plan: purging.Plan) -> list[str]:
    """A plan as it is printed."""
    said = [f"To purge: {plan.thing} ({plan.thing.uid})", "", "What goes:"]
    said += [f"{number:>7}  {label}" for label, number in plan.goes]
    said += [f"         {name}" for name in plan.names]
    return [*said, "", "What stays:", *(f"  - {sentence}" for sentence in plan.stays), ""]
