"""Signing in a ceremony: one writes at a time, what is signed is what was frozen, and nothing is signed twice.

The turn is the open request of the signing room for this collection, which its database lets be only one. What came of
it is taken into the documents before the next one begins, and looked at once more after he began: whoever prepared an
older version is sent round again.
"""

import uuid
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.floor.jobs import api as jobs
from paraphe.kernel.actor import SYSTEM, Actor
from paraphe.kernel.digests import sha256_hex
from paraphe.kernel.errors import DomainError, NotFound
from paraphe.pdf import api as pdf
from paraphe.platform.envelopes import digests, identity_messages, inviting, messages, paying, running
from paraphe.platform.envelopes.appearing import appearance_of
from paraphe.platform.envelopes.ceremony_access import Held, Pass, by_email, held, own_fields
from paraphe.platform.envelopes.ceremony_reading import consent_text, expect_filled, expect_read, shown_value
from paraphe.platform.envelopes.errors import DocumentTampered, LinkDead, MobileMissing, NotConsented
from paraphe.platform.envelopes.models import Ceremony, Envelope, EnvelopeDocument, Field, Recipient
from paraphe.platform.envelopes.values import PENDING
from paraphe.platform.evidence import api as evidence
from paraphe.platform.signing import api as signing

PURPOSE = "envelope"
#: Why a signer has to begin again: his code was accepted, and his signature could not be finished.
NOT_SIGNED = "not_signed"
RETURN_PATH = "/signer/retour/"
#: How long what ended in the signing room is looked at again: a browser never came back, a process died.
LOOKED_BACK = timedelta(days=2)
LONGEST_TITLE = 90
#: Failures of requests that their signer had not authorised: nobody need be told.
BEFORE_THE_CODE = frozenset({"", "abandoned", "envelope_ended", "not_asked", "signed_meanwhile"})


@dataclass(frozen=True)
class Signed:
    """How far the signature of a recipient is: ``signed``, ``finishing``, ``refused``, ``failed`` or ``none``.

    ``waits_for`` is the code of what a signature that is being finished waits for; empty while nothing is in the way.
    """

    state: str
    failure: str = ""
    waits_for: str = ""


def begin_signature(who: Pass, actor: Actor, locale: str) -> str:
    """Prepare the recipient's signature of every document and return the address where he types his code.

    Raises LinkDead, WrongState, NotDone, NotYourTurn, PagesUnseen, FieldsInvalid, NotConsented, MobileMissing;
    DocumentTampered when what is stored is not what was frozen or signed last; AnotherSigns while it is another's turn
    to write, BeingSigned while his own signature is finished; IdentityNeeded, CertificateSuspended, SignerDiffers,
    TrustUnavailable, TrustRefused. Nothing is signed then, and he can try again.
    """
    rows = held(who)
    settle_ended(rows.envelope.pk)
    rows = held(who)
    _expect_ready(rows)
    documents, shown = _to_sign(rows, actor, locale)
    _free_turn(rows.envelope)
    try:
        _expect_mobile(rows)
        begun = signing.begin_for(
            actor=actor,
            signatory=signatory_of(rows, locale),
            level="advanced" if rows.recipient.level == "advanced" else "simple",
            documents=documents,
            purpose=PURPOSE,
            reference=str(rows.envelope.pk),
            return_path=RETURN_PATH,
        )
    except DomainError as error:
        waits(rows, actor, error)
        raise
    _expect_current(rows, begun.id, shown)
    rows.ceremony.wait_code = ""
    with transaction.atomic():
        rows.save("wait_code")
        rows.note(
            actor,
            "ceremony:digest-shown",
            documents=shown,
            level=begun.level,
            signing_request=str(begun.id),
            code_by=_code_by(rows),
        )
    return signing.authorisation_address(begun.id, third_party=str(rows.recipient.pk))


def complete_signature(who: Pass, actor: Actor, *, state: str, code: str) -> Signed:
    """Take what the browser brought back from the page of the code, and finish the signature as far as possible.

    Whose collection ended, or whose link died meanwhile, signs nothing. Raises LinkDead, AuthorisationMismatch,
    TrustUnavailable.
    """
    rows = held(who)
    key = str(rows.recipient.pk)
    # First of all: a browser may hold several ceremonies, and one that ended must not take what is for another.
    signing.expect_own(state=state, third_party=key)
    try:
        rows.expect_turn()
    except DomainError:
        _stop(rows.envelope, key, "envelope_ended")
        return where(who)
    outcome = signing.complete_authorisation(state=state, code=code, third_party=key, actor=actor)
    if outcome.state in ("authorised", "signed", "completed"):
        _note_code(rows, actor, outcome)
    settle(outcome)
    return where(who)


