"""Deeds: asked for by a client program, read and signed by the named person, gone on with after any crash.

The person signs on the same page, with the same factors, as any other document: the digest of the deed is pushed like
that of a client, and the browser comes back to us with the code for it.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from paraphe.floor.files import api as files
from paraphe.floor.secrets import keyed_hash, same
from paraphe.kernel.actor import Actor
from paraphe.kernel.clock import FixedClock
from paraphe.kernel.digests import canonical_json, sha256_hex
from paraphe.kernel.errors import NotFound
from paraphe.kernel.ids import new_token
from paraphe.pdf import api as pdf
from paraphe.pki.keys import algorithm_of_certificate
from paraphe.trust.ca import api as ca
from paraphe.trust.journal import api as journal
from paraphe.trust.remote import api as remote
from paraphe.trust.seals import documents, releases, rules
from paraphe.trust.seals.errors import DeedClosed, DeedRefused
from paraphe.trust.seals.models import Deed, Mandate
from paraphe.trust.status import api as status
from paraphe.trust.tsa import api as tsa

_LINK, _TOKEN = "seals.link", "seals.mandate"
_DOCUMENT, _PREPARED, _SIGNED = "seals.document", "seals.prepared", "seals.signed"
REQUEST_URI_PREFIX = "urn:ietf:params:oauth:request_uri:"
State = Deed.State


@dataclass(frozen=True)
class Asked:
    """What a client program asks. ``return_uri`` was checked against those of the client."""

    reference: str
    responsible_id: UUID
    return_uri: str
    state: str


def ask_seal(client_id: str, asked: Asked, organisation: object = None) -> tuple[Deed, str]:
    """Return the deed with which the responsible person asks for his firm's seal, and a link to it.

    The firm is the one in the person's own certificate. Only where that names none (he acts for several), the client
    program names it in ``organisation``, as it does at an enrolment, and he declares in the deed that he represents it.
    Raises DeedRefused, NotFound, CredentialUnusable.
    """
    responsible = _responsible(client_id, asked)
    person = responsible.subject
    terms = {"organisation": person.organisation_name, "siren": person.organisation_siren}
    if not person.organisation_siren:
        terms = rules.checked_organisation(organisation)
    return _opened(client_id, asked, responsible, Deed.Kind.SEAL, terms, None)


def ask_mandate(client_id: str, asked: Asked, seal_id: UUID, given: Mapping[str, object]) -> tuple[Deed, str, str]:
    """Return the deed of a mandate for a seal, a link to it, and the mandate's token, worth nothing before the deed.

    The responsible person must act for the firm that the seal names. Asked again, the token is another one. Raises
    DeedRefused, NotFound, CredentialUnusable.
    """
    responsible = _responsible(client_id, asked)
    seal = remote.credential_of(client_id, seal_id)
    if seal.profile_name != remote.SEAL_PROFILE:
        raise NotFound(kind="credential")
    remote.check_usable(seal)
    if not _acts_for(responsible, seal):
        raise DeedRefused(field="responsible")
    found = rules.checked_terms(given, timezone.now())
    terms: dict[str, object] = {
        "organisation": seal.subject.organisation_name,
        "siren": seal.subject.organisation_siren,
        "purpose": found.purpose,
        "count": found.count,
        "begins_at": found.begins_at.isoformat() if given.get("begins_at") is not None else None,
        "ends_at": found.ends_at.isoformat(),
    }
    if found.list_sha256:
        terms["list_sha256"] = found.list_sha256
    if found.releasers:
        # The whole number is sealed beside it; what stands here is what the person reads and signs.
        terms["releasers"] = [
            {"name": one.name, "mobile": one.masked, "key": keyed_hash(one.mobile, "seals.releaser")}
            for one in found.releasers
        ]
    deed, link = _opened(client_id, asked, responsible, Deed.Kind.MANDATE, terms, seal)
    if deed.state != State.OPEN:
        raise DeedClosed(state=deed.state)
    token = new_token()
    values = {
        "seal": seal,
        "client_id": client_id,
        "token_hash": keyed_hash(token, _TOKEN),
        "most": found.count,
        "begins_at": found.begins_at,
        "ends_at": found.ends_at,
    }
    with transaction.atomic():
        mandate, _new = Mandate.objects.update_or_create(deed=deed, defaults=values)
        releases.set_releasers(mandate, list(found.releasers))
    return deed, link, token


def of_client(client_id: str, deed_id: UUID) -> Deed:
    """Return a deed of this client. Raises NotFound for absent and foreign ones alike."""
    found = Deed.objects.select_related("responsible__subject").filter(client_id=client_id, pk=deed_id).first()
    if found is None:
        raise NotFound(kind="deed")
    return found


def by_link(deed_id: UUID, token: str) -> Deed:
    """Return the deed to which a link leads. Raises NotFound."""
    found = Deed.objects.select_related("responsible__subject").filter(pk=deed_id).first()
    if found is None or not same(found.link_hash, keyed_hash(token, _LINK)):
        raise NotFound(kind="deed")
    return found


def unsigned(deed: Deed) -> bytes:
    """Return the deed as the person reads it, composed at the first call. Raises DeedClosed when it is over."""
    if deed.document_file is not None:
        return files.read(deed.document_file)
    _check_open(deed)
    data = documents.compose(deed)
    with transaction.atomic():
        locked = Deed.objects.select_for_update().get(pk=deed.pk)
        if locked.document_file is None:
            locked.document_file = files.store(data, purpose=_DOCUMENT).id
            locked.save(update_fields=["document_file"])
    deed.document_file = locked.document_file
    return files.read(deed.document_file) if deed.document_file else data


def begin_signing(deed_id: UUID) -> str:
    """Prepare the deed for the person's signature and return where his browser goes to confirm it.

    Begun again (another tab, a lost page) it is prepared anew. Raises DeedClosed, CredentialUnusable.
    """
    deed = Deed.objects.select_related("responsible__subject").get(pk=deed_id)
    _check_open(deed)
    source, row = unsigned(deed), deed.responsible
    certificate = remote.certificate_of(row)
    chain, person = ca.chain_of(certificate), row.subject
    with translation.override(person.language):
        reason, label = documents.reason(deed), documents.label(deed)
    appearance = pdf.SignatureSettings(
        signer_name=person.full_name,
        firm=person.organisation_name,
        reason=reason,
        signed_at=timezone.localtime(),
        language=person.language,
        box=pdf.signature_place(source),
    )
    prepared = pdf.prepare(
        source,
        appearance,
        certificate,
        chain,
        FixedClock(timezone.now()),
        algorithm=algorithm_of_certificate(certificate),
    )
    verifier = new_token()
    reference = remote.push(
        deed.client_id,
        remote.Asked(
            credential_id=row.pk,
            digests=[prepared.digest_to_sign],
            labels=[label],
            redirect_uri=f"{settings.SITE_URL}/seals/{deed.pk}/back/",
            code_challenge=_challenge(verifier),
            locale=person.language,
        ),
    )
    with transaction.atomic():
        _forget(deed.prepared_file)
        deed.prepared_file = files.store(prepared.to_bytes(), purpose=_PREPARED).id
        deed.verifier = verifier
        deed.save(update_fields=["prepared_file", "verifier"])
    query = urlencode({"client_id": deed.client_id, "request_uri": REQUEST_URI_PREFIX + reference})
    return f"/oauth2/authorize?{query}"


def take(deed_id: UUID, code: str) -> Deed:
    """Take the code that the browser brought back, and finish the deed as far as that goes now.

    Raises NotFound, GrantRefused for a code that is not one, or not for this deed.
    """
    deed = Deed.objects.filter(pk=deed_id).first()
    if deed is None:
        raise NotFound(kind="deed")
    if deed.state == State.OPEN:
        address = f"{settings.SITE_URL}/seals/{deed.pk}/back/"
        sad, _row = remote.redeem(deed.client_id, code=code, redirect_uri=address, verifier=deed.verifier or "")
        # One save: a process that dies before it leaves the deed open, and the person may confirm again.
        deed.state, deed.activation, deed.verifier = State.SIGNING, sad, None
        deed.save(update_fields=["state", "activation", "verifier"])
    return deed


def signed_bytes(deed: Deed) -> bytes:
    """Return the deed signed by the person at level B-LT, judged by our own verdict. Raises LevelNotReached."""
    source, prepared = unsigned(deed), _prepared(deed)
    [value] = remote.sign(
        sad=deed.activation or "",
        credential_id=deed.responsible_id,
        client_id=deed.client_id,
        digests=[prepared.digest_to_sign],
        algorithm=prepared.algorithm,
        attempt_id=str(deed.sign_attempt),
    )
    root = ca.root()
    made = pdf.finish(source, prepared, value, tsa.LocalTimestampSource())
    result = pdf.augment(source, made, status.LocalRevocationSource(), [root])
    pdf.check(source, result, "B-LT", [root], FixedClock(timezone.now()))
    return result.whole(source)


def record_signed(deed: Deed, data: bytes) -> None:
    """Store the signed deed in the caller's transaction, and forget what led to it."""
    _forget(deed.document_file)
    _forget(deed.prepared_file)
    deed.document_file = deed.prepared_file = deed.activation = None
    deed.signed_file = files.store(data, purpose=_SIGNED).id
    deed.signed_sha256 = sha256_hex(data)
    deed.state, deed.done_at = State.DONE, timezone.now()
    deed.save()


