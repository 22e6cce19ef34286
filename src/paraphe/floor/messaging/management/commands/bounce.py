"""``paraphe manage <site> bounce``: takes a delivery status notification from a mail server, on standard input."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError

from paraphe.floor.messaging import api, dsn

TRY_LATER = 75
"""EX_TEMPFAIL of sysexits.h: the mail server keeps the notification and delivers it again."""


class Command(BaseCommand):
    """Read one notification (RFC 3464) and note what it says."""

    help = "Read a delivery status notification (RFC 3464) on standard input; for the pipe of a mail server."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Know --to."""
        parser.add_argument("--to", default="", metavar="ADDRESS", help="the address to which it was delivered")

    def handle(self, *_: Any, **options: Any) -> None:
        """Take it; what is no notification is passed over, so that no mail server writes about it."""
        data = sys.stdin.buffer.read(dsn.LARGEST + 1)
        try:
            taken = api.take_bounce(data, options["to"])
        except DatabaseError:
            sys.exit(TRY_LATER)
        for message_id in taken:
            self.stdout.write(str(message_id))