def decline_signature(who: Pass, actor: Actor, *, state: str) -> None:
    """Take it that he said no on the page of the code: nothing is signed, he can begin again.

    Raises LinkDead, AuthorisationMismatch.
    """
    rows = held(who)
    signing.refuse(state=state, third_party=str(rows.recipient.pk), actor=actor)
    with transaction.atomic():
        rows.note(actor, "ceremony:interrupted", code="declined")


def where(who: Pass) -> Signed:
    """Tell how far the signature of the recipient is. Raises LinkDead."""
    rows = held(who)
    key = str(rows.recipient.pk)
    return _where(rows, signing.latest_for(purpose=PURPOSE, reference=str(rows.envelope.pk), third_party=key))


def settle(outcome: signing.Outcome) -> None:
    """Take what came of a request into the documents, and go on with the collection. Again changes nothing."""
    if outcome.purpose != PURPOSE or outcome.open:
        return
    signed = _settle(outcome)
    if signed is not None:
        running.after_signature(signed)
    signing.take(outcome.id)


def settle_ended(envelope_id: uuid.UUID | None = None) -> None:
    """Take every result that was not taken: of one collection, or of all."""
    since = timezone.now() - LOOKED_BACK
    ended = signing.completed_since(since, PURPOSE, reference=str(envelope_id) if envelope_id else "")
    jobs.each(ended, settle)


def _settle(outcome: signing.Outcome) -> uuid.UUID | None:
    """Take a result; return the collection of which its signer did everything that was asked, None otherwise."""
    with transaction.atomic():
        recipient = Recipient.objects.filter(pk=outcome.third_party).first()
        if recipient is None:
            _throw_away(outcome)
            return None
        envelope = Envelope.objects.select_for_update().get(pk=recipient.envelope_id)
        recipient.refresh_from_db()
        ceremony, _ = Ceremony.objects.get_or_create(recipient=recipient, defaults={"changed_at": timezone.now()})
        rows = Held(envelope, recipient, ceremony)
        if envelope.state != Envelope.State.RUNNING or recipient.state == Recipient.State.REPLACED:
            _throw_away(outcome)
            return None
        taken = _taken(rows, outcome)
        if taken:
            # Unless who came back with it has: he, or this process, may have gone before.
            _note_code(rows, SYSTEM, outcome)
            _note_signed(rows, outcome, taken)
        elif outcome.state == "failed":
            _note_failed(rows, outcome)
    return envelope.pk if recipient.state == Recipient.State.SIGNED else None


def signatory_of(rows: Held, locale: str) -> signing.Signatory:
    """Return the recipient as the signing room knows him."""
    return replace(paying.signatory(rows.recipient, locale), firm=str(rows.envelope.firm_id))


def _expect_ready(rows: Held) -> None:
    rows.expect_turn()
    if rows.recipient.role != Recipient.Role.SIGNER:
        raise LinkDead()
    expect_read(rows)
    expect_filled(own_fields(rows.recipient))
    texts = {sha256_hex(consent_text(rows, language).encode()) for language in ("fr", "en")}
    if rows.ceremony.consented_at is None or rows.ceremony.consent_sha256 not in texts:
        raise NotConsented()


def _code_by(rows: Held) -> str:
    return "email" if by_email(rows.envelope, rows.recipient) else "sms"


def _free_turn(envelope: Envelope) -> None:
    """End what somebody began who is not asked any more: replaced, reordered, out."""
    turn = signing.turn(purpose=PURPOSE, reference=str(envelope.pk))
    if turn is None or turn.authorised:
        return
    if not inviting.is_on_turn(envelope, uuid.UUID(turn.third_party)):
        _stop(envelope, turn.third_party, "not_asked")


def _stop(envelope: Envelope, third_party: str, failure: str) -> None:
    latest = signing.latest_for(purpose=PURPOSE, reference=str(envelope.pk), third_party=third_party)
    if latest is not None and latest.open:
        signing.stop(latest.id, failure=failure)


