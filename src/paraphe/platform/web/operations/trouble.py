"""What stands still on the platform, gathered from its rooms: for the page and for the command alike."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from paraphe.floor.jobs import api as jobs
from paraphe.floor.messaging import api as messaging
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.evidence import api as evidence
from paraphe.platform.proof import api as proof
from paraphe.platform.signing import api as signing

#: What is younger is no trouble: it is on its way.
PATIENCE: Final = timedelta(minutes=5)
#: Heads are timestamped each hour.
HEADS_LATE: Final = timedelta(hours=2)
MESSAGES_FOR: Final = timedelta(days=3)

WHY: Final[dict[str, Promise]] = {
    "timestamp_unavailable": gettext_lazy("Le service d'horodatage ne répond pas."),
    "revocation_unavailable": gettext_lazy("L'état d'un certificat n'a pas pu être obtenu (OCSP ou liste)."),
    "trust_unavailable": gettext_lazy("Le site du tiers de confiance ne répond pas."),
    "trust_refused": gettext_lazy("Le site du tiers de confiance a refusé la demande."),
    "no_credential": gettext_lazy("Le cachet des preuves n'existe pas ou n'est plus valable."),
    "document_tampered": gettext_lazy("Un document n'est plus tel qu'il a été figé ou signé."),
    "self_check_failed": gettext_lazy("Ce qui a été signé n'a pas passé notre propre vérification."),
    "storage_full": gettext_lazy("Il n'y a plus de place sur le disque."),
    "file_broken": gettext_lazy("Un fichier du stockage est abîmé."),
    "bounced": gettext_lazy("L'adresse n'existe pas, ou la boîte n'accepte plus rien."),
    "refused": gettext_lazy("Le serveur de courriel ou d'envoi de SMS a refusé le message."),
    "carrier_unavailable": gettext_lazy("Le serveur de courriel ou d'envoi de SMS ne répond pas."),
    "expired": gettext_lazy("Le message n'a pas pu partir à temps."),
}
REMEDIES: Final[dict[str, Promise]] = {
    "timestamp_unavailable": gettext_lazy("Regardez si le site de confiance tourne et si son horloge est acceptée."),
    "revocation_unavailable": gettext_lazy("Regardez si le site de confiance tourne et publie ses listes."),
    "trust_unavailable": gettext_lazy("Redémarrez le site de confiance, ou rétablissez le réseau vers lui."),
    "no_credential": gettext_lazy("Redémarrez le site de confiance : il établit le cachet au démarrage."),
    "document_tampered": gettext_lazy("N'y touchez plus. Comparez avec une sauvegarde ; cherchez qui a écrit."),
    "storage_full": gettext_lazy("Libérez de la place ; tout reprend de soi-même."),
    "bounced": gettext_lazy("Le cabinet est prévenu et peut corriger l'adresse."),
    "refused": gettext_lazy("Lisez le journal de l'envoi ; corrigez le réglage de l'expéditeur."),
    "carrier_unavailable": gettext_lazy("Vérifiez PARAPHE_SMTP_URL ou le fournisseur de SMS."),
}


@dataclass(frozen=True)
class Trouble:
    """One thing that stands still. ``action`` names what a button can do about ``key``: ``revive``, ``stop``."""

    kind: str
    what: str
    since: datetime | None
    why: str
    remedy: str
    action: str = ""
    key: str = ""
    details: str = ""


def troubles() -> list[Trouble]:
    """Return everything that stands still, what people reported first."""
    now = timezone.now()
    return [
        *_reports(),
        *_collections(now),
        *_signatures(now),
        *_proofs(now),
        *_heads(now),
        *_jobs(),
        *_messages(now),
    ]


def _reports() -> Iterator[Trouble]:
    words = {
        "unknown_sender": _("ne connaît pas ce cabinet"),
        "unexpected": _("n'attendait rien"),
        "fraud": _("craint une escroquerie"),
        "data": _("ne veut pas que ses données soient utilisées ainsi"),
        "other": _("autre raison"),
    }
    for one in envelopes.open_reports():
        yield Trouble(
            "report",
            _("Demande signalée : {firm} (SIREN {siren}), {sender}").format(
                firm=one.firm_name, siren=one.firm_siren, sender=one.sender_name
            ),
            one.at,
            _("Le destinataire {reason}.").format(reason=words.get(one.reason, one.reason)),
            _("Appelez le cabinet. Arrêtez la collecte si la demande n'est pas légitime."),
            "stop",
            str(one.id),
            one.text,
        )


def _collections(now: datetime) -> Iterator[Trouble]:
    for one in envelopes.stuck():
        if one.since < now - PATIENCE or one.code == "document_tampered":
            what = _("Collecte {number} ({firm})").format(number=str(one.id)[:8], firm=one.firm_name)
            yield Trouble("collection", what, one.since, _why(one.code), _remedy(one.code))


def _signatures(now: datetime) -> Iterator[Trouble]:
    for number, state, since in signing.unfinished(now - PATIENCE):
        what = _("Signature {number} autorisée mais pas finie ({state})").format(number=str(number)[:8], state=state)
        yield Trouble("signature", what, since, _why("trust_unavailable"), _remedy("trust_unavailable"))


def _proofs(now: datetime) -> Iterator[Trouble]:
    for one in proof.waiting():
        if one.created_at < now - PATIENCE:
            what = _("Dossier de preuve de la collecte {number}").format(number=str(one.collection)[:8])
            yield Trouble("proof", what, one.created_at, _why(one.failure), _remedy(one.failure))


def _heads(now: datetime) -> Iterator[Trouble]:
    waiting = evidence.unanchored(1000)
    since = evidence.waits_since(waiting[0]) if waiting else None
    if since is not None and since < now - HEADS_LATE:
        what = ngettext(
            "La chaîne d'un cabinet n'est pas horodatée", "Les chaînes de {count} cabinets ne sont pas horodatées",
            len(waiting),
        ).format(count=len(waiting))  # fmt: skip
        yield Trouble("heads", what, since, _why("timestamp_unavailable"), _remedy("timestamp_unavailable"))


def _jobs() -> Iterator[Trouble]:
    for one in jobs.dead_letters()[:100]:
        yield Trouble(
            "job",
            _("Tâche abandonnée : {path}").format(path=one.path),
            one.died_at,
            _("Essayée {count} fois. Dernière erreur : {error}").format(count=one.attempts, error=one.error[:200]),
            _("Réglez la cause, puis relancez la tâche."),
            "revive",
            str(one.id),
        )


def _messages(now: datetime) -> Iterator[Trouble]:
    for one in messaging.lost(since=now - MESSAGES_FOR, limit=100):
        what = _("E-mail non remis à {mask}") if one.kind == "email" else _("SMS non remis à {mask}")
        told = what.format(mask=one.recipient_mask)
        yield Trouble("message", told, one.created_at, _why(one.reason), _remedy(one.reason))


def _why(code: str) -> str:
    if not code:
        return _("Elle attend son tour ; un processus de fond ne tourne peut-être pas.")
    return str(WHY.get(code, code))


def _remedy(code: str) -> str:
    if not code:
        return _("Vérifiez que « paraphe worker platform » tourne.")
    return str(REMEDIES.get(code, _("Lisez le journal du site ; tout reprend de soi-même quand la cause est levée.")))
