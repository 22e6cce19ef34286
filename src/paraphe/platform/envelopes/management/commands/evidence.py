"""``paraphe manage platform evidence``: verify the log and every chain; erase what is kept of a recipient."""

import getpass
import sys
import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import NotFound
from paraphe.platform.envelopes import api
from paraphe.platform.evidence import api as evidence


class Command(BaseCommand):
    """Check or erase."""

    help = "check: verify the evidence log, the chain of every firm and its timestamps. erase: forget a recipient."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Know the verbs."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("check", help="verify everything; exit code 1 when something is not as it was written")
        erase = verbs.add_parser("erase", help="erase what is kept of a recipient; the chains stay valid")
        erase.add_argument("recipient", type=uuid.UUID)

    def handle(self, *_: Any, **options: Any) -> None:
        """Do what was asked."""
        if options["verb"] == "check":
            self._check()
        else:
            self._erase(options["recipient"])

    def _check(self) -> None:
        wrong, broken = 0, evidence.verify()
        if broken is not None:
            wrong += 1
            self.stdout.write(f"The log is not as it was written from event {broken} on.")
        for firm in evidence.chained_firms():
            fault = evidence.verify_firm(firm)
            if fault is not None:
                wrong += 1
                self.stdout.write(f"Firm {firm}: position {fault.position} of its chain is {fault.kind}.")
        if wrong:
            sys.exit(1)
        self.stdout.write("The log and every chain are as they were written.")

    def _erase(self, recipient: uuid.UUID) -> None:
        try:
            count = api.erase(recipient, Actor("officer", getpass.getuser()))
        except NotFound:
            raise CommandError("There is nothing of such a recipient.") from None
        except api.WrongState as error:
            raise CommandError(f"The collection is {error.params['state']}: end it first.") from None
        self.stdout.write(f"Erased. {count} events no longer disclose where he was; every chain stays valid.")
