"""The certification practice statement: short, and made of what is in use, so that it cannot say anything else.

Numbered after RFC 3647 §4, chapters that would be empty left out (ETSI EN 319 411-1 §5.2).
"""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from paraphe.kernel.digests import canonical_json, sha256_hex
from paraphe.trust.ca import api as ca
from paraphe.trust.register import api as register
from paraphe.trust.tsa import api as tsa


@dataclass(frozen=True)
class Chapter:
    """One chapter: its number in RFC 3647, its title, its sentences, and lists of facts."""

    number: str
    title: str
    sentences: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()


def chapters() -> list[Chapter]:
    """Return the statement in the language of the reader."""
    return [*_introduction(), *_identification(), *_life(), *_security(), *_profiles(), *_rest()]


def version() -> str:
    """Return twelve digits that change with each word and each value of the statement."""
    told = [[one.number, one.title, *one.sentences, *(f"{a}={b}" for a, b in one.facts)] for one in chapters()]
    return sha256_hex(canonical_json({"language": get_language() or "", "chapters": told}))[:12]


def _introduction() -> list[Chapter]:
    site = settings.SITE_URL
    policies = (
        (_("Membre de l'Ordre ou collaborateur, 3 ans"), ca.policy_of("natural-person")),
        (_("Signataire invité, identité vérifiée, 5 ans"), ca.policy_of("invited-person")),
        (_("Signataire invité, une seule occasion, 1 jour"), ca.policy_of("one-shot")),
        (_("Cachet d'une personne morale, 3 ans"), ca.policy_of("legal-person-seal")),
        (_("Cachet des dossiers de preuve, 3 ans"), ca.policy_of("evidence-seal")),
        (_("Jetons d'horodatage"), tsa.policy()),
    )
    return [
        Chapter(
            "1.1",
            _("Ce que ce service est, et n'est pas"),
            (
                _(
                    "Ce service vérifie l'identité de signataires, émet leurs certificats, garde leurs clés et "
                    "horodate. Il suit les profils de l'ETSI EN 319 412 et l'esprit du niveau LCP de l'EN 319 411-1 ; "
                    "il n'a pas été audité à ce titre."
                ),
                _(
                    "Il n'est pas un prestataire qualifié au sens du règlement (UE) n° 910/2014, ne figure sur aucune "
                    "liste de confiance, et aucun de ses certificats ne prétend l'être."
                ),
            ),
        ),
        Chapter("1.2", _("Politiques"), facts=policies),
        Chapter(
            "1.5",
            _("Qui répond de ce document"),
            facts=tuple(
                (label, value)
                for label, value in (
                    (_("Exploitant"), settings.OPERATOR_NAME),
                    (_("Identifiant"), settings.OPERATOR_ID),
                    (_("Assistance"), settings.SUPPORT_EMAIL),
                )
                if value
            ),
        ),
        Chapter(
            "2",
            _("Ce qui est publié, et où"),
            facts=(
                (_("Autorités et empreintes"), f"{site}/"),
                (_("Listes de révocation"), ", ".join(register.list_address(slug) for slug in ("natural", "legal"))),
                (_("État d'un certificat (OCSP)"), f"{site}/ocsp/natural, {site}/ocsp/legal"),
                (_("Révocation par le titulaire"), f"{site}/revocation/"),
            ),
        ),
    ]


def _identification() -> list[Chapter]:
    return [
        Chapter(
            "3.2",
            _("Comment l'identité est vérifiée"),
            (
                _(
                    "Membres, collaborateurs et invités à certificat de cinq ans : un agent d'enregistrement compare "
                    "la photographie d'un document d'identité aux données de la demande, selon une liste de points. "
                    "C'est la vérification à distance d'une copie, sans présence ni vidéo : elle n'atteint pas le "
                    "niveau substantiel de l'ETSI TS 119 461 ni celui d'un PVID."
                ),
                _(
                    "Signataires d'une seule occasion : le nom est celui que donne l'expéditeur ; une adresse à "
                    "laquelle il a écrit et un téléphone que nous avons joint, rien de plus. Le certificat le dit par "
                    "sa politique."
                ),
                _(
                    "Personnes morales : le nom et le SIREN sont ceux du certificat du responsable, qui signe la "
                    "demande avec lui. Le lien entre la personne et la personne morale est celui qu'affirme la "
                    "plateforme."
                ),
            ),
        ),
    ]