def _expect_mobile(rows: Held) -> None:
    """Let through who can get a code, or has a certificate already. Raises MobileMissing, SignerDiffers."""
    if by_email(rows.envelope, rows.recipient):
        return
    if not rows.recipient.mobile and signing.level_of(signatory_of(rows, "fr"), "simple") != "advanced":
        raise MobileMissing()


def _to_sign(rows: Held, actor: Actor, locale: str) -> tuple[list[signing.ToSign], dict[str, str]]:
    """Return what he signs, each document looked at first, and its digest by number. Raises DocumentTampered."""
    look = _appearance(rows, locale)
    fields = own_fields(rows.recipient)
    known = digests.told(rows.envelope, {str(one.document_id) for one in fields})
    documents, shown = [], {}
    for place in fields:
        if place.kind != Field.Kind.SIGNATURE or place.repeats or place.filled_at is not None:
            continue
        document = place.document
        _check_stored(rows, actor, document, known.get(str(document.pk), ""))
        here = [one for one in fields if one.document_id == document.pk]
        mine = [one for one in here if one.kind != Field.Kind.SIGNATURE]
        file_id = document.current_file or document.frozen_file
        if file_id is None:
            raise DocumentTampered(document=str(document.pk))
        settings = replace(look, field_name=place.name, echoes=tuple(one.name for one in here if one.repeats))
        label = _label(document.title, rows.envelope.firm.name)
        # What was signed before was judged then, and is the same: the evidence has just said so.
        judged = document.version > 0
        documents.append(signing.ToSign(label, file_id, settings, str(document.pk), _values(mine), judged))
        shown[str(document.pk)] = document.sha256
    return documents, shown


def _values(fields: list[Field]) -> tuple[pdf.FieldValue, ...]:
    found = []
    for one in fields:
        if one.kind == Field.Kind.CHECKBOX:
            found.append(pdf.FieldValue(one.name, checked=bool(one.value)))
        elif one.value:
            found.append(pdf.FieldValue(one.name, shown_value(one), ink=pdf.read_ink(one.ink) if one.ink else None))
    return tuple(found)


def _appearance(rows: Held, locale: str) -> signing.SignatureSettings:
    return replace(
        appearance_of(rows.envelope, rows.recipient, locale),
        handwriting=files.read(rows.ceremony.handwriting) if rows.ceremony.handwriting else None,
        ink=pdf.read_ink(rows.ceremony.ink) if rows.ceremony.ink else None,
    )


def _label(title: str, firm: str) -> str:
    """Return what he reads on the page of the code, and in the SMS: the document first, then from whom it comes."""
    short = title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1].rstrip() + "…"
    return " ".join("".join(one if one.isprintable() else " " for one in f"{short} ({firm})").split())[:200]


def _check_stored(rows: Held, actor: Actor, document: EnvelopeDocument, known: str) -> None:
    """Compare what is stored with the row and with the evidence. Raises DocumentTampered, and says so for good."""
    file_id = document.current_file or document.frozen_file
    try:
        found = sha256_hex(files.read(file_id)) if file_id else ""
    except (files.FileBroken, files.FileUnknown):
        found = ""
    if found and found == document.sha256 == known:
        return
    with transaction.atomic():
        Envelope.objects.filter(pk=rows.envelope.pk).exclude(stuck_code="document_tampered").update(
            stuck_code="document_tampered", stuck_at=timezone.now()
        )
        rows.note(actor, "envelope:tampered", document=str(document.pk), found=found, expected=known)
    raise DocumentTampered(document=str(document.pk))


def _expect_current(rows: Held, request_id: uuid.UUID, shown: dict[str, str]) -> None:
    """Send round again who prepared a version that another one signed in between. Raises AnotherSigns."""
    settle_ended(rows.envelope.pk)
    now = dict(rows.envelope.documents.filter(pk__in=shown).values_list("pk", "sha256"))
    if any(now.get(uuid.UUID(key)) != digest for key, digest in shown.items()):
        signing.stop(request_id, failure="signed_meanwhile")
        raise signing.AnotherSigns(by="")


def waits(rows: Held, actor: Actor, error: DomainError) -> None:
    """Write down why he cannot sign now, once."""
    if rows.ceremony.wait_code == error.code[:60]:
        return
    fields = error.params.get("fields", [])
    rows.ceremony.wait_code, rows.ceremony.wait_fields = error.code[:60], fields if isinstance(fields, list) else []
    with transaction.atomic():
        rows.save("wait_code", "wait_fields")
        if error.code == "signer_differs":
            identity_messages.name_differs(rows.envelope, rows.recipient, rows.ceremony.wait_fields)
        rows.note(actor, "ceremony:waited", code=error.code)


