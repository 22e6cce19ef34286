"""What is told to the room of proofs once a collection ended: plain values, read from its rows and its events."""

import uuid

from paraphe.platform.accounts import api as accounts
from paraphe.platform.envelopes.models import Ceremony, Envelope, EnvelopeDocument, Recipient
from paraphe.platform.evidence import api as evidence
from paraphe.platform.proof import api as proof


def prove(envelope: Envelope) -> None:
    """Ask for the evidence file and, for each who signed, his attestations, in the caller's transaction."""
    if envelope.launched_at is None:
        return
    facts = facts_of(envelope)
    signers = [one.id for one in facts.recipients if one.state == Recipient.State.SIGNED and one.role == "signer"]
    documents = [one.id for one in facts.documents if one.final_file is not None]
    proof.several(facts, [(signer, document) for signer in signers for document in documents])


def facts_of(envelope: Envelope) -> proof.CollectionFacts:
    """Return what is known of a collection that ends now."""
    people = list(envelope.recipients.all())
    refusals = [one.refusal for one in people if one.state == Recipient.State.REFUSED and one.refusal]
    return proof.CollectionFacts(
        id=envelope.pk,
        firm_id=envelope.firm_id,
        firm_name=envelope.firm.name,
        firm_siren=envelope.firm.siren,
        title=envelope.title,
        kind=envelope.kind,
        language=envelope.locale,
        outcome=envelope.state,
        level=envelope.level,
        read_all_pages=envelope.read_all_pages,
        sender=_person(envelope.sender),
        created_at=envelope.created_at,
        ended_at=envelope.ended_at or envelope.changed_at,
        launched_at=envelope.launched_at,
        expires_at=envelope.expires_at,
        launched_by=_person(envelope.launched_by) if envelope.launched_by else None,
        mandate=str(envelope.mandate or ""),
        message=envelope.message,
        reason=envelope.end_reason or (refusals[0] if refusals else ""),
        consents={"fr": envelope.consent_fr, "en": envelope.consent_en},
        recipients=tuple(_recipient(one) for one in people),
        documents=tuple(_documents(envelope)),
    )


def _person(person: accounts.Person) -> proof.PersonFacts:
    return proof.PersonFacts(person.full_name, person.email)


def _recipient(row: Recipient) -> proof.RecipientFacts:
    ceremony = Ceremony.objects.filter(recipient=row).first()
    signed = row.state == Recipient.State.SIGNED
    level = ceremony.level if ceremony and ceremony.level else row.level
    checks: list[proof.Check] = ["email_link"] if row.opened_at is not None else []
    if ceremony is not None and ceremony.face_to_face:
        checks.append("face_to_face")
    if signed:
        checks.append("sms_code" if row.mobile else "email_code")
    if signed and level == "advanced":
        checks.append("identity_document")
    return proof.RecipientFacts(
        id=str(row.pk),
        position=row.position,
        step=row.step,
        role=row.role,
        state=row.state,
        level=level,
        person=proof.PersonFacts(f"{row.given_name} {row.family_name}".strip(), row.email, row.mobile or ""),
        checks=tuple(checks),
        replaces=str(row.replaces_id or ""),
    )


def _documents(envelope: Envelope) -> list[proof.DocumentFacts]:
    events = evidence.history(envelope=str(envelope.pk)).filter(tag="ceremony:signed").order_by("sequence")
    signed = [(str(one.subjects.get("recipient", "")), one.data.get("documents", {})) for one in events]
    return [_document(one, signed) for one in envelope.documents.order_by("position", "pk")]


def _document(row: EnvelopeDocument, signed: list[tuple[str, dict[str, str]]]) -> proof.DocumentFacts:
    versions = [proof.VersionFacts(0, "source", row.source_sha256)]
    if row.frozen_sha256 and row.frozen_sha256 != row.source_sha256:
        versions.append(proof.VersionFacts(len(versions), "frozen", row.frozen_sha256))
    for recipient, digests in signed:
        if str(row.pk) in digests:
            versions.append(proof.VersionFacts(len(versions), "signed", digests[str(row.pk)], recipient))
    if row.final_sha256:
        versions.append(proof.VersionFacts(len(versions), "archived", row.final_sha256))
    final: uuid.UUID | None = row.final_file
    return proof.DocumentFacts(
        str(row.pk), row.position, row.title, row.use, len(row.pages), tuple(versions), final_file=final
    )
