"""What people read when something about a collection cannot be done, or is in the way of its launch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from paraphe.kernel.errors import DomainError
from paraphe.platform.credit import api as credit
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.web.documents import sentences as of_documents
from paraphe.platform.web.envelopes.words import STATES

REASONS: Final[Mapping[str, Promise]] = {
    "too_long": gettext_lazy("Ce texte est trop long."),
    "nameless": gettext_lazy("Donnez un nom ou une adresse e-mail."),
    "bad_email": gettext_lazy("Cette adresse e-mail n'est pas valable."),
    "missing": gettext_lazy("Cette case est vide."),
    "unknown": gettext_lazy("Choisissez dans la liste."),
    "unreadable": gettext_lazy("Ce numéro ne se lit pas : n'écrivez que des chiffres et des espaces."),
    "impossible": gettext_lazy("Ce numéro n'existe pas : vérifiez le nombre de chiffres."),
    "not_mobile": gettext_lazy("Ce n'est pas un numéro de mobile : un code par SMS n'y arriverait pas."),
    "not_offered": gettext_lazy("Votre cabinet n'a pas ouvert la signature avancée aux tiers."),
    "days": gettext_lazy("Donnez un nombre de jours, de 1 à 365."),
    "reminders": gettext_lazy("Donnez des jours avant l'échéance, dix au plus, par exemple 3, 7, 12."),
    "empty": gettext_lazy("Écrivez quelque chose."),
    "there": gettext_lazy("Cette personne est déjà dans la collecte, ou plus haut dans la liste."),
    "mobile_missing": gettext_lazy("Il manque le mobile : le code de signature y est envoyé."),
    "differs": gettext_lazy("Son certificat dit « {held} »."),
    "twice": gettext_lazy("La même personne est demandée deux fois dans cette ligne."),
    "repeated": gettext_lazy("Cette ligne répète la ligne {before} : mêmes personnes, même titre."),
}
#: The cells of a table, as its first line names them.
CELLS: Final[Mapping[str, Promise]] = {
    "given_name": gettext_lazy("Prénom"),
    "family_name": gettext_lazy("Nom"),
    "email": gettext_lazy("E-mail"),
    "mobile": gettext_lazy("Mobile"),
    "locale": gettext_lazy("Langue"),
    "role": gettext_lazy("Rôle"),
}
BOXES: Final[Mapping[str, Promise]] = {
    "kind": gettext_lazy("Une case n'a pas de nature connue."),
    "page": gettext_lazy("Une case est sur une page qui n'existe pas."),
    "size": gettext_lazy("Une case n'a pas de taille ou de place lisible."),
    "label": gettext_lazy("Le texte d'une case est trop long."),
    "name": gettext_lazy("Ce champ de signature n'est plus libre dans le document."),
    "recipient": gettext_lazy("Une case est pour quelqu'un qui n'est plus dans la collecte."),
    "approver": gettext_lazy("Qui approuve sans signer n'a pas de case."),
    "copy": gettext_lazy("Qui reçoit une copie n'a pas de case."),
    "attachment": gettext_lazy("Une annexe à lire n'a pas de case."),
    "many": gettext_lazy(
        "Une même personne a deux champs de signature du document, ou une signature invisible à côté d'autres : n'en "
        "gardez qu'une. Sur d'autres pages, une case posée à la main rappelle sa signature."
    ),
}
SENTENCES: Final[Mapping[str, Promise]] = {
    "envelope_state": gettext_lazy("Cette collecte est dans l'état « {state} » : cela n'est plus possible."),
    "envelope_changed": gettext_lazy(
        "Les cases de ce document ont été modifiées entre-temps, dans un autre onglet ou par quelqu'un d'autre. Voici "
        "celles qui sont enregistrées : refaites-y ce qui manque."
    ),
    "envelope_too_many": gettext_lazy("Il y en a déjà {limit} : c'est le plus possible."),
    "text_missing": gettext_lazy("Le texte « {text} » ne se trouve pas dans ce document."),
    "envelope_order": gettext_lazy("L'ordre n'a pas été changé : la liste n'est plus la même. Recommencez."),
    "recipient_done": gettext_lazy("Cette personne a déjà répondu, ou ce n'est pas encore son tour."),
    "links_revoked": gettext_lazy(
        "Aucun rappel n'est parti : les liens de ceux qui doivent répondre sont révoqués, il ne mènerait nulle part. "
        "Dans « Agir », choisissez « Envoyer un nouveau lien » pour chacun."
    ),
    "relaunch_too_soon": gettext_lazy("Un message vient d'être envoyé : attendez {minutes} minutes."),
    "may_not": gettext_lazy(
        "Vous n'avez pas le droit de lancer cette collecte ou d'en changer le cours. Demandez-le à l'expert-comptable."
    ),
}
TABLES: Final[Mapping[str, Promise]] = {
    "empty": gettext_lazy("Ce fichier n'a pas de ligne après la première."),
    "octets": gettext_lazy("Ce fichier dépasse 1 Mo."),
    "lines": gettext_lazy("Ce fichier a plus de 1 000 lignes. Partagez-le."),
    "quotes": gettext_lazy("Un guillemet n'est pas fermé dans ce fichier."),
    "roles": gettext_lazy("Ce modèle n'a personne à qui l'envoyer."),
}
PROBLEMS: Final[Mapping[str, tuple[str, Promise]]] = {
    "title_missing": ("envelope-message", gettext_lazy("Donnez un titre à la collecte.")),
    "nothing_to_sign": ("envelope-documents", gettext_lazy("Ajoutez au moins un document à signer.")),
    "no_signer": ("envelope-people", gettext_lazy("Ajoutez au moins un signataire.")),
    "email_missing": ("envelope-people", gettext_lazy("Il manque l'adresse e-mail de {who}.")),
    "name_missing": ("envelope-people", gettext_lazy("Il manque le prénom ou le nom de {who}.")),
    "mobile_missing": (
        "envelope-people",
        gettext_lazy("Il manque le mobile de {who} : le code de signature y est envoyé."),
    ),
    "level_not_offered": (
        "envelope-people",
        gettext_lazy("Une signature avancée est demandée à {who}, mais votre cabinet ne l'a pas ouverte aux tiers."),
    ),
    "named_twice": ("envelope-people", gettext_lazy("{who} figure deux fois dans la collecte.")),
    "box_missing": ("envelope-boxes", gettext_lazy("Placez la signature de {who}.")),
    "fills_without_signing": (
        "envelope-boxes",
        gettext_lazy("{who} a des cases à remplir dans « {document} », mais n'y signe pas."),
    ),
    "nobody_signs": ("envelope-boxes", gettext_lazy("Personne ne signe « {document} ».")),
    "too_many_today": (
        "envelope-check",
        gettext_lazy("Votre cabinet a envoyé toutes les invitations permises en un jour. Lancez demain."),
    ),
    "written_to_too_often": (
        "envelope-people",
        gettext_lazy("Trop d'invitations ont été envoyées aujourd'hui à l'adresse de {who}. Lancez demain."),
    ),
    "certified": (
        "envelope-boxes",
        gettext_lazy("« {document} » est certifié par son auteur : seuls ses champs de signature vides servent."),
    ),
    "signed_already": (
        "envelope-boxes",
        gettext_lazy("« {document} » est déjà signé : on peut y ajouter des signatures, mais pas de case à remplir."),
    ),
}


#: Why a line of a list was not launched, where its launch page does not say it better.
FAILURES: Final[Mapping[str, Promise]] = {
    "left_out": gettext_lazy("Laissée de côté : elle avait une erreur avant le lancement."),
    "credit": gettext_lazy("Le crédit du cabinet ne suffisait plus. Rechargez-le, puis reprenez."),
    "too_many_today": gettext_lazy("Votre cabinet avait envoyé toutes les invitations du jour. Reprenez demain."),
    "written_to_too_often": gettext_lazy(
        "Trop d'invitations étaient parties à cette adresse ce jour-là. Reprenez demain."
    ),
    "certificate_differs": gettext_lazy("Un nom diffère de celui du certificat : le brouillon dit lequel."),
    "mobile_missing": gettext_lazy("Il manque un mobile : le code de signature y est envoyé."),
    "may_not": gettext_lazy("Qui a lancé la liste n'en avait plus le droit."),
    "not_allowed": gettext_lazy("Qui a lancé la liste n'en avait plus le droit."),
    "firm_closed": gettext_lazy("Le cabinet a fermé le service."),
    "not_found": gettext_lazy("Le modèle n'existe plus."),
}


@dataclass(frozen=True)
class Told:
    """One thing in the way of a launch, in words, with the address of the page where it is mended."""

    text: str
    address: str


def sentence(error: DomainError) -> str:
    """Return what is wrong and what to do, in the reader's language."""
    if isinstance(error, envelopes.BadTable):
        return table_sentence(error)
    if isinstance(error, envelopes.BadField):
        return str(BOXES[str(error.params["reason"])])
    if error.code not in SENTENCES or (error.code == "may_not" and error.params.get("right") != "launch"):
        return of_documents.sentence(error)
    state = STATES.get(str(error.params.get("state")), "")
    return str(SENTENCES[error.code]).format(**{**error.params, "state": state})


