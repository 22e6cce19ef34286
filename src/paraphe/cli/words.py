"""What the commands for documents share: the language, sentences for errors, files that are there or not."""

import locale
import os
import sys
from pathlib import Path

from paraphe.kernel.errors import DomainError

USAGE = 2

SENTENCES: dict[str, tuple[str, str]] = {
    "not_found": ("Ce fichier n'existe pas.", "There is no such file."),
    "not_a_file": ("Ce n'est pas un fichier.", "This is not a file."),
    "not_readable": ("Ce fichier ne peut pas être lu.", "This file cannot be read."),
    "empty": ("Le fichier est vide.", "The file is empty."),
    "not_a_pdf": ("Ce fichier n'est pas un PDF.", "This file is not a PDF."),
    "truncated": ("La fin du fichier manque.", "The end of the file is missing."),
    "damaged": ("Le fichier est abîmé et ne peut pas être lu.", "The file is damaged and cannot be read."),
    "encrypted": (
        "Le fichier est protégé par un mot de passe : donnez-le par --password-env.",
        "The file is protected by a password: give it by --password-env.",
    ),
    "encrypted_for_recipients": (
        "Le fichier est chiffré pour les certificats de ses destinataires.",
        "The file is encrypted for the certificates of its recipients.",
    ),
    "owner_protected": (
        "Le propriétaire du fichier interdit de le signer.",
        "The owner of the file forbids signing it.",
    ),
    "no_pages": ("Le fichier n'a pas de page.", "The file has no page."),
    "too_large": ("Le fichier est trop grand.", "The file is too large."),
    "too_many_pages": ("Le fichier a trop de pages.", "The file has too many pages."),
    "too_complex": (
        "Le fichier n'a pas pu être lu dans les limites de temps et de mémoire.",
        "The file could not be read within the limits of time and memory.",
    ),
    "dynamic_form": (
        "Ce formulaire (XFA) n'a pas d'aspect fixe : enregistrez-le comme un PDF ordinaire.",
        "This form (XFA) has no fixed appearance: save it as an ordinary PDF.",
    ),
    "certified_no_changes": (
        "L'auteur a certifié le fichier et n'y autorise aucun ajout.",
        "The author certified the file and allows nothing to be added.",
    ),
    "not_permitted": (
        "L'auteur du fichier, ou son champ, n'autorise pas cette signature.",
        "The author of the file, or its field, does not permit this signature.",
    ),
    "no_such_page": ("Cette page n'existe pas.", "This page does not exist."),
    "bad_box": (
        "L'emplacement n'est pas un rectangle sur sa page.",
        "The place is no rectangle on its page.",
    ),
    "field_taken": (
        "Il n'y a pas de champ de signature vide de ce nom.",
        "There is no empty signature field of this name.",
    ),
    "timestamp_unavailable": (
        "Le service d'horodatage n'a pas répondu comme il le doit : essayez plus tard.",
        "The time-stamping authority did not answer as it must: try later.",
    ),
    "revocation_unavailable": (
        "L'état de révocation d'un certificat n'a pas pu être obtenu.",
        "The revocation status of a certificate could not be had.",
    ),
    "pkcs12_password": (
        "Le mot de passe n'ouvre pas le fichier PKCS#12 : donnez-le par --p12-pass-env.",
        "The password does not open the PKCS#12 file: give it by --p12-pass-env.",
    ),
    "pkcs12_unusable": (
        "Ce n'est pas un fichier PKCS#12 avec une clé et son certificat.",
        "This is not a PKCS#12 file with a key and its certificate.",
    ),
    "unsupported_key": ("Une clé de cette sorte n'est pas utilisée ici.", "A key of this kind is not used here."),
    "demo_missing": (
        "Ce dossier n'a pas été fait par paraphe demo-pki, ou une partie y manque.",
        "This folder was not made by paraphe demo-pki, or a part of it is missing.",
    ),
    "list_unreadable": ("Une liste de confiance ne peut pas être lue.", "A trusted list cannot be read."),
    "list_not_signed": (
        "La liste de confiance n'est pas signée par qui doit la signer.",
        "The trusted list is not signed by whom it must be.",
    ),
    "address_refused": ("Cette adresse n'est pas interrogée.", "This address is not asked."),
    "split_signed": (
        "Ce document est signé : ses pages séparées n'auraient plus de signature.",
        "This document is signed: its pages apart would have no signature any more.",
    ),
    "anchor_missing": (
        "Le texte auquel découper ne se trouve sur aucune page.",
        "The text at which to split stands on no page.",
    ),
    "fetch_failed": ("L'adresse n'a pas donné de réponse utile.", "Nothing of use came from the address."),
}


class FileMissing(DomainError):
    """There is no file at this path."""

    code = "not_found"


class NotAFile(DomainError):
    """At this path is something else than a file."""

    code = "not_a_file"


class FileUnreadable(DomainError):
    """The file may not be read by this user, or not at all."""

    code = "not_readable"


def language(chosen: str | None) -> str:
    """Return the language that was chosen, else that of the environment: ``fr`` or ``en``."""
    if chosen:
        return chosen
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "fr" if locale.normalize(spoken).lower().startswith("fr") else "en"


def sentence(error: DomainError, spoken: str) -> str:
    """Return what is wrong and what to do, for a person; the code itself where it has no sentence."""
    french, english = SENTENCES.get(error.code, (error.code, error.code))
    return french if spoken == "fr" else english


def checked(path: Path) -> Path:
    """Return ``path`` if it is a file that can be read. Raises FileMissing, NotAFile, FileUnreadable."""
    try:
        if not path.exists():
            raise FileMissing(path=str(path))
        if not path.is_file():
            raise NotAFile(path=str(path))
        with path.open("rb"):
            return path
    except (OSError, ValueError) as error:
        raise FileUnreadable(path=str(path)) from error


def secret_of(variable: str | None) -> str | None:
    """Return the value of the environment variable that holds a secret. Raises LookupError when it is not set."""
    if variable is None:
        return None
    if variable not in os.environ:
        raise LookupError(variable)
    return os.environ[variable]


def complain(text: str) -> None:
    """Say on standard error what is wrong."""
    print(f"Paraphe: {text}", file=sys.stderr)


def harmless(text: str) -> str:
    """Return ``text`` without what moves a terminal or turns the direction of writing: it comes from files."""
    return "".join(one if one.isprintable() or one == "\n" else "\N{REPLACEMENT CHARACTER}" for one in text)


def shown(path: Path) -> str:
    """Return ``path`` as text that any terminal and any JSON reader takes."""
    return str(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
