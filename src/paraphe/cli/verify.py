"""``paraphe verify``: tells whether a signed PDF is what it says."""

import argparse
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paraphe.cli.words import USAGE, checked, complain, harmless, language, secret_of, sentence, shown
from paraphe.kernel.errors import DomainError

if TYPE_CHECKING:
    from paraphe.pdf.values import Anchor, Report, ValidationSettings

EXIT = {"TOTAL-PASSED": 0, "INDETERMINATE": 3, "TOTAL-FAILED": 4, "NO-SIGNATURE": 5, "UNREADABLE": USAGE}
FIRST_YEAR, LAST_YEAR = 1970, 9990
WORST_FIRST = (USAGE, 4, 3, 5, 0)
COLOURS = {"TOTAL-PASSED": "32", "INDETERMINATE": "33", "TOTAL-FAILED": "31", "NO-SIGNATURE": "36"}


def add_commands(commands: Any) -> None:
    """Add ``verify`` to the words of the command line."""
    purpose = "tell who signed a PDF, whether that can be trusted and what changed since"
    command = commands.add_parser(
        "verify",
        help=purpose,
        description=purpose,
        epilog=(
            "Exit code: 0 TOTAL-PASSED, 3 INDETERMINATE, 4 TOTAL-FAILED, 5 no signature, 2 unreadable or usage; "
            "of several files the worst, in the order 2, 4, 3, 5, 0."
        ),
    )
    command.add_argument("files", nargs="+", type=Path, metavar="FILE")
    command.add_argument("--trust", action="append", type=Path, default=[], metavar="PEM", help="trusted certificates")
    command.add_argument("--trusted-lists", type=Path, metavar="DIR", help="folder of paraphe trusted-lists")
    command.add_argument("--at", type=_time, metavar="TIME", help="judge as of this time (ISO 8601), not now")
    command.add_argument("--fetch", action="store_true", help="fetch missing issuers, OCSP answers and lists")
    command.add_argument("--no-compare", action="store_true", help="do not draw and compare pages")
    command.add_argument("--password-env", metavar="VAR", help="variable with the password of an encrypted file")
    command.add_argument("--language", choices=("fr", "en"))
    form = command.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object per file")
    form.add_argument("--xml", action="store_true", help="the report of ETSI TS 119 102-2")
    command.set_defaults(answer=answer)


def answer(options: argparse.Namespace, _environment: object) -> int:
    """Judge every file, print what was found, return the exit code of the worst."""
    spoken = language(options.language)
    try:
        settings = _settings(options)
    except LookupError as error:
        complain(f"the environment variable {error} is not set.")
        return USAGE
    except (OSError, ValueError) as error:
        complain(str(error))
        return USAGE
    except DomainError as error:
        complain(sentence(error, spoken))
        return USAGE
    codes = [_one(path, settings, options, spoken) for path in options.files]
    return next(code for code in WORST_FIRST if code in codes)


def _one(path: Path, settings: "ValidationSettings", options: argparse.Namespace, spoken: str) -> int:
    from paraphe.pdf import api as pdf

    try:
        report = _judged(checked(path), settings, fetch=options.fetch)
    except DomainError as error:
        _unreadable(path, error, options, spoken)
        return USAGE
    if options.xml:
        sys.stdout.buffer.write(pdf.etsi_report(report) + b"\n")
    elif options.json:
        print(json.dumps({"file": shown(path), **pdf.as_dict(report, spoken)}, ensure_ascii=False))
    else:
        print(_told(path, report, spoken))
    return EXIT[report.indication]


def _judged(path: Path, settings: "ValidationSettings", *, fetch: bool) -> "Report":
    """Return the verdict; where fetching is allowed, a second one with what the first one lacked."""
    from paraphe.pdf import api as pdf

    report = pdf.validate(path, settings)
    if not (fetch and report.wanted):
        return report
    from paraphe.wire.revocation import Fetcher

    found = Fetcher().answer((one.certificate, one.issuer) for one in report.wanted)
    if not (found.certificates or found.ocsps or found.crls):
        return report
    more = replace(
        settings,
        certificates=(*settings.certificates, *found.certificates),
        ocsps=(*settings.ocsps, *found.ocsps),
        crls=(*settings.crls, *found.crls),
    )
    return pdf.validate(path, more)


