"""``paraphe manage platform stuck``: what stands still, why, and the remedy."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from paraphe.platform.web.operations.trouble import troubles


class Command(BaseCommand):
    """Print what the operator's page shows; exit code 1 when there is anything."""

    help = "Tell what stands still, since when, why, and what to do; exit code 1 when there is anything."

    def handle(self, *_: Any, **_options: Any) -> None:
        """Print a block for each."""
        found = troubles()
        for one in found:
            since = one.since.isoformat(timespec="minutes") if one.since else "-"
            self.stdout.write(f"{since}  {one.what}\n    {one.why}\n    -> {one.remedy}")
            if one.action == "revive":
                self.stdout.write(f"       paraphe manage platform jobs --revive {one.key}")
        if found:
            sys.exit(1)
        self.stdout.write("Nothing stands still.")