def signed(deed: Deed) -> bytes:
    """Return the signed deed, a PDF. Raises DeedClosed before it is signed."""
    if deed.signed_file is None:
        raise DeedClosed(state=deed.state)
    return files.read(deed.signed_file)


def ids(deed: Deed) -> dict[str, str]:
    """Return the ids under which the journal knows a deed."""
    found = {"deed": str(deed.pk), "credential": str(deed.responsible_id)}
    return {**found, "seal": str(deed.seal_id)} if deed.seal_id else found


def person_of(deed: Deed) -> Actor:
    """Return the named person as an actor."""
    return Actor("person", str(deed.responsible.subject_id))


def destroy_old(now: datetime) -> int:
    """Destroy deeds that nobody signed, a day after their end; return how many."""
    count = 0
    for deed in Deed.objects.filter(state=State.OPEN, expires_at__lt=now - rules.KEPT):
        with transaction.atomic():
            _forget(deed.document_file)
            _forget(deed.prepared_file)
            Mandate.objects.filter(deed=deed).delete()
            deed.delete()
            count += 1
    return count


def _responsible(client_id: str, asked: Asked) -> remote.Credential:
    if not 0 < len(asked.reference) <= 120 or len(asked.state) > 500 or len(asked.return_uri) > 500:
        raise DeedRefused(field="reference")
    row = remote.credential_of(client_id, asked.responsible_id)
    remote.check_usable(row)
    if row.profile_name != "natural-person":
        raise DeedRefused(field="responsible")
    return row


