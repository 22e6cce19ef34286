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
#: Periodic jobs come each minute; when one is so late, no worker runs.
WORKER_LATE: Final = timedelta(minutes=4)

WHY: Final[dict[str, Promise]] = {
    "timestamp_unavailable": gettext_lazy("Le service d'horodatage ne répond pas."),
    "revocation_unavailable": gettext_lazy("L'état d'un certificat n'a pas pu être obtenu (OCSP ou liste)."),
    "trust_unavailable": gettext_lazy("Le site du tiers de confiance ne répond pas."),
    "trust_refused": gettext_lazy("Le site du tiers de confiance a refusé la demande."),
    "no_credential": gettext_lazy("Le cachet des preuves n'existe pas ou n'est plus valable."),
    "document_tampered": gettext_lazy("Un document n'est plus tel qu'il a été figé ou signé."),
    "self_check_failed": gettext_lazy("Ce qui a été signé n'a pas passé notre propre vérification."),
    "storage_full": gettext_lazy("Il n'y a plus de place sur le disque."),
    "storage_failed": gettext_lazy("Le disque ne prend plus rien."),
    "storage_away": gettext_lazy("Le stockage des fichiers ne répond pas."),
    "file_broken": gettext_lazy("Un fichier du stockage est abîmé."),
    "unexpected": gettext_lazy("Une erreur que personne n'a prévue."),
    "interrupted": gettext_lazy("L'envoi a été interrompu ; on ne sait pas si le message est parti."),
    "given_up": gettext_lazy("Le serveur n'a rien pris pendant six jours."),
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
    "storage_failed": gettext_lazy("Regardez le disque et ses droits ; tout reprend de soi-même."),
    "storage_away": gettext_lazy("Rétablissez le stockage (PARAPHE_S3_ENDPOINT) ; tout reprend de soi-même."),
    "file_broken": gettext_lazy("Restaurez ce fichier depuis une sauvegarde, puis réessayez."),
    "self_check_failed": gettext_lazy("Rien n'a été donné à personne. Gardez le journal, et signalez-le à l'éditeur."),
    "unexpected": gettext_lazy("Lisez le journal du processus de fond, et signalez-le à l'éditeur."),
    "trust_refused": gettext_lazy("Lisez le journal du site de confiance ; le signataire peut recommencer."),
    "bounced": gettext_lazy("Le cabinet est prévenu et peut corriger l'adresse."),
    "refused": gettext_lazy("Lisez le journal de l'envoi ; corrigez le réglage de l'expéditeur."),
    "carrier_unavailable": gettext_lazy("Vérifiez PARAPHE_SMTP_URL ou le fournisseur de SMS."),
}


#: What carriers note of an answer that was none, as people read it; a code of the protocol stays as it is.
ANSWERS: Final[dict[str, Promise]] = {
    "ConnectionRefusedError": gettext_lazy("connexion refusée"),
    "ConnectionError": gettext_lazy("connexion refusée"),
    "ConnectTimeout": gettext_lazy("aucune dans le délai"),
    "ReadTimeout": gettext_lazy("aucune dans le délai"),
    "TimeoutError": gettext_lazy("aucune dans le délai"),
    "SMTPServerDisconnected": gettext_lazy("connexion rompue"),
    "gaierror": gettext_lazy("nom de machine inconnu"),
    "SSLCertVerificationError": gettext_lazy("certificat TLS refusé"),
}


@dataclass(frozen=True)
class Trouble:
    """One thing that stands still.

    ``action`` names what a button can do about ``key``: ``revive``, ``stop``, ``retry``.
    """

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
        *_worker(),
        *_services(),
        *_waiting_messages(now),
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
            # A draft again, or found changed: trying again mends nothing.
            again = one.state in ("launching", "completing") and one.code != "document_tampered"
            action, key = ("retry", f"collection:{one.id}") if again else ("", "")
            yield Trouble("collection", what, one.since, why(one.code), _remedy(one.code), action, key)


def _signatures(now: datetime) -> Iterator[Trouble]:
    for one in signing.unfinished(now - PATIENCE):
        number = str(one.id)[:8]
        if one.state == "signed":
            what = _("Signature {number} : faite, ses preuves manquent").format(number=number)
        else:
            what = _("Signature {number} : le code est accepté, elle n'est pas finie").format(number=number)
        code = one.waits_for
        yield Trouble("signature", what, one.since, why(code), _remedy(code), "retry", f"signature:{one.id}")


