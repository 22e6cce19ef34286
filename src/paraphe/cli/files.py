"""The words of the command line for the files that a site keeps: ``paraphe files …``."""

import argparse
from typing import Any

from paraphe.cli.words import complain
from paraphe.config.environment import Environment

SITES = ("platform", "trust", "comptexpert")
STORES = ("disk", "s3")
TOLD = 1_000
"""Files after which it is said how far a move is."""


def add_commands(commands: Any) -> None:
    """Add ``files`` and what stands below it."""
    purpose = "keep the sealed files of a site"
    below = commands.add_parser("files", help=purpose, description=purpose).add_subparsers(
        required=True, metavar="VERB"
    )
    purpose = "copy every file to the other store and read each copy whole; may be stopped and begun again"
    move = below.add_parser("move", help=purpose, description=purpose)
    move.add_argument("site", choices=SITES)
    move.add_argument("--to", choices=STORES, required=True, help="where to; from the other one")
    move.set_defaults(answer=_move)
    purpose = "remove what belongs to no file of the database, as every night"
    sweep = below.add_parser("sweep", help=purpose, description=purpose)
    sweep.add_argument("site", choices=SITES)
    sweep.add_argument("--however-many", action="store_true", help="also when that is a large part of all there is")
    sweep.set_defaults(answer=_sweep)
    purpose = "try the store, and look for the newest files of the database in it"
    check = below.add_parser("check", help=purpose, description=purpose)
    check.add_argument("site", choices=SITES)
    check.set_defaults(answer=_check)


def _move(options: argparse.Namespace, _environment: Environment) -> int:
    files = _api(options.site)
    source, target = files.shelf_called(STORES[1 - STORES.index(options.to)]), files.shelf_called(options.to)
    counts: dict[str, int] = {}
    for number, one in enumerate(files.move(source, target), start=1):
        counts[one.status] = counts.get(one.status, 0) + 1
        if one.status == "broken":
            complain(f"{one.id} is broken in {source.name} ({one.reason}): it was not copied.")
        if number % TOLD == 0:
            print(f"{number:,} files …", flush=True)
    copied, there, broken = (counts.get(name, 0) for name in ("copied", "there", "broken"))
    print(f"{copied:,} files copied to {target.name} and read again, {there:,} were there, {broken:,} broken.")
    print(f"Nothing was removed from {source.name}.")
    print(f"Next: stop the sites, run this once more, set PARAPHE_FILES={options.to}, start the sites.")
    return 1 if broken else 0


def _sweep(options: argparse.Namespace, _environment: Environment) -> int:
    files = _api(options.site)
    try:
        removed = files.sweep(however_many=options.however_many)
    except files.SweepDoubtful as doubtful:
        complain(
            f"{doubtful.params['orphans']:,} of {doubtful.params['files']:,} files are in no row of the database: is "
            "it the right one? Nothing was removed. If it is, say --however-many."
        )
        return 1
    print(f"{removed:,} removed.")
    return 0


def _check(options: argparse.Namespace, _environment: Environment) -> int:
    files = _api(options.site)
    from paraphe.floor.files.shelves import check_store

    wrong = check_store(None)
    for message in wrong:
        complain(message.msg)
    if not wrong:
        print(f"{files.shelf().name} takes, keeps and gives back.")
    return 1 if wrong else 0


def _api(name: str) -> Any:
    # The site is loaded only by those who ask for it: the commands for documents start at once.
    from paraphe.cli import site

    site.use_site(name)
    from paraphe.floor.files import api

    return api