def _acts_for(responsible: remote.Credential, seal: remote.Credential) -> bool:
    """Tell whether a certificate names the firm of a seal, or names none and its holder asked for this seal."""
    own = responsible.subject.organisation_siren
    if own:
        return bool(own == seal.subject.organisation_siren)
    asked = Deed.objects.filter(kind=Deed.Kind.SEAL, state=State.DONE, seal=seal)
    return asked.filter(responsible__subject=responsible.subject).exists()


def _opened(
    client_id: str,
    asked: Asked,
    responsible: remote.Credential,
    kind: Deed.Kind,
    terms: Mapping[str, object],
    seal: remote.Credential | None,
) -> tuple[Deed, str]:
    everything = {"kind": str(kind), "responsible": str(responsible.pk), "return_uri": asked.return_uri, **terms}
    if seal is not None:
        everything["seal"] = str(seal.pk)
    fingerprint, token, now = keyed_hash(canonical_json(everything), "seals.request"), new_token(), timezone.now()
    known = Deed.objects.filter(client_id=client_id, reference=asked.reference).first()
    if known is None:
        known = Deed(
            client_id=client_id,
            reference=asked.reference,
            fingerprint=fingerprint,
            kind=kind,
            responsible=responsible,
            seal=seal,
            terms=dict(terms),
            created_at=now,
            expires_at=now + rules.OPEN_FOR,
            return_uri=asked.return_uri,
        )
        try:
            with transaction.atomic():
                _linked(known, asked.state, token)
                journal.write("deed:asked", Actor("client", client_id), ids(known), {"kind": str(kind)})
        except IntegrityError:  # the same request a moment earlier, on another thread
            known = Deed.objects.get(client_id=client_id, reference=asked.reference)
    if not same(known.fingerprint, fingerprint):
        raise DeedRefused(field="reference")
    _linked(known, asked.state, token)
    return known, f"{settings.SITE_URL}/seals/{known.pk}/enter/{token}/"


def _linked(deed: Deed, state: str, token: str) -> None:
    deed.link_hash, deed.client_state = keyed_hash(token, _LINK), state
    deed.save()


def _check_open(deed: Deed) -> None:
    if deed.state != State.OPEN or timezone.now() >= deed.expires_at:
        raise DeedClosed(state=deed.state)


def _prepared(deed: Deed) -> pdf.Prepared:
    if deed.prepared_file is None:
        raise DeedClosed(state=deed.state)
    return pdf.Prepared.from_bytes(files.read(deed.prepared_file))


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _forget(file_id: UUID | None) -> None:
    if file_id is not None:
        files.destroy(file_id)
