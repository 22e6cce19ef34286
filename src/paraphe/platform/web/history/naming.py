"""What events are about and who caused them, by the names that the reader may see today."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents import api as documents
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.evidence import api as evidence
from paraphe.platform.mandates import api as mandates
from paraphe.platform.sealing import api as sealing

#: What an event may be about, the first of them that has a name for the reader, and the page of each.
PAGES = {"document": "document", "envelope": "envelope", "batch": "batch", "mandate": "mandate"}


@dataclass(frozen=True)
class Thing:
    """What an event is about: ``name`` and ``address`` are empty for what is gone, or not the reader's to see."""

    number: str
    name: str = ""
    address: str = ""


class Names:
    """The names behind ``entries`` for one reader, asked for together: a few queries, however many events."""

    def __init__(self, person: accounts.Person, firm: accounts.Firm, entries: Sequence[evidence.EvidenceEntry]) -> None:
        about = [found for entry in entries for found in _about(entry)]
        asked = {kind: {number for found, number in about if found == kind} for kind in PAGES}
        self._titles = {
            "document": documents.titles(person, firm, asked["document"]),
            "envelope": envelopes.titles(person, firm, asked["envelope"]),
            "batch": sealing.titles(person, firm, asked["batch"]),
            "mandate": _mandates(person, firm) if asked["mandate"] else {},
        }
        recipients = {entry.actor_id for entry in entries if entry.actor_kind == "recipient"}
        self._recipients = envelopes.recipient_names(person, firm, recipients)
        self._people = {str(person.pk): person.full_name}

    def thing(self, entry: evidence.EvidenceEntry) -> Thing:
        """Return what ``entry`` is about: a document of a collection has no page of its own, its collection has one."""
        about = _about(entry)
        for kind, number in about:
            if name := self._titles[kind].get(number, ""):
                return Thing(number, name, reverse(PAGES[kind], args=[number]))
        return Thing(about[0][1] if about else "")

    def actor(self, entry: evidence.EvidenceEntry) -> str:
        """Return who caused ``entry``."""
        if entry.actor_kind == "recipient":
            return self._recipients.get(entry.actor_id) or _("Destinataire")
        if entry.actor_kind != "person":
            return _("Paraphe") if entry.actor_kind == "system" else _("Opérateur")
        if entry.actor_id not in self._people:
            try:
                self._people[entry.actor_id] = accounts.person(int(entry.actor_id)).full_name
            except (NotFound, ValueError):
                self._people[entry.actor_id] = _("Personne effacée")
        return self._people[entry.actor_id]


def _about(entry: evidence.EvidenceEntry) -> list[tuple[str, str]]:
    return [(kind, entry.subjects[kind]) for kind in PAGES if kind in entry.subjects]


def _mandates(person: accounts.Person, firm: accounts.Firm) -> dict[str, str]:
    return {str(one.id): _("Mandat de {name}").format(name=one.delegate) for one in mandates.listing(person, firm)}
