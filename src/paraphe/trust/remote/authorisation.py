"""What a client program asks a holder to authorise: pushed, shown, confirmed by code, redeemed.

RFC 9126 (pushed requests), RFC 6749 §4.1 (authorisation code), RFC 7636 (proof key), CSC v2 §8.4 (what is authorised).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from paraphe.floor.secrets import keyed_hash
from paraphe.kernel.actor import Actor
from paraphe.kernel.ids import new_id, new_token
from paraphe.trust.codes import api as codes
from paraphe.trust.holders import api as holders
from paraphe.trust.journal import api as journal
from paraphe.trust.ra import api as ra
from paraphe.trust.remote import rules
from paraphe.trust.remote.activation import give, revoke_of_challenge
from paraphe.trust.remote.credentials import check_authorisable, credential_of
from paraphe.trust.remote.errors import AuthorisationClosed, AuthorisationGone, CodesNotAllowed, GrantRefused
from paraphe.trust.remote.models import Activation, Authorisation

_REQUEST_PURPOSE = "remote.request"
_GRANT_PURPOSE = "remote.grant"
CODE_PURPOSE = "signature"
State = Authorisation.State


@dataclass(frozen=True)
class Asked:
    """What a client program asks. ``redirect_uri`` is checked already; empty when the answer does not go by browser."""

    credential_id: UUID
    digests: Sequence[bytes]
    labels: Sequence[str]
    redirect_uri: str = ""
    state: str = ""
    code_challenge: str = ""
    locale: str = "fr"


def push(client_id: str, asked: Asked) -> str:
    """Keep the request for ten minutes and return the secret part of its ``request_uri`` (RFC 9126 §2.2).

    Raises NotFound for a credential that is not this client's, CredentialUnusable, DigestsRefused.
    """
    digests = rules.checked_digests(asked.digests)
    labels = rules.checked_labels(asked.labels, len(digests))
    credential = credential_of(client_id, asked.credential_id, pending=True)
    check_authorisable(credential)
    now, reference = timezone.now(), new_token()
    with transaction.atomic():
        made = Authorisation.objects.create(
            id=new_id(),
            credential=credential,
            client_id=client_id,
            request_hash=keyed_hash(reference, _REQUEST_PURPOSE),
            redirect_uri=asked.redirect_uri,
            client_state=asked.state,
            code_challenge=asked.code_challenge,
            locale="en" if asked.locale.lower().startswith("en") else "fr",
            digests=digests,
            labels=json.dumps(labels, ensure_ascii=False),
            created_at=now,
            expires_at=now + rules.REQUEST_LIFETIME,
        )
        journal.write("authorisation:pushed", _client(made), _subjects(made), {"digests": digests})
    return reference


def open_request(client_id: str, reference: str) -> Authorisation:
    """Open a pushed request for the browser that brings it, once. Raises AuthorisationGone."""
    now = timezone.now()
    with transaction.atomic():
        found = Authorisation.objects.filter(
            request_hash=keyed_hash(reference, _REQUEST_PURPOSE), client_id=client_id
        ).exclude(redirect_uri="")
        opened = found.filter(state=State.PUSHED, expires_at__gt=now).update(
            state=State.OPENED, expires_at=now + rules.PAGE_LIFETIME
        )
        if not opened:
            raise AuthorisationGone
        row = found.select_related("credential__subject").get()
        journal.write("authorisation:opened", _holder(row), _subjects(row))
    return row


def id_of(client_id: str, reference: str) -> UUID:
    """Return the identifier of a request, opened or not, for a browser that may hold it. Raises AuthorisationGone."""
    found = Authorisation.objects.filter(
        request_hash=keyed_hash(reference, _REQUEST_PURPOSE), client_id=client_id
    ).values_list("id", flat=True)
    identifier = found.first()
    if identifier is None:
        raise AuthorisationGone
    return identifier


def load(authorisation_id: UUID) -> Authorisation:
    """Return an authorisation; whether one may see it is the caller's to know. Raises AuthorisationGone."""
    row = Authorisation.objects.select_related("credential__subject").filter(id=authorisation_id).first()
    if row is None:
        raise AuthorisationGone
    return row


def labels_of(row: Authorisation) -> list[str]:
    """Return the titles, in the order of the digests."""
    labels: list[str] = json.loads(row.labels or "[]")
    return labels


def is_expired(row: Authorisation) -> bool:
    """Tell whether the time of an unfinished authorisation has run out."""
    return row.state in (State.PUSHED, State.OPENED, State.AUTHORISED) and timezone.now() >= row.expires_at


