"""Every verb of every room, called by everybody who should not: a new one is called too, or fails until it is listed.

A verb that takes a person and a firm must refuse whoever has nothing to do there, or answer that there is nothing. A
verb whose parameters are not known here, one that takes only a person or only a firm, fails until somebody says below
what it is.
"""

import importlib
import inspect
import io
import pkgutil
import uuid
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

import paraphe.platform
from paraphe.kernel.errors import DomainError, NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.contacts import api as contacts
from paraphe.platform.documents import api as documents
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.envelopes.models import Bulk, EnvelopeDocument, Recipient
from paraphe.platform.firms.models import FirmExport
from paraphe.platform.mandates import api as mandates
from paraphe.platform.sealing import api as sealing
from tests.journeys.visitor import pdf_of
from tests.platform.conftest import ACTOR
from tests.platform.documents.test_documents import as_person
from tests.platform.envelopes.support import Desk
from tests.support import cast
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db

#: What a refusal is: absence and refusal alike, or a right that is missing, by code.
REFUSALS = frozenset({"not_found", "may_not", "not_allowed", "may_not_change", "may_not_grant", "not_invited"})
#: Read or change what belongs to the person himself; there is no way to name somebody else's.
OF_ONESELF = frozenset(
    {
        "accounts.about", "accounts.ask_export", "accounts.choose_language", "accounts.choose_notices",
        "accounts.confirm", "accounts.end_other_sessions", "accounts.end_session", "accounts.export_of",
        "accounts.exports_of", "accounts.firms_of", "accounts.granted", "accounts.is_on_roll",
        "accounts.language_of", "accounts.memberships_of", "accounts.note_concluded", "accounts.obstacle",
        "accounts.open_export", "accounts.open_session", "accounts.own_firms", "accounts.person",
        "accounts.roll_of", "accounts.sessions_of", "accounts.sign_out", "accounts.track", "accounts.wanted",
        "accounts.wants", "documents.handwriting_of", "documents.look_of", "documents.remove_handwriting",
        "documents.set_handwriting", "documents.set_look", "documents.results_of", "documents.note_opened",
        "envelopes.about",
        "enrolment.accept_terms",
        "enrolment.confirm", "enrolment.current", "enrolment.give_mobile", "enrolment.is_done", "enrolment.join",
        "enrolment.refresh", "enrolment.request_again", "enrolment.restart_identity", "enrolment.returned",
        "enrolment.signed_adhesion", "enrolment.signed_terms", "enrolment.signing_address", "enrolment.standing",
        "enrolment.trust_address", "signing.authorisation_address", "signing.begin", "signing.certificate_of",
        "signing.certificate_pem", "signing.complete_authorisation", "signing.expect_own",
        "signing.holder_of", "signing.names_of",
        "signing.outcome", "signing.refuse", "signing.remember_holder", "signing.revoke_certificate",
        "sealing.release_returned", "sealing.seal_returned", "sealing.standing_returned", "signing.siren_of",
    }
)  # fmt: skip
#: Ask or change something about a firm for a room above, which asked whether the person may.
FOR_ROOMS_ABOVE = frozenset(
    {
        "accounts.ended_rights", "documents.people_with_documents",
        "accounts.people_of", "accounts.rights_by_person", "accounts.grant", "accounts.count", "credit.balance",
        "credit.is_low", "credit.months", "credit.reserve", "credit.statement", "credit.top_up",
        "documents.largest", "documents.team_of", "enrolment.is_open", "enrolment.terms_state", "evidence.anchors",
        "evidence.head_of",
        "evidence.verify_firm", "firms.closing", "firms.is_closed", "firms.last_change", "firms.logo",
        "firms.options", "sealing.in_force",
    }
)  # fmt: skip
#: Parameters that name a thing that has an owner.
THINGS = frozenset(
    {
        "document_id", "document_ids", "envelope_id", "contact_id", "contact_ids", "mandate_id", "export_id",
        "upload_id", "import_id", "recipient_id", "batch_id", "bulk_id", "template_id",
    }
)  # fmt: skip
WORDS = documents.Words("signed", "unreadable", "list", ("name", "digest", "state"))
#: Answer that there is nothing, where others refuse.
EMPTY: dict[str, Callable[[Any], bool]] = {
    "accounts.administers": lambda answer: answer is False,
    "accounts.inherited_rights": lambda answer: not answer.rights,
    "accounts.rights": lambda answer: not answer,
    "credit.may_see": lambda answer: answer is False,
    "documents.ending_soon": lambda answer: answer == 0,
    "documents.may_destroy": lambda answer: answer is False,
    "documents.overview": lambda answer: not answer.page.rows and answer.unsigned == 0,
    "documents.packed": lambda answer: len(zipfile.ZipFile(io.BytesIO(b"".join(answer))).namelist()) <= 1,
    "documents.page_of": lambda answer: not answer.rows,
    "documents.search": lambda answer: not answer,
    "documents.unsigned": lambda answer: not answer,
    "documents.waiting_to_sign": lambda answer: answer == 0,
    "documents.warnings_of_many": lambda answer: not answer,
    "documents.delete_many": lambda answer: all(isinstance(one, NotFound) for one in answer.values()),
    "envelopes.counts": lambda answer: not answer,
    "envelopes.bulks": lambda answer: not answer[0],
    "envelopes.home": lambda answer: (
        not any(
            part.count
            for part in (answer.to_launch, answer.running, answer.drafts, answer.expiring, answer.ended_badly)
        )
    ),
    "envelopes.listing": lambda answer: not answer.rows,
    "envelopes.recipient_names": lambda answer: not answer,
    "envelopes.titles": lambda answer: not answer,
    "documents.titles": lambda answer: not answer,
    "envelopes.signers_of": lambda answer: not answer,
    "firms.decides": lambda answer: answer is False,
    "firms.exports": lambda answer: not answer,
    "firms.may_change": lambda answer: answer is False,
    "mandates.listing": lambda answer: not answer,
    "sealing.titles": lambda answer: not answer,
}


