"""Sentences that only ``sign`` and ``seal`` need; the others are in ``words``."""

from collections.abc import Mapping

from paraphe.cli.words import SENTENCES

OWN: dict[str, tuple[str, str]] = {
    "no_inputs": ("Il n'y a rien à signer ici.", "There is nothing here to sign."),
    "out_is_one": (
        "--out nomme ici un seul fichier ; pour {count}, donnez un dossier par --out-dir.",
        "--out names one file here; for {count}, give a folder by --out-dir.",
    ),
    "out_dir": (
        "Le dossier {file} ne peut pas être fait ({reason}).",
        "The folder {file} cannot be made ({reason}).",
    ),
    "output_is_input": (
        "{file} est aussi un fichier à signer : rien n'est remplacé de ce qui est lu.",
        "{file} is a file to sign as well: nothing that is read is replaced.",
    ),
    "same_output": (
        "{first} et {second} iraient dans le même fichier {file}.",
        "{first} and {second} would go into the same file {file}.",
    ),
    "file": ("Le fichier {file} ne peut pas être lu ({reason}).", "The file {file} cannot be read ({reason})."),
    "variable": (
        "La variable d'environnement {variable} n'est pas définie.",
        "The environment variable {variable} is not set.",
    ),
    "tsa_missing": (
        "Le niveau {level} demande un horodatage : donnez --tsa.",
        "Level {level} needs timestamps: give --tsa.",
    ),
    "tsa": (
        "{tsa} n'est pas l'adresse d'un service d'horodatage (http, https ou demo:DOSSIER).",
        "{tsa} is no address of a time-stamping authority (http, https or demo:DIR).",
    ),
    "crl": ("{file} n'est pas une liste de révocation.", "{file} is no revocation list."),
    "pkcs11": (
        "Une adresse PKCS#11 nomme au moins token et module-path : pkcs11:token=…?module-path=…&pin-source=env:VAR",
        "A PKCS#11 address names at least token and module-path: pkcs11:token=…?module-path=…&pin-source=env:VAR",
    ),
    "pin": (
        "Le code du jeton vient d'une variable ou d'un fichier : pin-source=env:VAR ou pin-source=file:CHEMIN.",
        "The PIN of the token comes from a variable or a file: pin-source=env:VAR or pin-source=file:PATH.",
    ),
    "pkcs11_missing": (
        "Pour un jeton PKCS#11, installez paraphe[hsm].",
        "For a PKCS#11 token, install paraphe[hsm].",
    ),
    "token_unavailable": (
        "Le jeton PKCS#11, ou sa clé, ne peut pas servir ({reason}).",
        "The PKCS#11 token, or the key in it, cannot be used ({reason}).",
    ),
    "certificate_not_in_force": (
        "Le certificat n'est pas en vigueur (du {since} au {until}).",
        "The certificate is not in force (from {since} to {until}).",
    ),
    "output_exists": (
        "Le fichier de sortie existe déjà ; --overwrite le remplace.",
        "The output exists already; --overwrite replaces it.",
    ),
    "watched": (
        "Le dossier {file} ne peut pas être surveillé ({reason}).",
        "The folder {file} cannot be watched ({reason}).",
    ),
    "key_missing": (
        "Donnez une clé par --p12 ou --pkcs11 (ou, pour seal, une plateforme par --platform).",
        "Give a key by --p12 or --pkcs11 (or, for seal, a platform by --platform).",
    ),
    "out_missing": ("Dites où par --out ou --out-dir.", "Say where by --out or --out-dir."),
    "platform": (
        "{platform} n'est pas l'adresse d'une plateforme (https://…).",
        "{platform} is no address of a platform (https://…).",
    ),
    "platform_plain": (
        "{platform} doit commencer par https:// : le jeton ne voyage pas en clair.",
        "{platform} must begin with https://: the token does not travel in clear.",
    ),
    "token_missing": (
        "Donnez le fichier du jeton par --token-file.",
        "Give the file of the token by --token-file.",
    ),
    "token": ("{file} ne contient pas de jeton.", "There is no token in {file}."),
    "token_open": (
        "{file} peut être lu par d'autres : faites « chmod 600 {file} ».",
        "{file} can be read by others: run 'chmod 600 {file}'.",
    ),
    "token_refused": (
        "La plateforme ne connaît pas ce jeton, ou il est retiré.",
        "The platform does not know this token, or it has ended.",
    ),
    "firm_not_open": (
        "Le service n'est pas ouvert pour le cabinet de ce jeton.",
        "The service is not open for the firm of this token.",
    ),
    "may_not": (
        "La personne de ce jeton n'a plus le droit de préparer ou de sceller.",
        "The person of this token may no longer prepare or seal.",
    ),
    "wrong_batch_state": (
        "Ce lot est déjà libéré ou terminé : rien ne peut y être ajouté.",
        "This batch is released or ended: nothing can be added to it.",
    ),
    "name_taken": (
        "Un autre fichier de ce lot porte déjà ce nom.",
        "Another file of this batch has this name already.",
    ),
    "bad_name": ("Ce nom de fichier ne peut pas être gardé.", "This name of a file cannot be kept."),
    "file_too_large": (
        "Ce fichier dépasse la limite de la plateforme.",
        "This file is larger than the platform allows.",
    ),
    "batch_full": ("Ce lot est plein.", "This batch is full."),
    "remote_away": (
        "La plateforme ne répond pas ({reason}) ; recommencez, rien n'est fait deux fois.",
        "The platform does not answer ({reason}); try again, nothing is done twice.",
    ),
    "remote_refused": ("La plateforme refuse ({code}).", "The platform refuses ({code})."),
    "remote_batch": ("Lot {batch} : {page}", "Batch {batch}: {page}"),
    "remote_state": ("Lot {batch} : {state}", "Batch {batch}: {state}"),
    "done_before": ("Déjà fait.", "Done before."),
    "output_failed": (
        "Le fichier de sortie n'a pas pu être écrit ({reason}).",
        "The output could not be written ({reason}).",
    ),
    "source_unreadable": ("Ce fichier ne peut pas être lu ({reason}).", "This file cannot be read ({reason})."),
    "output_broken": (
        "La signature faite n'a pas passé sa propre vérification ; rien n'a été écrit.",
        "The signature that was made did not pass its own check; nothing was written.",
    ),
    "worker_died": (
        "Le processus qui signait s'est arrêté ; essayez de nouveau.",
        "The process that was signing has ended; try again.",
    ),
}


def sentence(code: str, params: Mapping[str, object], spoken: str) -> str:
    """Return what is wrong and what to do, for a person; the code itself where it has no sentence."""
    french, english = OWN.get(code) or SENTENCES.get(code) or (code, code)
    return (french if spoken == "fr" else english).format_map(_Known(params))


class _Known(dict[str, object]):
    """Parameters of a sentence; what is missing is left out."""

    def __missing__(self, _name: str) -> str:
        return "?"
