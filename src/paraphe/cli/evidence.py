"""``paraphe evidence verify``: judges an evidence file alone, without server, database or network."""

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from paraphe.cli.verify import anchors
from paraphe.cli.words import USAGE, checked, complain, harmless, language, sentence, shown
from paraphe.kernel.errors import DomainError

if TYPE_CHECKING:
    from paraphe.platform.proof.checking import Checked, Fault

EXIT: Final = {"PASSED": 0, "INDETERMINATE": 3, "FAILED": 4}
VERDICTS: Final = {
    "PASSED": (
        "Rien n'a changé depuis que ce dossier a été scellé, et le sceau mène à une racine donnée.",
        "Nothing changed since this file was sealed, and the seal leads to a given root.",
    ),
    "INDETERMINATE": (
        "Rien n'a changé, mais aucune racine donnée ne mène à qui a scellé ou horodaté : donnez-la par --trust.",
        "Nothing changed, but no given root leads to who sealed or timestamped: give it by --trust.",
    ),
    "FAILED": ("Ce dossier n'est pas tel qu'il a été scellé.", "This file is not as it was sealed."),
}
FAULTS: Final = {
    "missing": ("L'événement {position} manque.", "Event {position} is missing."),
    "changed": ("L'événement {position} ({what}) a été modifié.", "Event {position} ({what}) was changed."),
    "moved": ("L'événement {position} n'est pas à sa place.", "Event {position} is not in its place."),
    "undisclosed": (
        "L'adresse ou les mots joints à l'événement {position} ({what}) ne sont pas ceux d'alors.",
        "The address or the words with event {position} ({what}) are not those of that time.",
    ),
    "unanchored": (
        "La chaîne ne mène à aucun horodatage après l'événement {position} : la suite manque, ou elle a été réécrite.",
        "The chain leads to no timestamp after event {position}: what follows is missing, or it was written anew.",
    ),
    "file_changed": ("Le fichier joint {what} a été modifié.", "The attached file {what} was changed."),
    "file_missing": ("Le fichier joint {what} manque.", "The attached file {what} is missing."),
    "timestamp": (
        "Le jeton {what} n'horodate pas l'événement {position}.",
        "The token {what} does not timestamp event {position}.",
    ),
}
NOT_EVIDENCE: Final = (
    "Ce PDF n'est pas un dossier de preuve d'une version connue ici.",
    "This PDF is no evidence file of a version known here.",
)


def add_commands(commands: Any) -> None:
    """Add ``evidence verify`` to the words of the command line."""
    purpose = "judge evidence files of collections"
    words = commands.add_parser("evidence", help=purpose, description=purpose)
    verbs = words.add_subparsers(required=True, metavar="VERB")
    command = verbs.add_parser(
        "verify",
        help="tell whether an evidence file is as it was sealed, offline",
        epilog="Exit code: 0 PASSED, 3 INDETERMINATE (no trusted root), 4 FAILED, 2 unreadable, no evidence or usage.",
    )
    command.add_argument("file", type=Path, metavar="FILE")
    command.add_argument("--trust", action="append", type=Path, default=[], metavar="PEM", help="trusted certificates")
    command.add_argument(
        "--document", action="append", type=Path, default=[], metavar="PDF", help="a document of the collection"
    )
    command.add_argument("--language", choices=("fr", "en"))
    command.add_argument("--json", action="store_true", help="one JSON object")
    command.set_defaults(answer=answer)


def answer(options: argparse.Namespace, _environment: object) -> int:
    """Judge the file, print what was found, return the exit code."""
    from paraphe.platform.proof.checking import check
    from paraphe.platform.proof.errors import NotEvidence

    spoken = language(options.language)
    try:
        roots = [one.certificate for one in anchors(options.trust)]
        beside = [checked(path) for path in options.document]
        found = check(checked(options.file), roots, datetime.now(UTC), beside)
    except NotEvidence:
        return _unreadable(options, "not_evidence", NOT_EVIDENCE[spoken == "en"])
    except DomainError as error:
        return _unreadable(options, error.code, sentence(error, spoken))
    except (OSError, ValueError) as error:
        complain(str(error))
        return USAGE
    if options.json:
        print(json.dumps(_as_dict(options.file, found, spoken), ensure_ascii=False))
    else:
        print(_told(options.file, found, spoken))
    return EXIT[found.indication]


def _unreadable(options: argparse.Namespace, code: str, text: str) -> int:
    if options.json:
        told = {"file": shown(options.file), "indication": "UNREADABLE", "code": code, "message": text}
        print(json.dumps(told, ensure_ascii=False))
    else:
        complain(f"{shown(options.file)}: {text}")
    return USAGE


def _sentence(fault: "Fault", spoken: str) -> str:
    return FAULTS[fault.kind][spoken == "en"].format(position=fault.position, what=harmless(fault.what[:80]))


def _as_dict(path: Path, found: "Checked", spoken: str) -> dict[str, Any]:
    collection = found.record["collection"]
    return {
        "file": shown(path),
        "indication": found.indication,
        "summary": VERDICTS[found.indication][spoken == "en"],
        "kind": found.record["kind"],
        "collection": {name: collection.get(name) for name in ("id", "title", "firm_name", "firm_siren", "outcome")},
        "events": len(found.record["chain"]["events"]),
        "erased": found.erased,
        "faults": [
            {"kind": one.kind, "position": one.position, "what": one.what, "message": _sentence(one, spoken)}
            for one in found.faults
        ],
        "anchors": [
            {"at": one.at.isoformat(), "position": one.position, "trusted": one.trusted} for one in found.anchors
        ],
        "seal": [
            {
                "kind": one.kind,
                "signer": one.signer,
                "indication": one.indication,
                "sub_indication": one.sub_indication,
                "level": one.level,
                "signed_at": one.signed_at.isoformat() if one.signed_at else None,
            }
            for one in found.seal.signatures
        ],
        "documents": [
            {"file": one.name, "title": one.title, "version": one.made, "indication": one.indication}
            for one in found.documents
        ],
    }


def _told(path: Path, found: "Checked", spoken: str) -> str:
    """Return the verdict for a person at a terminal."""
    told = _as_dict(path, found, spoken)
    english = spoken == "en"
    lines = [f"{harmless(shown(path))}: {found.indication}", f"  {told['summary']}"]
    about = told["collection"]
    lines.append(harmless(f"  {about['title']}, {about['firm_name']} ({about['firm_siren']}): {about['outcome']}"))
    lines += [f"  - {one['message']}" for one in told["faults"]]
    for one in told["seal"]:
        lines.append(
            harmless(f"  {one['kind']} {one['level']}: {one['indication']}, {one['signer']}, {one['signed_at']}")
        )
    words = "{count} events; {anchors} timestamps" if english else "{count} événements ; {anchors} horodatages"
    lines.append("  " + words.format(count=told["events"], anchors=len(told["anchors"])))
    for one in told["anchors"]:
        trust = (
            ("" if one["trusted"] else " (unknown issuer)")
            if english
            else ("" if one["trusted"] else " (émetteur inconnu)")
        )
        lines.append(f"    1-{one['position']}: {one['at']}{trust}")
    for one in told["documents"]:
        unknown = "not of this collection" if english else "n'est pas de cette collecte"
        said = f"{one['title']} ({one['version']}), {one['indication']}" if one["title"] else unknown
        lines.append(harmless(f"  {one['file']}: {said}"))
    return "\n".join(lines)
