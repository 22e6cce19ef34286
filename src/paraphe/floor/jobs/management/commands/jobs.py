"""``paraphe manage <site> jobs``: look at what was given up, and try it again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from paraphe.floor.jobs import api


class Command(BaseCommand):
    """List dead letters, or revive one."""

    help = "List background jobs that were given up; --revive NUMBER tries one again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Know --revive."""
        parser.add_argument("--revive", type=int, metavar="NUMBER", help="try this dead letter again")

    def handle(self, *_: Any, **options: Any) -> None:
        """Do what was asked."""
        if options["revive"] is not None:
            try:
                job_id = api.revive(options["revive"])
            except api.LetterUnknown:
                raise CommandError("There is no dead letter of this number.") from None
            except ImportError:
                raise CommandError("This version of Paraphe no longer has this job.") from None
            self.stdout.write(f"It is tried again as job {job_id}.")
            return
        letters = api.dead_letters()
        for letter in letters:
            died = letter.died_at.isoformat(timespec="seconds")
            self.stdout.write(f"{letter.id}  {died}  {letter.path}  {letter.attempts} attempts  {letter.error}")
        if not letters:
            self.stdout.write("No job was given up.")