def table_sentence(error: envelopes.BadTable) -> str:
    """Return why a table cannot be read."""
    if error.params["reason"] == "columns":
        missing = error.params["missing"]
        names = ", ".join(str(one) for one in missing) if isinstance(missing, list) else ""
        return _("Il manque des colonnes : {names}. La première ligne les nomme.").format(names=names)
    return str(TABLES[str(error.params["reason"])])


def of_line(problem: envelopes.LineProblem) -> str:
    """Return what is wrong in one line of a table: the role, the cell, and why."""
    why = str(REASONS.get(problem.reason, REASONS["unknown"])).format(**problem.params)
    where = [one for one in (problem.role, str(CELLS.get(problem.field, ""))) if one]
    return _("{where} : {why}").format(where=", ".join(where), why=why) if where else why


def of_person(field: str, code: str) -> str:
    """Return what is wrong with one person of a list: the cell, and why."""
    why = reason(code)
    return _("{where} : {why}").format(where=CELLS[field], why=why) if field in CELLS else why


def failure(code: str) -> str:
    """Return why a line of a list was not launched."""
    if code in FAILURES:
        return str(FAILURES[code])
    return _("Ouvrez le brouillon : sa page de lancement dit ce qui manque.")


def reason(code: str) -> str:
    """Return what is wrong with one field that was typed."""
    return str(REASONS.get(code, REASONS["unknown"]))


