"""The words of the command line for those who keep and audit the trust services: ``paraphe trust …``."""

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any

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
        return 0
    why = {
        "chain": "it, or a line before it, was changed or removed",
        "anchor": "it is not the line that was timestamped",
        "token": "the timestamp over it does not hold",
    }[report.reason]
    print(f"The journal was changed: line {report.broken} is the first that is broken; {why}.", file=sys.stderr)
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
    print(f"{report.checked} certificates checked, {len(report.findings)} findings.")
    return 0 if report.ok else 1


def _audit() -> Any:
    from paraphe.cli import site

    site.use_site("trust")
    from paraphe.trust.audit import api

    return api
