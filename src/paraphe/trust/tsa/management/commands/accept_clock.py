"""``paraphe manage trust accept_clock``: after the clock was stepped and somebody has checked that it is right."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from paraphe.kernel.actor import Actor
from paraphe.trust.tsa import api as tsa


class Command(BaseCommand):
    """Take the clock as it stands, and say whether timestamps are given again."""

    help = "Accept the clock of this machine as right, after a step; say who has checked it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare who answers for it."""
        parser.add_argument("who", help="who has compared the clock with a source of time; goes to the journal")

    def handle(self, *args: Any, **options: Any) -> None:
        """Accept it, then look whether anything else is wrong."""
        if not options["who"].strip():
            raise CommandError("Say who has checked the clock.")
        tsa.accept_clock(Actor(kind="person", id=options["who"].strip()))
        reason = tsa.watch()
        if reason:
            raise CommandError(f"The clock is accepted, but still nothing is stamped: {reason}.")
        self.stdout.write("The clock is accepted: timestamps are given.")