def told(problem: envelopes.Problem, envelope: envelopes.EnvelopeView) -> Told:
    """Return what is in the way, with the address where it is mended."""
    who = next((one.name for one in envelope.recipients if one.id == problem.recipient), "")
    document = next((one.title for one in envelope.documents if one.id == problem.document), "")
    if problem.code == "credit":
        missing = credit.euros(int(str(problem.params["missing"])))
        text = _("Le crédit du cabinet ne suffit pas : il manque {missing}.").format(missing=missing)
        return Told(text, reverse("credit"))
    if problem.code == "certificate_differs":
        held = problem.params["held"]
        words = {"given_name": _("le prénom"), "family_name": _("le nom")}
        text = _("Pour {who}, {field} diffère de celui de son certificat, qui dit « {held} ». Corrigez-le.")
        field = words[str(problem.params["field"])]
        address = reverse("envelope-person", args=[envelope.id, problem.recipient])
        return Told(text.format(who=who, field=field, held=held), address)
    page, words_of = PROBLEMS[problem.code]
    address = reverse(page, args=[envelope.id])
    if page == "envelope-people" and problem.recipient:
        address = reverse("envelope-person", args=[envelope.id, problem.recipient])
    if page == "envelope-boxes" and problem.document:
        address += f"?document={problem.document}"
    return Told(str(words_of).format(who=who, document=document), address)
