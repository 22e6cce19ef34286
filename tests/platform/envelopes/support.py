"""What the tests of collections begin with."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.kernel.clock import SystemClock
from paraphe.pdf import api as pdf
from paraphe.platform.accounts import api as accounts
from paraphe.platform.credit import api as credit
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.envelopes.models import Envelope
from paraphe.platform.evidence import api as evidence
from tests.journeys.visitor import pdf_of
from tests.platform.conftest import ACTOR
from tests.support import cast
from tests.support.small_trust import SmallTrust

LETTER = pdf_of("Lettre de mission", pages=2)
CLIENTS = {
    "claire": {"given_name": "Claire", "family_name": "Vidal", "email": "claire@vidal.example", "mobile": "0612345679"},
    "denis": {"given_name": "Denis", "family_name": "Roux", "email": "denis@roux.example", "mobile": "0612345680"},
    "elsa": {"given_name": "Elsa", "family_name": "Noël", "email": "elsa@noel.example", "mobile": "0612345681"},
}


@dataclass(frozen=True)
class Desk:
    """Somebody at work in a firm, with the words of the room for him."""

    person: accounts.Person
    firm: accounts.Firm

    @property
    def who(self) -> dict[str, Any]:
        """Return who acts, for the verbs that write evidence."""
        return {"actor": ACTOR, **self.where}

    @property
    def where(self) -> dict[str, Any]:
        """Return who acts and for which firm."""
        return {"person": self.person, "firm": self.firm}

    def draft(self, *names: str, documents: int = 1, data: bytes = LETTER) -> envelopes.EnvelopeView:
        """Return a draft with documents, and these clients as signers, one after the other."""
        made = envelopes.create(**self.who)
        for number in range(documents):
            envelopes.add_document(
                **self.where, envelope_id=made.id, filename=f"Lettre {number + 1}.pdf", chunks=[data]
            )
        for name in names:
            envelopes.add_recipient(**self.where, envelope_id=made.id, typed=CLIENTS[name])
        return self.now(made.id)

    def ready(self, *names: str, documents: int = 1, data: bytes = LETTER) -> envelopes.EnvelopeView:
        """Return a draft with a box for everybody in every document."""
        made = self.draft(*names, documents=documents, data=data)
        for document in made.documents:
            envelopes.place_by_default(**self.where, envelope_id=made.id, document_id=document.id)
        return self.now(made.id)

    def launched(self, *names: str, documents: int = 1, data: bytes = LETTER) -> envelopes.EnvelopeView:
        """Return a collection that runs."""
        return envelopes.launch(**self.who, envelope_id=self.ready(*names, documents=documents, data=data).id)

    def now(self, envelope_id: uuid.UUID) -> envelopes.EnvelopeView:
        """Return a collection as it stands."""
        return envelopes.get(self.person, self.firm, envelope_id)


def desk(person: cast.CastPerson = cast.ALICE, firm: cast.CastFirm = cast.MARTIN) -> Desk:
    """Let ``person`` sit down in ``firm``."""
    signed_in = cast.sign_in(person)
    return Desk(signed_in, cast.firm(firm))


def pay(one: Desk, cents: int) -> None:
    """Give the firm credit."""
    credit.top_up(firm=one.firm, cents=cents, reference=f"VIR-{uuid.uuid4()}", actor=ACTOR)


def sign(trust: SmallTrust, envelope_id: uuid.UUID, email: str, *, state: str = "signed") -> None:
    """Let this recipient sign every document in which he has a signature, with a real one, then go on."""
    envelope = Envelope.objects.get(pk=envelope_id)
    recipient = envelope.recipients.get(email=email, state__in=["invited", "opened", "read"])
    signer, taken = trust.pki.signer("alice"), dict[str, str]()
    for field in recipient.fields.filter(kind="signature", repeats=False).select_related("document"):
        document = field.document
        held = document.current_file or document.frozen_file
        assert held is not None
        data = files.read(held)
        settings = pdf.SignatureSettings(field_name=field.name, signer_name=recipient.given_name)
        waiting = pdf.prepare(data, settings, signer.certificate, signer.chain, SystemClock())
        (value,) = signer.sign_digests([waiting.digest_to_sign])
        signed = pdf.finish(data, waiting, value, trust.pki.timestamps)
        stored = files.store(
            pdf.augment(data, signed, trust.pki.revocation, trust.pki.roots).whole(data), purpose="envelope"
        )
        document.current_file, document.sha256, document.version = stored.id, stored.sha256, document.version + 1
        document.save()
        taken[str(document.pk)] = stored.sha256
    recipient.state, recipient.done_at = state, timezone.now()
    recipient.save()
    about = {"envelope": str(envelope.pk), "firm": str(envelope.firm_id), "recipient": str(recipient.pk)}
    evidence.record("ceremony:signed", actor=ACTOR, subjects=about, data={"documents": taken})
    envelopes.after_signature(envelope_id)