@dataclass(frozen=True)
class Things:
    """What Alice has in her firm, and words for the parameters of verbs."""

    firm: accounts.Firm
    words: dict[str, Any]
    by_room: dict[str, dict[str, Any]]

    def arguments(self, room: str, verb: Callable[..., Any]) -> dict[str, Any]:
        """Return what ``verb`` is called with, besides person and firm."""
        known = {**self.words, **self.by_room.get(room, {})}
        asked = [
            one.name
            for one in inspect.signature(verb).parameters.values()
            if one.name not in ("person", "firm")
            and (one.default is inspect.Parameter.empty or one.name.endswith(("_id", "_ids")))
        ]
        unknown = set(asked) - set(known)
        assert not unknown, f"say in this test what {room}.{verb.__name__} is called with: {sorted(unknown)}"
        return {name: known[name] for name in asked}


def verbs() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield every function of every door that takes a person or a firm, by room and name."""
    for room in pkgutil.iter_modules(paraphe.platform.__path__):
        try:
            door = importlib.import_module(f"paraphe.platform.{room.name}.api")
        except ModuleNotFoundError:
            continue
        for name in door.__all__:
            found = getattr(door, name)
            if inspect.isfunction(found) and {"person", "person_id", "firm"} & set(inspect.signature(found).parameters):
                yield f"{room.name}.{name}", found


def of_both() -> dict[str, Callable[..., Any]]:
    """Return the verbs that take a person and a firm and that nobody has said anything else about."""
    listed = OF_ONESELF | FOR_ROOMS_ABOVE
    return {
        name: verb
        for name, verb in verbs()
        if {"person", "firm"} <= set(inspect.signature(verb).parameters) and name not in listed
    }


@pytest.fixture
def things(trust: SmallTrust) -> Things:
    """Return what Alice has: a document, a collection, contacts, a mandate, an export, files on their way."""
    _, alice = as_person(cast.ALICE)
    bob = cast.sign_in(cast.BOB)
    firm = cast.firm(cast.MARTIN)
    where = {"person": alice, "firm": firm}
    document = documents.add(actor=ACTOR, **where, filename="a.pdf", chunks=[pdf_of("A")])
    envelope = Desk(alice, firm).launched("claire", "denis").id
    inside, recipient = EnvelopeDocument.objects.get(envelope=envelope), Recipient.objects.filter(envelope=envelope)[0]
    held = [
        contacts.add(actor=ACTOR, **where, typed={"family_name": name, "email": f"{name}@x.example"}).id
        for name in ("Un", "Deux")
    ]
    scope = mandates.Scope(("sign",), (), None, timezone.localdate(), None)
    mandate = mandates.draft(actor=ACTOR, **where, delegate_id=bob.pk, scope=scope, locale="fr")
    export = FirmExport.objects.create(**where, asked_at=timezone.now(), delete_on=timezone.localdate())
    upload = documents.begin(**where, key=uuid.UUID(int=1), filename="b.pdf", size=10)
    imported = contacts.begin_import(**where, data=b"nom;e-mail\nTrois;trois@x.example\n")
    options = sealing.Options("Bulletins", "Paie de novembre", 30)
    batch = sealing.create(actor=ACTOR, **where, options=options, locale="fr")
    template = envelopes.create(actor=ACTOR, **where, template=True)
    bulk = Bulk.objects.create(
        **where, title="Liste", total=1, created_at=timezone.now(), delete_on=timezone.localdate()
    )
    words = {
        "batch_id": batch, "item_id": 1, "brought": [], "options": options, "state": "state", "purpose": "Paie",
        "most": 10, "last_day": timezone.localdate(), "mobiles": {}, "stream": io.BytesIO(b"PK"), "name": "a.zip",
        "pages": 1, "table": b"", "which": "refused", "matches": [], "template_id": template.id, "bulk_id": bulk.pk,
        "role": "Client", "people": {}, "signed": "signed", "attachments": "attachments", "proof": "proof",
        "evidence_name": "evidence.pdf", "proof_id": uuid.UUID(int=3),
        "actor": ACTOR, "envelope_id": envelope, "contact_id": held[0], "contact_ids": held, "chosen": {},
        "mandate_id": mandate, "export_id": export.pk, "upload_id": upload.id, "import_id": imported.id,
        "recipient_id": recipient.pk, "delegate_id": cast.sign_in(cast.CHLOE).pk, "scope": scope, "typed": {},
        "typed_siren": firm.siren, "filename": "c.pdf", "chunks": [pdf_of("C")], "locale": "fr", "language": "fr",
        "right": "sign", "kinds": ["other"], "title": "Titre", "notes": "", "kind": "other", "use": "to_sign",
        "reason": "Parce que", "days": 3, "order": [inside.pk], "steps": [[recipient.pk]], "fields": [], "text": "A",
        "email": "un@x.example", "changes": {}, "seen_version": 0, "query": "un", "data": b"nom\nQuatre\n",
        "page": 1, "width": 900, "key": uuid.UUID(int=2), "size": 10, "offset": 0, "read": lambda limit: b"",
        "owner_id": alice.pk, "filters": documents.Filters(), "words": WORDS, "label": "Titre",
        "human": envelopes.Human("claire@vidal.example"), "order_id": uuid.UUID(int=4),
        "recipient_ids": [str(recipient.pk)], "envelope_ids": [str(envelope)], "batch_ids": [str(batch)],
        "appearance": None, "together": True, "reasons": lambda *_: "", "rule": documents.Rule("last"),
    }  # fmt: skip
    mine = {"documents": {"document_id": document.id, "document_ids": [document.id]}}
    theirs = {"envelopes": {"document_id": inside.pk, "document_ids": [document.id], "page": 0}}
    return Things(firm, words, mine | theirs)


def test_every_verb_is_known_for_what_it_is() -> None:
    found = dict(verbs())
    listed = OF_ONESELF | FOR_ROOMS_ABOVE
    assert listed <= set(found), "no longer there"
    assert set(EMPTY) <= set(found), "no longer there"
    assert not OF_ONESELF & FOR_ROOMS_ABOVE
    assert set(found) - set(of_both()) == listed, "say what these are"


def test_who_has_nothing_to_do_there_is_refused(things: Things) -> None:
    """Strangers, colleagues without a right, and accountants of other firms, under their firm and under this."""
    jeanne, etienne = cast.sign_in(cast.JEANNE), cast.sign_in(cast.ETIENNE)
    here = [(one, things.firm) for one in (cast.sign_in(cast.MALLORY), cast.sign_in(cast.NORA), etienne, jeanne)]
    # In his own firm, with the number of a thing of another.
    elsewhere = [(etienne, cast.firm(cast.OCEAN)), (jeanne, cast.firm(cast.COUNCIL))]
    wrong = []
    for name, verb in of_both().items():
        words = things.arguments(name.split(".")[0], verb)
        for person, firm in here + (elsewhere if THINGS & set(words) else []):
            wrong.append(let_in(name, verb, person, firm, words))
    assert [one for one in wrong if one] == []
    assert len(wrong) > 300


def test_a_colleague_does_not_come_at_what_is_somebody_elses(things: Things) -> None:
    """With each right of his own, in the same firm, where everybody sees his own only."""
    wrong = []
    for name, verb in of_both().items():
        room = name.split(".")[0]
        words = things.arguments(room, verb)
        # Templates are the firm's: whoever prepares may use them.
        if room not in ("documents", "envelopes", "mandates") or not THINGS & set(words) or "template_id" in words:
            continue
        for colleague in (cast.BOB, cast.CHLOE, cast.HUGO, cast.INES):
            # The mandate is for Bob: he may read it.
            if room != "mandates" or colleague is not cast.BOB or name == "mandates.withdraw":
                wrong.append(let_in(name, verb, cast.sign_in(colleague), things.firm, words))
    assert [one for one in wrong if one] == []
    assert len(wrong) > 100


def let_in(name: str, verb: Callable[..., Any], person: Any, firm: Any, words: dict[str, Any]) -> str:
    """Call a verb and say what is wrong; nothing when it refuses, or says that there is nothing."""
    try:
        with transaction.atomic():
            answer = verb(person=person, firm=firm, **words)
            transaction.set_rollback(True)
    except DomainError as error:
        return "" if error.code in REFUSALS else f"{name} for {person.full_name}: {error!r} is no refusal"
    empty = name in EMPTY and EMPTY[name](answer)
    return "" if empty else f"{name} answered {person.full_name}: {answer!r}"


def test_the_numbers_of_others_are_as_absent_as_numbers_of_nothing(things: Things) -> None:
    etienne = cast.sign_in(cast.ETIENNE)
    for name, parameter in (("documents.get", "document_id"), ("envelopes.get", "envelope_id")):
        room = name.split(".")[0]
        foreign = things.arguments(room, of_both()[name])
        codes = []
        for words in (foreign, {parameter: uuid.uuid4()}):
            with pytest.raises(DomainError) as caught:
                of_both()[name](person=etienne, firm=cast.firm(cast.OCEAN), **words)
            codes.append((type(caught.value), caught.value.code, caught.value.params))
        assert codes[0] == codes[1]
