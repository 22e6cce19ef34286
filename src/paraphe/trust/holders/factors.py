"""What a holder authorises with beside codes by SMS: an authenticator application, passkeys.

Each use is counted, journaled and for exactly one thing. A passkey signs what is authorised: its challenge is the
digest of it, so that the proof says by itself for what it was given (W3C WebAuthn level 2 §7.2).
"""

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from paraphe.floor.messaging import api as messaging
from paraphe.floor.secrets import keyed_hash
from paraphe.kernel.actor import Actor
from paraphe.kernel.ids import new_id
from paraphe.trust.holders import rules
from paraphe.trust.holders.errors import CodesNeeded, FactorLocked, FactorsFull, FactorUnknown, FactorWrong
from paraphe.trust.holders.identity import subjects_of
from paraphe.trust.holders.models import Factor, Holder, Proof
from paraphe.trust.journal import api as journal

RP_NAME = "Paraphe Confiance"
NONCE_OCTETS = 16
#: RFC 4226 §4: 160 bits are recommended.
SECRET_OCTETS = 20
_Kind = Factor.Kind


def of(holder: Holder, kind: str | None = None) -> list[Factor]:
    """Return the factors of a holder, oldest first, of one kind or of all."""
    rows = holder.factors.order_by("created_at")
    return list(rows.filter(kind=kind) if kind else rows)


def new_secret() -> str:
    """Return a new secret for an authenticator application, in base 32, to be kept until its first code is right."""
    return base64.b32encode(os.urandom(SECRET_OCTETS)).decode("ascii")


def provisioning_uri(secret: str, account: str) -> str:
    """Return what the application reads from the square code (Key URI format)."""
    label = quote(f"{RP_NAME}:{account}")
    query = urlencode({"secret": secret, "issuer": RP_NAME, "digits": rules.DIGITS, "period": rules.STEP})
    return f"otpauth://totp/{label}?{query}"


def add_application(holder: Holder, secret: str, code: str, label: str) -> Factor:
    """Add an authenticator application whose first code is right. Raises FactorWrong, FactorsFull."""
    step = rules.step_of(base64.b32decode(secret), _digits(code), timezone.now(), 0)
    if step is None:
        raise FactorWrong
    return _added(holder, Factor(kind=_Kind.TOTP, label=label, secret=secret, last_step=step))