def _worker() -> Iterator[Trouble]:
    since = jobs.overdue(WORKER_LATE)
    if since is not None:
        yield Trouble(
            "worker",
            _("Le processus de fond est arrêté"),
            since,
            _("Il envoie les messages, archive, relance et reprend ce qui s'est arrêté."),
            _("Redémarrez « paraphe worker platform » ; lisez son journal s'il s'arrête de nouveau."),
        )


def _services() -> Iterator[Trouble]:
    words = {
        "provider": (
            _("Le site du tiers de confiance ne répond pas"),
            _("Personne ne peut demander de code ni signer. Ceux qui attendent lisent de revenir un peu plus tard."),
            _("Redémarrez le site de confiance, ou rétablissez le réseau vers lui."),
        ),
        "codes": (
            _("Les codes par SMS ne partent pas"),
            _("Le fournisseur de SMS du site de confiance ne prend rien. Ceux qui attendent un code le lisent."),
            _("Vérifiez le fournisseur et PARAPHE_SMS_CARRIER. Un code encore bon part seul dès qu'il répond."),
        ),
        "keys": (
            _("Le gardien des clés est arrêté"),
            _("Le site de confiance ne peut ni signer ni horodater."),
            _("Redémarrez « paraphe signer » ; avec un jeton PKCS#11, regardez le jeton."),
        ),
        "timestamps": (
            _("Le site de confiance n'horodate plus"),
            _("Son horloge n'est pas acceptée, ou sa clé manque. Les signatures attendent ; aucune n'est abaissée."),
            _("Lisez « clock:unsound » dans son journal ; après contrôle : « paraphe manage trust accept_clock »."),
        ),
    }
    for one in signing.troubles():
        what, reason, remedy = words[one.part]
        yield Trouble("service", what, one.since, reason, remedy)


def _waiting_messages(now: datetime) -> Iterator[Trouble]:
    """Yield one trouble for all e-mails that wait, and one for all SMS: they wait for the same thing."""
    late = messaging.waiting(before=now - PATIENCE, limit=10_000)
    for kind in ("email", "sms"):
        found = [one for one in late if one.kind == kind]
        if not found:
            continue
        what = (
            ngettext("{count} e-mail attend de partir", "{count} e-mails attendent de partir", len(found))
            if kind == "email"
            else ngettext("{count} SMS attend de partir", "{count} SMS attendent de partir", len(found))
        )
        said = next((one.trouble for one in reversed(found) if one.trouble), "")
        if said:
            reason = _("Le serveur ne prend rien. Dernière réponse : {answer}.").format(answer=ANSWERS.get(said, said))
            remedy = (
                _("Vérifiez PARAPHE_SMTP_URL et le serveur. Tout est gardé cinq jours, et part une seule fois.")
                if kind == "email"
                else _("Vérifiez PARAPHE_SMS_CARRIER et le fournisseur. Tout est gardé, et part une seule fois.")
            )
        else:
            reason, remedy = why(""), _remedy("")
        told, since = what.format(count=len(found)), found[0].created_at
        yield Trouble("waiting", told, since, reason, remedy, "retry", "messages")


def _proofs(now: datetime) -> Iterator[Trouble]:
    for one in proof.waiting():
        if one.created_at < now - PATIENCE:
            what = _("Dossier de preuve de la collecte {number}").format(number=str(one.collection)[:8])
            key = f"proof:{one.id}"
            yield Trouble("proof", what, one.created_at, why(one.failure), _remedy(one.failure), "retry", key)


def _heads(now: datetime) -> Iterator[Trouble]:
    waiting = evidence.unanchored(1000)
    since = evidence.waits_since(waiting[0]) if waiting else None
    if since is not None and since < now - HEADS_LATE:
        what = ngettext(
            "La chaîne d'un cabinet n'est pas horodatée", "Les chaînes de {count} cabinets ne sont pas horodatées",
            len(waiting),
        ).format(count=len(waiting))  # fmt: skip
        code = "timestamp_unavailable"
        yield Trouble("heads", what, since, why(code), _remedy(code), "retry", "heads")


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
        yield Trouble("message", told, one.created_at, why(one.reason), _remedy(one.reason))


def why(code: str) -> str:
    """Return what a code means that something waits for."""
    if not code:
        return _("Elle attend son tour ; un processus de fond ne tourne peut-être pas.")
    return str(WHY.get(code, code))


def _remedy(code: str) -> str:
    if not code:
        return _("Vérifiez que « paraphe worker platform » tourne.")
    return str(REMEDIES.get(code, _("Lisez le journal du site ; tout reprend de soi-même quand la cause est levée.")))
