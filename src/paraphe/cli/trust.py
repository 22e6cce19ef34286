"""The words of the command line for those who keep and audit the trust services: ``paraphe trust …``."""

import argparse
import json
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from paraphe.cli import backup
from paraphe.config.environment import Environment

Answer = Callable[[argparse.Namespace, Environment], int]


def add_commands(commands: Any) -> None:
    """Add ``trust`` and what stands below it."""
    purpose = "keep and audit the trust services"
    below = commands.add_parser("trust", help=purpose, description=purpose).add_subparsers(
        required=True, metavar="WHAT"
    )
    journal = _group(below, "journal", "the append-only journal")
    _add(journal, "verify", "verify every line and every anchor; name the first broken line", _verify)
    _add(journal, "export", "write every line and anchor as JSON lines", _export)
    _add(journal, "anchor", "timestamp the head of the journal now", _anchor)
    certificates = _group(below, "certificates", "everything that was issued")
    _add(certificates, "check", "compare everything that was issued with the journal", _check)
    client = _group(below, "client", "programs that may use the trust services")
    rotated = _add(client, "rotate", "give a program a new secret; both are good for a while", _rotate_client)
    rotated.add_argument("client_id")
    rotated.add_argument("--hours", type=float, default=24.0, help="how long the secret before stays good")

    keys = _group(below, "keys", "the key-encryption key; no signer may run meanwhile")
    _add(keys, "rotate", "seal every key anew under a new key-encryption key", _rotate)
    split = _add(keys, "split", "divide the key-encryption key into shares for custodians", _split)
    split.add_argument("--needed", type=int, default=3)
    split.add_argument("--shares", type=int, default=5)
    _add(keys, "join", "put it together again from shares, one a line on standard input", _join)
    _add(keys, "check", "open every key, sign with it, check the signature", _check_keys)
    for command in keys.choices.values():
        command.add_argument("--of", type=Path, help="folder of the keys; default: those of the signer")
    ceremony = _add(below, "ceremony", "make root and issuing authorities as a file says", _ceremony)
    ceremony.add_argument("plan", type=Path)
    ceremony.add_argument("--root", type=Path, required=True, help="empty folder on the root's medium")
    ceremony.add_argument("--dry-run", action="store_true", help="read the plan aloud, make nothing")
    _add(below, "backup", "write an encrypted archive of the trust services", backup.back_up).add_argument("file")
    restored = _add(below, "restore", "put an archive back into a new folder", backup.restore)
    restored.add_argument("file")
    restored.add_argument("--into", required=True)
    _add(below, "drill", "restore an archive aside and use everything in it once", backup.drill).add_argument("file")


def _group(commands: Any, name: str, purpose: str) -> Any:
    return commands.add_parser(name, help=purpose, description=purpose).add_subparsers(required=True, metavar="VERB")


def _add(group: Any, name: str, purpose: str, answer: Answer) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = group.add_parser(name, help=purpose, description=purpose)
    command.set_defaults(answer=answer)
    return command


# The site is loaded only by those who ask for it: the commands for documents start at once.


def _verify(_options: argparse.Namespace, _environment: Environment) -> int:
    report = _audit().verify_journal()
    if report.ok:
        last = f", the last of {report.last_anchor:%Y-%m-%d}" if report.last_anchor else ""
        print(f"The journal is what was written: {report.entries} lines, {report.anchors} anchors{last}.")
        if report.unanchored is not None:
            sentence = f"From line {report.unanchored} on it was not timestamped for days: ask why."
            print(sentence, file=sys.stderr)
        return 0
    why = {
        "missing": "it was removed",
        "changed": "its hash is not of what it says",
        "unlinked": "the line before it was changed, together with its hash",
        "unreadable": "it cannot be read",
        "anchor": "it is not the line that was timestamped",
        "token": "the timestamp over it does not hold",
    }[report.reason]
    print(f"The journal was changed: line {report.broken} is the first that is broken: {why}.", file=sys.stderr)
    return 1


def _export(_options: argparse.Namespace, _environment: Environment) -> int:
    for line in _audit().export_journal():
        print(json.dumps(line, ensure_ascii=False, sort_keys=True))
    return 0


def _anchor(_options: argparse.Namespace, _environment: Environment) -> int:
    done = _audit().anchor_journal()
    print("The head of the journal is timestamped." if done else "Nothing was written since the last anchor.")
    return 0


def _check(_options: argparse.Namespace, _environment: Environment) -> int:
    report = _audit().check_certificates()
    for serial, why in report.findings:
        print(f"{serial}: {why}", file=sys.stderr)
    print(f"{report.checked} certificates checked, {report.wrong} findings.")
    return 0 if report.ok else 1


def _rotate_client(options: argparse.Namespace, _environment: Environment) -> int:
    from paraphe.cli import site

    site.use_site("trust")
    from paraphe.kernel.errors import DomainError
    from paraphe.kernel.ids import new_token
    from paraphe.trust.clients import api

    secret = new_token()
    try:
        api.rotate_secret(options.client_id, secret, overlap=timedelta(hours=options.hours))
    except (DomainError, OverflowError, ValueError):
        print("There is no such client, or the overlap is not between 0 and 168 hours.", file=sys.stderr)
        return 1
    print(secret)
    return 0


def _audit() -> Any:
    from paraphe.cli import site

    site.use_site("trust")
    from paraphe.trust.audit import api

    return api


def _rotate(options: argparse.Namespace, environment: Environment) -> int:
    count = _vault().rotate(_keys_folder(options, environment))
    print(f"{count} keys are sealed under a new key-encryption key. Backups and shares of the old one: make new ones.")
    return 0


def _split(options: argparse.Namespace, environment: Environment) -> int:
    shares = _vault().split(_keys_folder(options, environment), options.needed, options.shares)
    for number, share in enumerate(shares, 1):
        print(f"Share {number} of {len(shares)} ({options.needed} are needed):\n{share}\n")
    return 0


def _join(options: argparse.Namespace, environment: Environment) -> int:
    folder = _keys_folder(options, environment)
    _vault().join(folder, sys.stdin.read().splitlines())
    print(f"The key-encryption key of {folder} is there, and opens every key.")
    return 0


def _check_keys(options: argparse.Namespace, environment: Environment) -> int:
    count = _vault().check_keys(_keys_folder(options, environment))
    print(f"{count} keys opened, used and checked.")
    return 0


def _ceremony(options: argparse.Namespace, _environment: Environment) -> int:
    from paraphe.cli import site

    site.use_site("trust")
    from paraphe.trust.ca import api as ca

    plan = ca.read_plan(options.plan)
    print("\n".join(plan.sentences()))
    if options.dry_run:
        print("Nothing was made.")
        return 0
    minutes = ca.hold_ceremony(plan, options.root)
    for name, fingerprint in minutes.fingerprints.items():
        print(f"{name}: SHA-256 {fingerprint}")
    for number, share in enumerate(minutes.shares, 1):
        print(f"Share {number} of {plan.shares}:\n{share}\n")
    print(f"Minutes: SHA-256 {minutes.digest}, in the journal.")
    print(f"Now give each custodian a share, then remove {options.root / 'kek.key'} and put the folder into the safe.")
    return 0


def _keys_folder(options: argparse.Namespace, environment: Environment) -> Path:
    folder: Path = options.of or environment.data_dir / "signer"
    return folder


def _vault() -> Any:
    from paraphe.cli import site

    site.use_site("trust")
    from paraphe.trust.vault import api

    return api