def _settings(options: argparse.Namespace) -> "ValidationSettings":
    from paraphe.pdf.values import ValidationSettings

    return ValidationSettings(
        anchors=tuple(_anchors(options)),
        now=options.at or datetime.now(UTC),
        compare_pages=not options.no_compare,
        password=secret_of(options.password_env),
    )


def anchors(paths: list[Path]) -> "list[Anchor]":
    """Return the certificates in these files as trusted ones. Raises ValueError with a sentence."""
    from cryptography import x509

    from paraphe.pdf.values import Anchor

    found = []
    for path in paths:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise ValueError(f"{path} cannot be read ({error.strerror}).") from error
        try:
            certificates = (
                x509.load_pem_x509_certificates(data)
                if b"-----BEGIN" in data
                else [x509.load_der_x509_certificate(data)]
            )
        except ValueError:
            raise ValueError(f"{path} holds no certificate in PEM or DER.") from None
        found += [Anchor(one, "given", path.name) for one in certificates]
    return found


def _anchors(options: argparse.Namespace) -> "list[Anchor]":
    """Return what is trusted. Raises ValueError with a sentence, OSError, ListUnreadable."""
    from cryptography import x509

    from paraphe.pdf.values import Anchor

    found = anchors(options.trust)
    if options.trusted_lists is not None:
        from paraphe.trustlists.api import Store

        if not options.trusted_lists.is_dir():
            raise ValueError(f"{options.trusted_lists} is not a folder: make it with paraphe trusted-lists.")
        for service in Store(options.trusted_lists).services():
            certificate = x509.load_der_x509_certificate(service.certificate)
            name = f"{service.provider} ({service.territory})"
            found.append(Anchor(certificate, "eu", name, service.since, service.until))
    return found


def _unreadable(path: Path, error: DomainError, options: argparse.Namespace, spoken: str) -> None:
    text = sentence(error, spoken)
    if not options.json:
        complain(f"{shown(path)}: {text}")
        return
    found = {
        "file": shown(path),
        "indication": "UNREADABLE",
        "sub_indication": None,
        "summary": text,
        "signatures": [],
        "findings": [{"code": error.code, "message": text, "page": None}],
    }
    print(json.dumps(found, ensure_ascii=False))


def _told(path: Path, report: "Report", spoken: str) -> str:
    """Return the verdict for a person at a terminal: the sentence, then a block for each signature."""
    from paraphe.pdf import api as pdf

    found = _harmless(pdf.as_dict(report, spoken))
    lines = [f"{harmless(shown(path))}: {_coloured(report.indication)}", f"  {found['summary']}"]
    lines += [f"  - {one['message']}" for one in found["findings"]]
    for one in found["signatures"]:
        state = " / ".join(part for part in (one["indication"], one["sub_indication"]) if part)
        lines.append(f"  {one['field']} ({one['kind']}, {one['level']}): {state}")
        lines.append(f"      {one['signer'] or '?'}, {one['signed_at'] or '?'} ({one['time_source'] or '?'})")
        lines.append(f"      coverage: {one['coverage']}, modifications: {one['modifications']}")
        lines += [f"      - {each['message']}" for each in one["findings"]]
    return "\n".join(lines)


def _harmless(value: Any) -> Any:
    """Return the report with every text on one line, and nothing in it that a terminal obeys."""
    if isinstance(value, str):
        return harmless(" ".join(value.split("\n")))
    if isinstance(value, list):
        return [_harmless(one) for one in value]
    if isinstance(value, dict):
        return {key: _harmless(one) for key, one in value.items()}
    return value


def _coloured(indication: str) -> str:
    return f"\033[{COLOURS[indication]}m{indication}\033[0m" if sys.stdout.isatty() else indication


def _time(text: str) -> datetime:
    found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(text)
    return found.astimezone(UTC)
