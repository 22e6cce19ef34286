"""What people of the firm are told by e-mail beside what signers do: what waits for them, what was not launched."""

import uuid
from collections.abc import Sequence

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from paraphe.platform.accounts import api as accounts
from paraphe.platform.envelopes import access, messages
from paraphe.platform.envelopes.models import Bulk, Envelope


def launchers(envelope: Envelope) -> Sequence[accounts.Person]:
    """Return the members of the firm who may launch this collection today, by name."""
    rights = accounts.rights_by_person(envelope.firm)
    able = [one.person for one in accounts.people_of(envelope.firm) if "launch" in rights.get(one.person_id, ())]
    return [one for one in able if _covered(one, envelope)]


def may_launch(person: accounts.Person, firm: accounts.Firm, envelope_id: uuid.UUID) -> Sequence[str]:
    """Return the names of those who may launch a collection that ``person`` may know of. Raises NotFound."""
    return [one.full_name for one in launchers(access.row(person, firm, envelope_id))]


def handed_over(envelope: Envelope, by: accounts.Person) -> None:
    """Tell those who may launch a collection that it waits for them."""
    for person in launchers(envelope):
        if person.pk == by.pk or not accounts.wants(person, "to_launch"):
            continue
        messages.tell(
            envelope,
            person,
            f"to-launch:{envelope.handed_over_at:%Y%m%dT%H%M%S}",
            gettext_noop("À lancer : {title}"),
            (
                gettext_noop("{by} a préparé « {title} » et vous la transmet : elle attend que vous la lanciez."),
                gettext_noop("Rien n'est envoyé aux signataires avant le lancement."),
            ),
            values={"by": by.full_name},
            reply_to=by.email,
        )


def launch_failed(envelope: Envelope, document: str) -> None:
    """Tell who prepared and who launched a collection that a document could not be prepared: it is a draft again."""
    people = {one.pk: one for one in (envelope.sender, envelope.launched_by) if one is not None}
    for person in people.values():
        messages.tell(
            envelope,
            person,
            f"launch-failed:{envelope.launches}",
            gettext_noop("Lancement arrêté : {title}"),
            (
                gettext_noop("« {document} » n'a pas pu être préparé pour la signature : retirez-le ou remplacez-le."),
                gettext_noop("La collecte est de nouveau un brouillon. Rien n'a été envoyé ni débité."),
            ),
            values={"document": document},
        )


def bulk_stopped(bulk: Bulk, failed: int) -> None:
    """Tell who launched a list that some of its lines were not."""
    person, language = bulk.person, accounts.language_of(bulk.person)
    with translation.override(language):
        words = {"title": bulk.title, "n": failed, "all": bulk.total}
        letter = messages.Letter(
            subject=_("Lignes non lancées : {title}").format(**words),
            greeting=_("Bonjour {name},").format(name=person.full_name),
            paragraphs=(
                ngettext(
                    "{n} ligne sur {all} de votre liste « {title} » n'a pas été lancée.",
                    "{n} lignes sur {all} de votre liste « {title} » n'ont pas été lancées.",
                    failed,
                ).format(**words),
                _("La page de la liste dit pourquoi pour chacune, et permet de la reprendre."),
            ),
            about=f"{bulk.firm.name}, SIREN {bulk.firm.siren}",
            url=f"{settings.SITE_URL}/collectes/listes/{bulk.pk}/",
            label=_("Voir la liste"),
        )
        messages.send(person.email, letter, f"envelope-bulk:{bulk.pk}:{bulk.tries}", language)


def _covered(person: accounts.Person, envelope: Envelope) -> bool:
    """Tell whether nothing limits the right of ``person`` to collections of another kind."""
    try:
        accounts.authority(person, envelope.firm, "launch", kinds=[envelope.kind])
    except accounts.NotAllowed:
        return False
    return True
