"""What people of the firm are told by e-mail who did nothing to the collection yet: what waits for them, what failed."""

from collections.abc import Sequence

from django.utils.translation import gettext_noop

from paraphe.platform.accounts import api as accounts
from paraphe.platform.envelopes import messages
from paraphe.platform.envelopes.models import Envelope


def launchers(envelope: Envelope) -> Sequence[accounts.Person]:
    """Return the members of the firm who may launch this collection today, by name."""
    rights = accounts.rights_by_person(envelope.firm)
    able = [one.person for one in accounts.people_of(envelope.firm) if "launch" in rights.get(one.person_id, ())]
    return [one for one in able if _covered(one, envelope)]


def handed_over(envelope: Envelope, by: accounts.Person) -> None:
    """Tell those who may launch a collection that it waits for them."""
    for person in launchers(envelope):
        if person.pk == by.pk or not accounts.wants(person, "to_launch"):
            continue
        messages.tell(
            envelope,
            person,
            f"to-launch:{envelope.handed_over_at:%Y%m%dT%H%M%S}",
            gettext_noop("À lancer : {title}"),
            (
                gettext_noop("{by} a préparé « {title} » et vous la transmet : elle attend que vous la lanciez."),
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
            gettext_noop("Lancement arrêté : {title}"),
            (
                gettext_noop("« {document} » n'a pas pu être préparé pour la signature : retirez-le ou remplacez-le."),
                gettext_noop("La collecte est de nouveau un brouillon. Rien n'a été envoyé ni débité."),
            ),
            values={"document": document},
        )


def _covered(person: accounts.Person, envelope: Envelope) -> bool:
    """Tell whether nothing limits the right of ``person`` to collections of another kind."""
    try:
        accounts.authority(person, envelope.firm, "launch", kinds=[envelope.kind])
    except accounts.NotAllowed:
        return False
    return True