def send_code(authorisation_id: UUID, subject: str) -> codes.Challenge:
    """Return the challenge of an opened authorisation; the first call sends the code. ``subject`` stands in the SMS.

    Raises AuthorisationGone, AuthorisationClosed, CodesNotAllowed, CodeLimit.
    """
    with transaction.atomic():
        row = waiting(authorisation_id)
        if row.challenge_id is not None:
            return codes.state(row.challenge_id)
        holder = row.credential.subject
        check_codes_allowed(holder)
        challenge = codes.send(
            purpose=CODE_PURPOSE,
            subject=subject,
            # Who gave no number, which only guests for one occasion may, gets it where his invitation went.
            mobile_e164=ra.mobile_of(holder) or holder.email,
            binding=request_binding(row),
            language=row.locale,
            owner=str(holder.pk),
        )
        row.challenge_id = challenge.id
        row.save(update_fields=["challenge_id"])
        journal.write("authorisation:code-sent", _holder(row), _subjects(row), {"challenge": str(challenge.id)})
    return challenge


def resend_code(authorisation_id: UUID, subject: str) -> codes.Challenge:
    """Send another code. Raises what ``send_code`` and ``codes.resend`` raise."""
    with transaction.atomic():
        row = waiting(authorisation_id)
        if row.challenge_id is None:
            return send_code(authorisation_id, subject)
        challenge = codes.resend(row.challenge_id)
        data = {"challenge": str(challenge.id), "sends_left": challenge.sends_left}
        journal.write("authorisation:code-sent", _holder(row), _subjects(row), data)
    return challenge


def confirm(authorisation_id: UUID, value: str) -> Authorisation:
    """Check the holder's code; when it is right the request is AUTHORISED. Five wrong tries close it for ever.

    Confirming again what is AUTHORISED and not redeemed changes nothing: a second tab, an impatient second click.
    Raises AuthorisationGone, AuthorisationClosed, CodesNotAllowed, CodeWrong, CodeForSomethingElse, CodeExpired,
    CodeLocked.
    """
    row = load(authorisation_id)
    if row.state == State.AUTHORISED and not is_expired(row):
        return row
    with transaction.atomic():
        row = waiting(authorisation_id)
    check_codes_allowed(row.credential.subject)
    if row.challenge_id is None:
        raise codes.CodeExpired
    try:
        codes.check(row.challenge_id, request_binding(row), value)
    except codes.CodeUsed:
        pass  # The right code was given and the process died before noting it: the binding says for what.
    except codes.CodeLocked:
        close(row, State.LOCKED, "authorisation:locked", {"reason": "code-locked"})
        raise
    except codes.CodeError as error:
        journal.write("authorisation:code-refused", _holder(row), _subjects(row), {"reason": error.code})
        raise
    return close(row, State.AUTHORISED, "authorisation:confirmed", {"challenge": str(row.challenge_id)})


def refuse(authorisation_id: UUID) -> Authorisation:
    """Record that the holder said no. Raises AuthorisationGone, AuthorisationClosed when it is too late for that."""
    row = load(authorisation_id)
    if row.state == State.REFUSED:
        return row
    with transaction.atomic():
        row = waiting(authorisation_id)
    return close(row, State.REFUSED, "authorisation:refused", {})


def grant(authorisation_id: UUID) -> str:
    """Return the authorisation code of an AUTHORISED request: the same for its 60 seconds, then another one.

    Raises AuthorisationGone, AuthorisationClosed.
    """
    now = timezone.now()
    with transaction.atomic():
        row = _locked(Q(id=authorisation_id))
        if row.state != State.AUTHORISED or is_expired(row):
            raise AuthorisationClosed(state=row.state)
        if row.grant_sealed and row.grant_expires_at is not None and row.grant_expires_at > now:
            return row.grant_sealed
        row.grant_sealed = new_token()
        row.grant_hash = keyed_hash(row.grant_sealed, _GRANT_PURPOSE)
        row.grant_expires_at = now + rules.GRANT_LIFETIME
        row.save(update_fields=["grant_sealed", "grant_hash", "grant_expires_at"])
        return row.grant_sealed


def redeem(client_id: str, *, code: str, redirect_uri: str, verifier: str) -> tuple[str, Authorisation]:
    """Exchange an authorisation code for a SAD, once (RFC 6749 §4.1.3, RFC 7636 §4.6).

    A code that is presented twice takes back what it gave (RFC 6749 §4.1.2). Raises GrantRefused.
    """
    with transaction.atomic():
        row = _locked(Q(grant_hash=keyed_hash(code, _GRANT_PURPOSE)), missing=GrantRefused)
        refusal = _grant_refusal(row, client_id, redirect_uri, verifier)
        sad = ""
        if not refusal and row.challenge_id is not None:
            row.state, row.grant_sealed = State.REDEEMED, None
            row.save(update_fields=["state", "grant_sealed"])
            sad = give(row.credential, row.digests, row.challenge_id)
        elif refusal == "replay" and row.challenge_id is not None:
            revoke_of_challenge(row.challenge_id)
        if refusal:
            actor = Actor("client", client_id)
            journal.write("authorisation:grant-refused", actor, _subjects(row), {"reason": refusal})
    if refusal:
        raise GrantRefused(reason=refusal)
    return sad, row