def passkey_creation(holder: Holder, account: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the options for ``navigator.credentials.create`` and the state that ``add_passkey`` needs."""
    options, state = _server().register_begin(
        PublicKeyCredentialUserEntity(id=holder.pk.bytes, name=account, display_name=account),
        credentials=_attested(holder),
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return dict(options), state


def add_passkey(holder: Holder, state: Mapping[str, Any], response: str, label: str) -> Factor:
    """Add the passkey that the browser made (``response``: its JSON). Raises FactorWrong, FactorsFull."""
    try:
        data = _server().register_complete(dict(state), json.loads(response)).credential_data
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise FactorWrong from None
    if data is None:
        raise FactorWrong
    made = Factor(kind=_Kind.PASSKEY, label=label, passkey=bytes(data), passkey_hash=_passkey_hash(data.credential_id))
    return _added(holder, made)


def remove(holder: Holder, factor_id: UUID) -> None:
    """Forget a factor; without any left, codes by SMS are allowed again. Raises FactorUnknown."""
    with transaction.atomic():
        Holder.objects.select_for_update().get(pk=holder.pk)
        factor = holder.factors.filter(pk=factor_id).first()
        if factor is None:
            raise FactorUnknown
        kind = factor.kind
        factor.delete()
        if not holder.factors.exists():
            Holder.objects.filter(pk=holder.pk).update(codes_allowed=True)
        journal.write("factor:removed", _actor(holder), {"holder": holder.pk, "factor": factor_id}, {"kind": kind})
        _tell(holder, f"{factor_id}:removed")


def allow_codes(holder: Holder, allowed: bool) -> None:
    """Say whether a code by SMS is enough to authorise. Raises CodesNeeded while there is no other factor."""
    with transaction.atomic():
        Holder.objects.select_for_update().get(pk=holder.pk)
        if not allowed and not holder.factors.exists():
            raise CodesNeeded
        Holder.objects.filter(pk=holder.pk).update(codes_allowed=allowed)
        journal.write("factor:codes-allowed", _actor(holder), {"holder": holder.pk}, {"allowed": allowed})
        _tell(holder, f"codes:{allowed}:{timezone.now():%Y%m%dT%H%M%S}")


def prove_by_application(holder: Holder, code: str, binding: bytes) -> Proof:
    """Take a code of one of the holder's applications for ``binding``. Raises FactorUnknown, FactorWrong, FactorLocked.

    Must not be called inside a transaction: a wrong try has to be counted whatever the caller does then.
    """
    now, refusal = timezone.now(), None
    with transaction.atomic(durable=True):
        found = list(holder.factors.select_for_update().filter(kind=_Kind.TOTP).order_by("created_at"))
        awake = [factor for factor in found if factor.locked_until is None or factor.locked_until <= now]
        if not found:
            raise FactorUnknown
        if not awake:
            raise FactorLocked(until=min(factor.locked_until for factor in found if factor.locked_until))
        for factor in awake:
            step = rules.step_of(base64.b32decode(factor.secret or ""), _digits(code), now, factor.last_step)
            if step is not None:
                factor.last_step = step
                return _proved(holder, factor, binding, {})
        refusal = _count_wrong(holder, awake)
    raise refusal


def passkey_request(holder: Holder, binding: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the options for ``navigator.credentials.get`` and the state that ``prove_by_passkey`` needs.

    The challenge is the SHA-256 of ``binding`` and a fresh nonce: what the passkey signs names what it is for.
    Raises FactorUnknown.
    """
    attested = _attested(holder)
    if not attested:
        raise FactorUnknown
    nonce = os.urandom(NONCE_OCTETS)
    options, state = _server().authenticate_begin(
        attested, user_verification=UserVerificationRequirement.REQUIRED, challenge=_challenge(binding, nonce)
    )
    return dict(options), {**state, "nonce": nonce.hex()}


def prove_by_passkey(holder: Holder, state: Mapping[str, Any], response: str, binding: bytes) -> Proof:
    """Take the answer of a passkey (JSON) to ``passkey_request`` for the same ``binding``. Raises FactorWrong.

    A signature counter that goes back tells of a copied key and is refused (WebAuthn §6.1.1).
    """
    try:
        answer = AuthenticationResponse.from_dict(json.loads(response))
        expected = {**state, "challenge": _websafe(_challenge(binding, bytes.fromhex(state["nonce"])))}
        known = _server().authenticate_complete(expected, _attested(holder), answer)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        _refused(holder, "passkey")
        raise FactorWrong from None
    count = answer.response.authenticator_data.counter
    with transaction.atomic():
        rows = holder.factors.select_for_update().filter(passkey_hash=_passkey_hash(known.credential_id))
        factor = rows.first()
        copied = factor is None or (count <= factor.sign_count and (count, factor.sign_count) != (0, 0))
        if factor is not None and not copied:
            factor.sign_count = count
            evidence = {
                "client_data": _websafe(bytes(answer.response.client_data)),
                "authenticator_data": _websafe(bytes(answer.response.authenticator_data)),
                "signature": _websafe(answer.response.signature),
                "nonce": state["nonce"],
            }
            return _proved(holder, factor, binding, evidence)
    _refused(holder, "passkey-copied")
    raise FactorWrong


def destroy_old() -> int:
    """Destroy proofs of 40 days ago; return how many."""
    count, _each = Proof.objects.filter(at__lt=timezone.now() - rules.PROOF_KEPT).delete()
    return count


def _added(holder: Holder, factor: Factor) -> Factor:
    factor.holder = holder
    factor.created_at = timezone.now()
    factor.label = " ".join(factor.label.split())[:60] or str(_Kind(factor.kind).label)
    try:
        with transaction.atomic():
            Holder.objects.select_for_update().get(pk=holder.pk)
            if holder.factors.count() >= rules.MOST_FACTORS:
                raise FactorsFull
            factor.save()
            subjects = {"holder": holder.pk, "factor": factor.pk}
            journal.write("factor:added", _actor(holder), subjects, {"kind": str(factor.kind)})
            _tell(holder, f"{factor.pk}:added")
    except IntegrityError:  # this passkey is somebody's already
        raise FactorWrong from None
    return factor


def _tell(holder: Holder, change: str) -> None:
    """Write to the holder that his ways to confirm changed, in the caller's transaction: whoever it was."""
    found = subjects_of(holder)
    if found:
        messaging.send_template(
            found[0].email,
            template="holders/mail/changed",
            context={"name": found[0].full_name, "account_url": f"{settings.SITE_URL}/holder/"},
            key=f"holder-changed:{holder.pk}:{change}",
            language=found[0].language,
        )


def _proved(holder: Holder, factor: Factor, binding: bytes, evidence: Mapping[str, str]) -> Proof:
    """Record that ``factor`` proved its holder for ``binding``, in the caller's transaction."""
    factor.wrong, factor.locked_until, factor.used_at = 0, None, timezone.now()
    factor.save()
    proof = Proof.objects.create(
        id=new_id(),
        holder=holder,
        kind=factor.kind,
        binding_hash=keyed_hash(binding, "holders.binding"),
        at=factor.used_at,
    )
    data = {
        "kind": str(factor.kind),
        "proof": str(proof.pk),
        "binding": hashlib.sha256(binding).hexdigest(),
        **evidence,
    }
    journal.write("factor:used", _actor(holder), {"holder": holder.pk, "factor": factor.pk}, data)
    return proof


def _count_wrong(holder: Holder, factors: list[Factor]) -> FactorWrong | FactorLocked:
    now = timezone.now()
    until = None
    for factor in factors:
        factor.wrong += 1
        factor.locked_until = until = rules.lock_after(factor.wrong, now)
        factor.save(update_fields=["wrong", "locked_until"])
    _refused(holder, "totp-locked" if until else "totp")
    return FactorLocked(until=until) if until else FactorWrong(tries_left=rules.TRIES - factors[0].wrong % rules.TRIES)


def _refused(holder: Holder, reason: str) -> None:
    journal.write("factor:refused", _actor(holder), {"holder": holder.pk}, {"reason": reason})


def _server() -> Fido2Server:
    """Return the relying party: this site, by its exact origin."""
    parts = urlsplit(settings.SITE_URL)
    entity = PublicKeyCredentialRpEntity(name=RP_NAME, id=parts.hostname or "")
    return Fido2Server(entity, verify_origin=lambda origin: origin == f"{parts.scheme}://{parts.netloc}")


def _attested(holder: Holder) -> list[AttestedCredentialData]:
    return [AttestedCredentialData(bytes(row.passkey or b"")) for row in of(holder, _Kind.PASSKEY)]


def _challenge(binding: bytes, nonce: bytes) -> bytes:
    return hashlib.sha256(nonce + binding).digest()


def _passkey_hash(credential_id: bytes) -> str:
    return keyed_hash(credential_id, "holders.passkey")


def _websafe(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _digits(code: str) -> str:
    return "".join(code.split())


def _actor(holder: Holder) -> Actor:
    return Actor("person", str(holder.pk))
