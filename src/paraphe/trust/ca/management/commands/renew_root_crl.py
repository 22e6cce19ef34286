"""``paraphe manage trust renew_root_crl``: the yearly ceremony."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from paraphe.trust.ca import api as ca
from paraphe.trust.register import api as register
from paraphe.trust.vault import api as vault


class Command(BaseCommand):
    """Open the root's folder of keys, make a new revocation list of the root, close it."""

    help = "Make a new revocation list of the root; the folder of the root key must be at hand."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare where the root key is."""
        parser.add_argument("--folder", type=Path, default=settings.DATA_DIR / "root", help="folder of the root key")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the ceremony."""
        try:
            number = ca.renew_root_crl(options["folder"])
        except (vault.VaultError, register.RegisterError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"The root has a new revocation list, number {number}, for 12 months.")
