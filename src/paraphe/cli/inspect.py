"""``paraphe inspect``: what is in a PDF, and whether it can be signed."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paraphe.cli.words import SENTENCES, USAGE, checked, complain, harmless, language, secret_of, sentence, shown
from paraphe.kernel.errors import DomainError

if TYPE_CHECKING:
    from paraphe.pdf.values import Inspection

WARNINGS = {
    "scripts": ("Le fichier contient des scripts.", "The file has scripts."),
    "launch_actions": ("Le fichier peut lancer des programmes.", "The file can start programs."),
    "hidden_layers": ("Le fichier a des calques que l'on peut cacher.", "The file has layers that can be hidden."),
    "embedded_files": ("Le fichier en contient d'autres.", "The file has other files inside."),
    "fonts_not_embedded": (
        "Des polices manquent dans le fichier : son aspect dépend de la machine.",
        "Fonts are missing in the file: its appearance depends on the machine.",
    ),
    "external_content": ("Le fichier montre ce qui est ailleurs.", "The file shows what is elsewhere."),
    "form_fields": ("Le fichier a des champs à remplir.", "The file has fields to fill in."),
    "certified": ("L'auteur a certifié le fichier.", "The author certified the file."),
    "rebuilt": (
        "La table du fichier est abîmée ; elle a été reconstruite.",
        "The table of the file is damaged; it has been rebuilt.",
    ),
}


def add_commands(commands: Any) -> None:
    """Add ``inspect`` to the words of the command line."""
    purpose = "tell what is in a PDF and whether it can be signed"
    command = commands.add_parser("inspect", help=purpose, description=purpose)
    command.add_argument("file", type=Path, metavar="FILE")
    command.add_argument("--json", action="store_true", help="one JSON object")
    command.add_argument("--password-env", metavar="VAR", help="variable with the password of an encrypted file")
    command.add_argument("--language", choices=("fr", "en"))
    command.set_defaults(answer=answer)


def answer(options: argparse.Namespace, _environment: object) -> int:
    """Print what is in the file: 0 when it can be read, whether or not it can be signed, else 2."""
    from paraphe.pdf import api as pdf

    spoken = language(options.language)
    try:
        password = secret_of(options.password_env)
        found = pdf.examine(checked(options.file), password)
    except LookupError as error:
        complain(f"the environment variable {error} is not set.")
        return USAGE
    except DomainError as error:
        text = sentence(error, spoken)
        if options.json:
            print(json.dumps({"file": shown(options.file), "status": "error", "code": error.code, "message": text}))
        else:
            complain(f"{shown(options.file)}: {text}")
        return USAGE
    if options.json:
        print(json.dumps({"file": shown(options.file), "status": "ok", **_data(found, spoken)}, ensure_ascii=False))
    else:
        lines = [" ".join(line.split("\n")) for line in _lines(found, spoken)]
        print(harmless(f"{shown(options.file)}\n" + "\n".join(f"  {line}" for line in lines)))
    return 0


def _data(found: "Inspection", spoken: str) -> dict[str, Any]:
    return {
        "version": found.version,
        "size": found.size,
        "pages": [
            {"width": round(page.width_pt, 2), "height": round(page.height_pt, 2), "rotation": page.rotation}
            for page in found.pages
        ],
        "can_be_signed": found.refusal is None,
        "refusal": None if found.refusal is None else {"code": found.refusal, "message": _said(found.refusal, spoken)},
        "encryption": found.encryption,
        "permissions": list(found.permissions),
        "pdfa": found.pdfa,
        "tagged": found.tagged,
        "linearized": found.linearized,
        "cross_reference": found.cross_reference,
        "revisions": found.revisions,
        "signatures": [
            {
                "field": one.name,
                "kind": one.kind,
                "subfilter": one.subfilter,
                "signer": one.signer,
                "docmdp": one.docmdp,
                "page": None if one.page is None else one.page + 1,
            }
            for one in found.signatures
        ],
        "empty_signature_fields": list(found.empty_fields),
        "form_fields": [{"name": one.name, "kind": one.kind, "locked": one.locked} for one in found.form_fields],
        "active_content": [code for code in found.warnings if code in ("scripts", "launch_actions")],
        "warnings": [{"code": code, "message": _warned(code, spoken)} for code in found.warnings],
    }


def _lines(found: "Inspection", spoken: str) -> list[str]:
    sizes = {(round(page.width_pt), round(page.height_pt)) for page in found.pages}
    boxes = ", ".join(f"{width} x {height} pt" for width, height in sorted(sizes)[:4])
    lines = [
        f"PDF {found.version}, {found.size} bytes, {len(found.pages)} pages ({boxes}), {found.revisions} revisions",
        f"cross-reference: {found.cross_reference}; encryption: {found.encryption}"
        + (f"; PDF/A-{found.pdfa}" if found.pdfa else ""),
    ]
    lines += [f"{one.kind} {one.name}: {one.signer or '?'} ({one.subfilter})" for one in found.signatures]
    if found.empty_fields:
        lines.append("empty signature fields: " + ", ".join(found.empty_fields))
    if found.form_fields:
        lines.append(f"form fields: {len(found.form_fields)}")
    lines += [_warned(code, spoken) for code in found.warnings]
    if found.refusal is None:
        lines.append("Ce fichier peut être signé." if spoken == "fr" else "This file can be signed.")
    else:
        lines.append(_said(found.refusal, spoken))
    return lines


def _said(code: str, spoken: str) -> str:
    french, english = SENTENCES.get(code, (code, code))
    return french if spoken == "fr" else english


def _warned(code: str, spoken: str) -> str:
    french, english = WARNINGS.get(code, (code, code))
    return french if spoken == "fr" else english
