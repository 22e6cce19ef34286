"""Everything that is in the way of a launch, told at once."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence

from paraphe.platform.accounts import api as accounts
from paraphe.platform.credit import api as credit
from paraphe.platform.envelopes import paying, quotas
from paraphe.platform.envelopes.models import Envelope
from paraphe.platform.envelopes.queries import DocumentView, EnvelopeView, RecipientView, get, view
from paraphe.platform.envelopes.values import Problem
from paraphe.platform.firms import api as firms
from paraphe.platform.signing import api as signing


def problems(person: accounts.Person, firm: accounts.Firm, envelope_id: uuid.UUID) -> list[Problem]:
    """Return everything that keeps a draft from being launched; nothing when it can be. Raises NotFound."""
    envelope = get(person, firm, envelope_id)
    ask_again(envelope)
    return found_in(envelope, firm)


def ask_again(envelope: EnvelopeView) -> None:
    """Let the provider say of certificates with another name whether they still stand; outside of transactions.

    Who revoked his because his name changed must not be held to it.
    """
    for recipient in envelope.recipients:
        if recipient.role == "signer" and any(_differing(recipient)):
            signing.still_certified(paying.signatory(recipient))


def problems_of(envelope: Envelope) -> list[Problem]:
    """Return the same of a row, for the verbs of this room only."""
    return found_in(view(envelope), envelope.firm)


def found_in(envelope: EnvelopeView, firm: accounts.Firm) -> list[Problem]:
    """Return everything that is in the way, credit last."""
    own = firms.options(firm)
    found = list(_of_the_whole(envelope))
    for recipient in envelope.recipients:
        found += of_recipient(recipient, own)
    found += _twice(envelope.acting)
    found += _of_boxes(envelope)
    return [*found, *quotas.problems(envelope, firm), *_of_credit(envelope, firm)]


def _of_the_whole(envelope: EnvelopeView) -> Iterator[Problem]:
    if not envelope.title:
        yield Problem("title_missing")
    if not any(one.to_sign for one in envelope.documents):
        yield Problem("nothing_to_sign")
    if not any(one.role == "signer" for one in envelope.recipients):
        yield Problem("no_signer")


def of_recipient(recipient: RecipientView, own: firms.Options) -> Iterator[Problem]:
    """Yield what keeps one of them from being invited."""
    who = recipient.id
    if not recipient.email:
        yield Problem("email_missing", recipient=who)
    if recipient.acts and not (recipient.given_name and recipient.family_name):
        yield Problem("name_missing", recipient=who)
    if recipient.role != "signer":
        return
    by_email = own.code_by_email and recipient.level == "simple"
    if not recipient.mobile and not by_email and not _certified(recipient):
        yield Problem("mobile_missing", recipient=who)
    if recipient.level == "advanced" and not own.third_party_advanced:
        yield Problem("level_not_offered", recipient=who)
    yield from _differing(recipient)


def _certified(recipient: RecipientView) -> list[tuple[str, str]]:
    """Return the names in the certificate of a known signer: one of the platform's people, or invited before."""
    if recipient.person_id is not None and (names := signing.names_of(recipient.person_id)) is not None:
        return [("given_name", names.given_name), ("family_name", names.family_name)]
    if not recipient.mobile:
        return []
    found = signing.certificate_for(paying.signatory(recipient))
    return [("given_name", found.given_name), ("family_name", found.surname)] if found is not None else []


def _differing(recipient: RecipientView) -> Iterator[Problem]:
    """Name each field that differs from the certificate of a known signer: he could not sign as somebody else."""
    for field, held in _certified(recipient):
        typed = getattr(recipient, field)
        if held and typed and not signing.alike(typed, held):
            yield Problem("certificate_differs", recipient=recipient.id, params={"field": field, "held": held})


def _twice(people: Sequence[RecipientView]) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    for one in people:
        key = (one.email, one.name.casefold())
        if one.email and key in seen:
            yield Problem("named_twice", recipient=one.id)
        seen.add(key)


def _of_boxes(envelope: EnvelopeView) -> Iterator[Problem]:
    to_sign = [one for one in envelope.documents if one.to_sign]
    signs: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    fills: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for field in (field for one in to_sign for field in one.fields):
        (signs if field.kind == "signature" else fills)[field.recipient_id].add(field.document_id)
    for recipient in envelope.recipients:
        if recipient.role == "signer" and not signs[recipient.id]:
            yield Problem("box_missing", recipient=recipient.id)
        for document_id in sorted(fills[recipient.id] - signs[recipient.id]):
            yield Problem("fills_without_signing", document=document_id, recipient=recipient.id)
    for document in to_sign:
        yield from _of_document(document)


def _of_document(document: DocumentView) -> Iterator[Problem]:
    if not any(one.kind == "signature" for one in document.fields):
        yield Problem("nobody_signs", document=document.id)
    if "certified" in document.warnings and any(not one.existing for one in document.fields):
        yield Problem("certified", document=document.id)
    elif "signed" in document.warnings and any(
        not one.existing and (one.kind != "signature" or one.repeats) for one in document.fields
    ):
        yield Problem("signed_already", document=document.id)


def _of_credit(envelope: EnvelopeView, firm: accounts.Firm) -> Iterator[Problem]:
    cost = paying.cost(envelope.recipients)
    missing = cost - credit.balance(firm).available_cents
    if cost and missing > 0:
        yield Problem("credit", params={"missing": missing})