def push_to_telephone(client_id: str, asked: Asked, subject: str) -> str:
    """Ask a holder by SMS, without a page: return the handle with which the client brings his code (CSC v2 §11.6).

    Raises what ``push`` raises, and CodeLimit.
    """
    handle = push(client_id, asked)
    with transaction.atomic():
        row = _locked(Q(request_hash=keyed_hash(handle, _REQUEST_PURPOSE)))
        Authorisation.objects.filter(pk=row.pk).update(
            state=State.OPENED, expires_at=timezone.now() + rules.PAGE_LIFETIME
        )
        send_code(row.pk, subject)
    return handle


def finish_by_handle(client_id: str, handle: str, value: str) -> str:
    """Return the SAD of a request that ``push_to_telephone`` made, for the code that the holder received.

    Raises AuthorisationGone, AuthorisationClosed, and what ``codes.check`` raises.
    """
    row = of_handle(client_id, handle)
    confirmed = confirm(row.pk, value)
    with transaction.atomic():
        locked = _locked(Q(pk=confirmed.pk))
        if locked.state != State.AUTHORISED or locked.challenge_id is None:
            raise AuthorisationClosed(state=locked.state)
        locked.state = State.REDEEMED
        locked.save(update_fields=["state"])
        return give(locked.credential, locked.digests, locked.challenge_id)


def of_handle(client_id: str, handle: str) -> Authorisation:
    """Return the request behind a handle that waits for its code. Raises AuthorisationGone."""
    row = Authorisation.objects.filter(
        request_hash=keyed_hash(handle, _REQUEST_PURPOSE), client_id=client_id, redirect_uri=""
    ).first()
    if row is None or is_expired(row) or row.state not in (State.OPENED, State.AUTHORISED):
        raise AuthorisationGone
    return row


def destroy_old() -> int:
    """Destroy authorisations and activations a day after their end; return how many.

    A claim that was never finished is kept: the same attempt may still ask for what was authorised.
    """
    before = timezone.now() - rules.KEPT
    count, _each = Authorisation.objects.filter(expires_at__lt=before).delete()
    ended = Activation.objects.filter(expires_at__lt=before).exclude(state=Activation.State.CLAIMED)
    more, _each = ended.delete()
    return count + more


def check_codes_allowed(person: ra.Subject) -> None:
    """Let codes by SMS through for a holder who did not give them up. Raises CodesNotAllowed."""
    if not holders.holder_of(person).codes_allowed:
        raise CodesNotAllowed


def _grant_refusal(row: Authorisation, client_id: str, redirect_uri: str, verifier: str) -> str:
    """Return why a code is not exchanged, in a word for the journal; empty: it is."""
    if row.client_id != client_id:
        return "other-client"
    if row.state != State.AUTHORISED:
        return "replay"
    if row.grant_expires_at is None or timezone.now() >= row.grant_expires_at:
        return "expired"
    if row.redirect_uri != redirect_uri:
        return "other-address"
    if not rules.proves(verifier, row.code_challenge):
        return "wrong-proof"
    return ""


def waiting(authorisation_id: UUID) -> Authorisation:
    """Return the locked row of a request that waits for its holder."""
    row = _locked(Q(id=authorisation_id))
    if row.state != State.OPENED or is_expired(row):
        raise AuthorisationClosed(state="expired" if is_expired(row) else row.state)
    return row


def _locked(condition: Q, missing: type[AuthorisationGone | GrantRefused] = AuthorisationGone) -> Authorisation:
    rows = Authorisation.objects.select_for_update(of=("self",)).select_related("credential__subject")
    row = rows.filter(condition).first()
    if row is None:
        raise missing
    return row


def close(row: Authorisation, state: State, tag: str, data: dict[str, str]) -> Authorisation:
    """Move an OPENED request on, once. Raises AuthorisationClosed when somebody else moved it meanwhile."""
    with transaction.atomic():
        changed = Authorisation.objects.filter(pk=row.pk, state=State.OPENED).update(state=state)
        if changed:
            journal.write(tag, _holder(row), _subjects(row), data)
    moved = load(row.pk)
    if not changed and moved.state != state:
        raise AuthorisationClosed(state=moved.state)
    return moved


def request_binding(row: Authorisation) -> bytes:
    """Return what a code, or another factor, for this request stands for."""
    return rules.binding(
        authorisation=str(row.pk), credential=str(row.credential_id), client=row.client_id, digests=row.digests
    )


def _subjects(row: Authorisation) -> dict[str, str]:
    return {"authorisation": str(row.pk), "credential": str(row.credential_id)}


def _client(row: Authorisation) -> Actor:
    return Actor("client", row.client_id)


def _holder(row: Authorisation) -> Actor:
    return Actor("person", str(row.credential.subject_id))
