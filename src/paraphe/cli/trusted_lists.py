"""``paraphe trusted-lists``: fetch the European trusted lists into a folder, for ``verify`` and the platform."""

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from paraphe.cli.words import USAGE, complain, language, sentence
from paraphe.kernel.errors import DomainError

SECONDS_A_LIST = 60.0


def add_commands(commands: Any) -> None:
    """Add ``trusted-lists`` to the words of the command line."""
    purpose = "fetch the trusted lists of the European Union, check their signatures, keep them in a folder"
    command = commands.add_parser("trusted-lists", help=purpose, description=purpose)
    command.add_argument("folder", type=Path, metavar="DIR")
    command.add_argument("--list", metavar="URL", help="address of the list of lists, if not the Commission's")
    command.add_argument("--signers", type=Path, metavar="PEM", help="who may sign it, if not those known")
    command.add_argument("--language", choices=("fr", "en"))
    command.set_defaults(answer=answer)


def answer(options: argparse.Namespace, _environment: object) -> int:
    """Bring the folder up to date: 0 every list is good, 1 some are not, 2 the list of lists is not."""
    from cryptography import x509

    from paraphe.trustlists.api import EU_LISTS, Store, known_signers
    from paraphe.wire.guard import Guard

    try:
        signers = x509.load_pem_x509_certificates(options.signers.read_bytes()) if options.signers else known_signers()
    except (OSError, ValueError):
        complain(f"{options.signers} holds no certificates.")
        return USAGE
    guard = Guard(total_seconds=SECONDS_A_LIST, max_bytes=60_000_000)
    try:
        found = Store(options.folder).update(guard.get, signers, datetime.now(UTC), options.list or EU_LISTS)
    except DomainError as error:
        complain(sentence(error, language(options.language)))
        return USAGE
    except OSError as error:
        complain(f"{options.folder} cannot be written to ({error.strerror}).")
        return USAGE
    print(f"new: {' '.join(found.taken) or '-'}; unchanged: {' '.join(found.kept) or '-'}")
    for territory, code in found.failed:
        complain(f"{territory}: {code}")
    return 1 if found.failed else 0
