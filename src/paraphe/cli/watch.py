"""``paraphe watch``: a folder whose files go, once they are complete, into a batch that waits for its release."""

import argparse
from pathlib import Path
from typing import Any


def add_commands(commands: Any) -> None:
    """Add ``watch``."""
    purpose = (
        "bring every PDF that is put into a folder to a batch of a platform; exit 0 when told to stop, "
        "2 usage or environment"
    )
    command = commands.add_parser("watch", help="watch a folder for a platform", description=purpose)
    command.add_argument("folder", type=Path, metavar="DIR", help="where others put files; done/ and failed/ are made")
    command.add_argument("--platform", required=True, metavar="URL", help="address of the platform")
    command.add_argument(
        "--token-file", required=True, type=Path, metavar="FILE", help="token of 'paraphe platform token issue'"
    )
    command.add_argument("--title", help="of the batches; without it the name of the folder; the date follows it")
    command.add_argument("--purpose", help="what is sealed, as the person who releases it reads it")
    command.add_argument("--level", choices=("B-T", "B-LT", "B-LTA"), default="B-LT")
    command.add_argument(
        "--settle",
        type=_seconds,
        default=5.0,
        metavar="SECONDS",
        help="a file that did not change for so long is whole",
    )
    command.add_argument("--once", action="store_true", help="take what is there and whole, then end")
    command.add_argument("--json", action="store_true", help="one line of JSON per file")
    command.add_argument("--language", choices=("fr", "en"))
    command.set_defaults(answer=answer)


def answer(options: argparse.Namespace, _environment: object) -> int:
    """Watch the folder and return the exit code."""
    # Imported here: the other words of the command line need not wait for it.
    from paraphe.cli.watching import run

    return run(options)


def _seconds(text: str) -> float:
    found = float(text)
    if not 0 <= found <= 3600:
        raise ValueError(text)
    return found


_seconds.__name__ = "number of seconds from 0 to 3600"  # what argparse says of a bad one
