"""Signing documents of one's own: one, or many with one authorisation; and taking the results."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from django.db import transaction
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.kernel.actor import SYSTEM, Actor
from paraphe.kernel.errors import DomainError, NotFound
from paraphe.pdf import api as pdf
from paraphe.platform.accounts import api as accounts
from paraphe.platform.credit import api as credit
from paraphe.platform.documents.errors import MayNot, NothingChosen, TooMany
from paraphe.platform.documents.models import Document, Version
from paraphe.platform.documents.placing import Rule, placed
from paraphe.platform.documents.queries import DocumentView, get, many, note, whole
from paraphe.platform.evidence import api as evidence
from paraphe.platform.signing import api as signing

PURPOSE = "document"
#: As many digests as one authorisation covers (the trust site takes 500), and a list that a person can still read.
MOST_AT_ONCE = 200


@dataclass(frozen=True)
class SignedDocument:
    """What came of one document of a request: ``code`` says why it ``failed``, ``document`` is None once deleted.

    ``reference`` is the number of the document.
    """

    label: str
    reference: str
    state: Literal["signed", "superseded", "deleted", "failed"]
    code: str
    document: DocumentView | None


def begin_signature(
    *,
    actor: Actor,
    person: accounts.Person,
    firm: accounts.Firm,
    document_id: uuid.UUID,
    appearance: pdf.SignatureSettings,
    reasons: Callable[[accounts.Authority], str],
    locale: str,
) -> str:
    """Prepare the signature of a document by ``person`` and return the address where he authorises it.

    ``reasons`` gives what the signature says of the mandate under which it is made, for every reader of the file.

    Raises MayNot, NotFound, PdfRefused, CreditTooLow and what ``signing.begin`` raises.
    """
    view = get(person, firm, document_id)
    by = _authority(person, firm, [view])
    appearance = replace(appearance, reason=reasons(by) or appearance.reason)
    request_id = signing.begin(
        actor=actor,
        person_id=person.pk,
        documents=[signing.ToSign(label=view.title, file_id=view.file_id, settings=appearance)],
        purpose=PURPOSE,
        reference=str(view.id),
        locale=locale,
    )
    _count(actor, person, firm, [view], by, request_id)
    return signing.authorisation_address(request_id, person_id=person.pk)


def begin_signatures(
    *,
    actor: Actor,
    person: accounts.Person,
    firm: accounts.Firm,
    document_ids: Sequence[uuid.UUID],
    rule: Rule,
    appearance: pdf.SignatureSettings,
    label: Callable[[DocumentView], str],
    reasons: Callable[[accounts.Authority], str],
    locale: str,
) -> str:
    """Prepare the signatures of many documents and return the address where one code authorises exactly these.

    ``rule`` places each of them, ``appearance`` gives the rest; ``label`` is what the holder reads of each beside its
    digest, ``reasons`` what the signature says of the mandate under which it is made. Raises NothingChosen, TooMany,
    MayNot, NotFound, CreditTooLow, DocumentsRefused (with the reason of each) and what ``signing.begin`` raises;
    nothing is begun then.
    """
    if "sign" not in accounts.rights(person, firm):
        raise MayNot(right="sign")
    if not document_ids:
        raise NothingChosen()
    if len(document_ids) > MOST_AT_ONCE:
        raise TooMany(limit=MOST_AT_ONCE)
    views = many(person, firm, document_ids)
    by = _authority(person, firm, views)
    appearance = replace(appearance, reason=reasons(by) or appearance.reason)
    to_sign, refused = [], dict[str, DomainError]()
    for view in views:
        try:
            box, field_name = placed(rule, view.pages, files.read(view.file_id))
        except DomainError as error:
            refused[str(view.id)] = error
            continue
        settings = replace(appearance, box=box, field_name=field_name)
        to_sign.append(signing.ToSign(label(view), view.file_id, settings, str(view.id)))
    if refused:
        raise signing.DocumentsRefused(refused)
    try:
        request_id = signing.begin(
            actor=actor,
            person_id=person.pk,
            documents=to_sign,
            purpose=PURPOSE,
            reference=str(views[0].id) if len(views) == 1 else str(uuid.uuid4()),
            locale=locale,
        )
    except pdf.PdfRefused as error:
        raise signing.DocumentsRefused({str(views[0].id): error}) from error
    _count(actor, person, firm, views, by, request_id)
    return signing.authorisation_address(request_id, person_id=person.pk)


def settle(outcome: signing.Outcome) -> None:
    """Take each result of a completed request as the new version of its document; again changes nothing.

    What was counted under a mandate is given back when nothing came of it.
    """
    if outcome.purpose != PURPOSE:
        return
    if outcome.open:
        return
    key = str(outcome.id)
    if outcome.state != "completed":
        accounts.give_back(key)
    # A request of before this firm had credit reserved nothing.
    with suppress(NotFound):
        credit.settle(key, done=len(outcome.results))
    for result in outcome.results:
        _take(outcome, result)


def settle_recent() -> None:
    """Take every result of the last two days that was not taken: the browser never came back, or a process died."""
    for outcome in signing.completed_since(timezone.now() - timedelta(days=2), PURPOSE):
        settle(outcome)


def settle_stale() -> None:
    """Debit or give back what was reserved for requests that ended, or that are not there any more."""
    for reservation in credit.stale(timezone.now() - timedelta(days=2)):
        # A key with a colon belongs to another room, which closes it itself.
        if reservation.act != "signature" or ":" in reservation.key:
            continue
        try:
            outcome = signing.outcome(uuid.UUID(reservation.key))
        except (NotFound, ValueError):
            credit.release(reservation.key)
            continue
        settle(outcome)


def results_of(person: accounts.Person, outcome: signing.Outcome) -> list[SignedDocument]:
    """Return what came of each document of a completed request, in the order in which it was given.

    Raises NotFound for the request of anybody else than ``person``.
    """
    if outcome.person_id != person.pk:
        raise NotFound(kind="signing request")
    rows = whole(Document.objects.filter(pk__in=[one.reference for one in outcome.results]))
    held = {str(row.pk): row for row in rows}
    found: dict[int, SignedDocument] = {}
    for result in outcome.results:
        row = held.get(result.reference)
        taken = row is not None and any(one.signing_request_id == outcome.id for one in row.versions.all())
        state: Literal["signed", "superseded", "deleted"] = (
            "deleted" if row is None else "signed" if taken else "superseded"
        )
        view = DocumentView.of(row) if row is not None else None
        found[result.position] = SignedDocument(result.label, result.reference, state, "", view)
    for failed in outcome.failures:
        found[failed.position] = SignedDocument(failed.label, failed.reference, "failed", failed.failure, None)
    return [found[position] for position in sorted(found)]


def refusals_of(error: signing.DocumentsRefused) -> Mapping[uuid.UUID, DomainError]:
    """Return why documents of a list were refused, by their number."""
    return {uuid.UUID(reference): reason for reference, reason in error.refused.items()}


def _authority(person: accounts.Person, firm: accounts.Firm, views: Sequence[DocumentView]) -> accounts.Authority:
    kinds = [view.kind for view in views]
    try:
        try:
            return accounts.authority(person, firm, "sign", kinds=kinds)
        except accounts.NotAllowed:
            # What he began for these documents and left is given back first: he begins anew.
            for view in views:
                signing.withdraw(purpose=PURPOSE, reference=str(view.id))
            settle_recent()
            return accounts.authority(person, firm, "sign", kinds=kinds)
    except accounts.NotAllowed as error:
        raise MayNot(right="sign") from error


def _count(
    actor: Actor,
    person: accounts.Person,
    firm: accounts.Firm,
    views: Sequence[DocumentView],
    by: accounts.Authority,
    request_id: uuid.UUID,
) -> None:
    """Count the acts under the mandate by which they are done, and reserve what they cost.

    Nothing stays begun when the mandate does not allow them any more, or the firm cannot pay them.
    """
    key = str(request_id)
    try:
        accounts.count(person, firm, "sign", by=by, kinds=[view.kind for view in views], key=key)
        if by.mandate is not None:
            subjects = {"mandate": str(by.mandate), "person": str(person.pk), "signing_request": key}
            data = {"documents": [str(view.id) for view in views]}
            evidence.record("mandate:used", actor=actor, subjects=subjects, data=data)
        try:
            credit.reserve(firm=firm, act="signature", count=len(views), key=key, actor=actor)
        except credit.CreditTooLow:
            # What the person began and left a moment ago is given back first: he need not wait for the job.
            settle_recent()
            credit.reserve(firm=firm, act="signature", count=len(views), key=key, actor=actor)
    except accounts.NotAllowed as error:
        signing.stop(request_id, failure="not_allowed")
        raise MayNot(right="sign") from error
    except credit.CreditTooLow:
        signing.stop(request_id, failure="credit_too_low")
        accounts.give_back(key)
        raise


def _take(outcome: signing.Outcome, result: signing.ResultItem) -> None:
    with transaction.atomic():
        document = Document.objects.select_for_update().filter(pk=result.reference).first()
        if document is None:
            # Deleted meanwhile: its signed version goes the same way.
            files.destroy(result.file_id)
            return
        if document.versions.filter(signing_request_id=outcome.id).exists():
            return
        latest = document.versions.order_by("-number").first()
        if latest is None or latest.sha256 != result.source_sha256:
            # Another signature came first. A result made from older bytes would drop it: it is not taken.
            return
        Version.objects.create(
            document=document,
            number=latest.number + 1,
            file_id=result.file_id,
            sha256=result.sha256,
            size=result.size,
            signing_request_id=outcome.id,
            created_at=timezone.now(),
        )
        Document.objects.filter(pk=document.pk).update(current=latest.number + 1, size=result.size)
        note(document, SYSTEM, "document:signed", sha256=result.sha256, signing_request=str(outcome.id))