def _note_code(rows: Held, actor: Actor, outcome: signing.Outcome) -> None:
    request = str(outcome.id)
    events = evidence.history(envelope=str(rows.envelope.pk), recipient=str(rows.recipient.pk))
    told = events.filter(tag="ceremony:code-verified")
    if not any(one.data.get("signing_request") == request for one in told):
        with transaction.atomic():
            rows.note(actor, "ceremony:code-verified", signing_request=request)


def _taken(rows: Held, outcome: signing.Outcome) -> dict[str, str]:
    """Make each result the present version of its document; return the new digests by number."""
    taken: dict[str, str] = {}
    for result in outcome.results:
        document = EnvelopeDocument.objects.filter(pk=result.reference, envelope=rows.envelope).first()
        mine = rows.recipient.fields.filter(document=document)
        place = mine.filter(kind=Field.Kind.SIGNATURE, repeats=False, filled_at=None).first()
        if document is None or place is None or document.sha256 != result.source_sha256:
            continue
        before = document.current_file
        document.current_file, document.sha256 = result.file_id, result.sha256
        document.version += 1
        document.save(update_fields=["current_file", "sha256", "version"])
        now = timezone.now()
        mine.filter(Q(value__isnull=False) | Q(kind=Field.Kind.SIGNATURE)).update(filled_at=now)
        if before is not None:
            # The version before is a prefix of this one: nothing is lost with it.
            files.destroy(before)
        taken[str(document.pk)] = result.sha256
    return taken


def _note_signed(rows: Held, outcome: signing.Outcome, taken: dict[str, str]) -> None:
    left = rows.recipient.fields.filter(kind=Field.Kind.SIGNATURE, filled_at=None).exists()
    rows.ceremony.level, rows.ceremony.wait_code = outcome.level, ""
    rows.save("level", "wait_code")
    if not left:
        rows.recipient.state, rows.recipient.done_at = Recipient.State.SIGNED, timezone.now()
        rows.recipient.save(update_fields=["state", "done_at"])
        messages.signed(rows.envelope, rows.recipient)
    Envelope.objects.filter(pk=rows.envelope.pk).update(changed_at=timezone.now())
    rows.note(
        SYSTEM, "ceremony:signed", documents=taken, level=outcome.level, signing_request=str(outcome.id),
        credential=outcome.credential_id, all=not left,
    )  # fmt: skip


def _note_failed(rows: Held, outcome: signing.Outcome) -> None:
    """Tell a signer whose code was accepted that nothing came of it: he thinks that he signed, and may have left."""
    if outcome.failure in BEFORE_THE_CODE or rows.recipient.state not in PENDING:
        return
    latest = signing.latest_for(purpose=PURPOSE, reference=outcome.reference, third_party=outcome.third_party)
    if latest is None or latest.id != outcome.id or rows.ceremony.wait_code == NOT_SIGNED:
        return
    rows.ceremony.wait_code = NOT_SIGNED
    rows.save("wait_code")
    messages.not_signed(rows.envelope, rows.recipient, str(outcome.id))
    rows.note(SYSTEM, "ceremony:interrupted", code=outcome.failure, signing_request=str(outcome.id))


def _throw_away(outcome: signing.Outcome) -> None:
    """Destroy what was signed for a collection that ended, or by somebody who was replaced, meanwhile.

    What was taken in time is the document itself by now, and stays.
    """
    numbers = [result.file_id for result in outcome.results]
    taken = set(EnvelopeDocument.objects.filter(current_file__in=numbers).values_list("current_file", flat=True))
    for result in outcome.results:
        if result.file_id in taken:
            continue
        with suppress(NotFound, files.FileUnknown):
            files.destroy(result.file_id)


def _where(rows: Held, outcome: signing.Outcome | None) -> Signed:
    if rows.recipient.state == Recipient.State.SIGNED:
        return Signed("signed")
    if outcome is None:
        return Signed("none")
    if outcome.state in ("authorised", "signed"):
        return Signed("finishing", waits_for=outcome.waits_for)
    if outcome.state in ("failed", "refused"):
        return Signed(outcome.state, outcome.failure)
    if outcome.failures:
        return Signed("failed", outcome.failures[0].failure)
    return Signed("none")