def _life() -> list[Chapter]:
    return [
        Chapter(
            "4.7",
            _("Renouvellement"),
            (
                _(
                    "Le titulaire est prévenu 90, 30 et 7 jours avant la fin. Il signe de nouveau l'accord ; une "
                    "nouvelle clé est faite. Un même contrôle d'identité sert six ans au plus."
                ),
            ),
        ),
        Chapter(
            "4.9",
            _("Suspension et révocation"),
            (
                _(
                    "Le titulaire révoque ou suspend à toute heure, avec son adresse ou son mobile et un code par SMS. "
                    "Un agent de révocation et la plateforme qui a présenté le titulaire le peuvent aussi, avec un "
                    "motif."
                ),
                _(
                    "OCSP le dit en quelques secondes, la liste de révocation au plus tard dans la minute. Une "
                    "révocation est définitive ; lever une suspension demande au titulaire sa preuve la plus forte, ou "
                    "deux agents."
                ),
                _("Les signatures faites avant restent valables : l'horodatage prouve qu'elles le sont."),
            ),
        ),
    ]


def _security() -> list[Chapter]:
    return [
        Chapter(
            "5.4",
            _("Journal"),
            (
                _(
                    "Chaque usage d'une clé d'autorité, de titulaire ou de cachet, avant et après, et chaque décision "
                    "est une ligne d'un journal chaîné que la base refuse de modifier ; réponses OCSP et jetons "
                    "d'horodatage, par milliers, n'y sont pas un à un. Sa tête est horodatée chaque nuit ; chaque "
                    "certificat émis lui est comparé."
                ),
            ),
        ),
        Chapter(
            "6.1",
            _("Clés"),
            (
                _(
                    "Les clés sont faites et gardées par un processus séparé, seul à pouvoir les ouvrir : fichiers "
                    "scellés (AES-256-GCM) ou jeton PKCS#11, selon l'exploitant. La clé de la racine reste hors ligne."
                ),
                _(
                    "La clé d'un titulaire ne signe que ce qu'il a validé : un code par SMS, une application "
                    "d'authentification ou une clé d'accès, à son choix, pour des empreintes précises, une seule fois. "
                    "C'est l'esprit du contrôle exclusif de l'EN 419 241-1, sur un matériel qui n'est pas certifié."
                ),
                _(
                    "La clé d'un cachet sert aussi dans les limites d'un mandat signé par son responsable : un objet, "
                    "un nombre, une durée. La clé d'une seule occasion est détruite après son usage."
                ),
            ),
            ((_("Algorithme des nouvelles clés"), settings.KEY_ALGORITHM),),
        ),
        Chapter(
            "6.8",
            _("Horodatage"),
            (
                _(
                    "Précision d'une seconde, sans ordre garanti. L'unité refuse d'horodater quand son horloge recule, "
                    "saute ou n'est pas saine."
                ),
            ),
        ),
    ]


def _profiles() -> list[Chapter]:
    return [
        Chapter(
            "7",
            _("Profils"),
            (
                _(
                    "Certificats X.509 version 3 (RFC 5280, ETSI EN 319 412-2 et -3), listes version 2, réponses OCSP "
                    "RFC 6960, jetons RFC 3161 et ETSI EN 319 422. Chaque certificat est contrôlé avant et après sa "
                    "signature."
                ),
            ),
        ),
    ]


def _rest() -> list[Chapter]:
    days = {"days": settings.IDENTITY_IMAGE_DAYS}
    return [
        Chapter(
            "9.4",
            _("Données personnelles"),
            (
                _(
                    "Les photographies de documents sont chiffrées, vues des seuls agents d'enregistrement, et "
                    "détruites %(days)d jours après la décision. Certificats, décisions et journal sont conservés sept "
                    "ans après l'expiration du certificat, pour qui devra vérifier une signature."
                )
                % days,
            ),
        ),
        Chapter(
            "9.6",
            _("Ce que chacun promet"),
            (
                _(
                    "Le service n'émet qu'après les vérifications ci-dessus, protège les clés, publie l'état des "
                    "certificats sans frais. Le titulaire donne des informations exactes, garde ses codes et appareils "
                    "pour lui, et révoque sans délai en cas de doute. Qui vérifie une signature regarde la politique "
                    "du certificat."
                ),
            ),
        ),
    ]
