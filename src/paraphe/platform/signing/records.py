"""What every verb of this room does with a request: end it, destroy what was prepared, note it in the evidence."""

import struct
from dataclasses import dataclass

from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.kernel.actor import Actor
from paraphe.pdf import api as pdf
from paraphe.platform.evidence import api as evidence
from paraphe.platform.signing.models import SigningRequest
from paraphe.platform.signing.values import ToSign

State = SigningRequest.State
OPEN_STATES = (State.PREPARED, State.PUSHED, State.AUTHORISED, State.SIGNED)
UNAUTHORISED = (State.PREPARED, State.PUSHED)
ACTIVATION_PURPOSE = "signing.activation"
STATE_LENGTH = struct.Struct(">I")


def end_unauthorised(request: SigningRequest) -> None:
    """End ``request`` unless it was authorised meanwhile."""
    if SigningRequest.objects.filter(pk=request.pk, state__in=UNAUTHORISED).update(
        state=State.FAILED, failure="abandoned", state_hash="", changed_at=timezone.now()
    ):
        destroy_prepared(request)


def destroy_prepared(request: SigningRequest) -> None:
    """Destroy the prepared files of ``request``."""
    for item in request.items.all():
        files.destroy(item.prepared_file)


@dataclass(frozen=True)
class Ready:
    """A document with what was prepared for it."""

    document: ToSign
    source: bytes
    prepared: pdf.Prepared | pdf.PreparedRange

    @property
    def digest(self) -> bytes:
        """Return what the holder authorises."""
        return self.prepared.digest_to_sign if isinstance(self.prepared, pdf.Prepared) else self.prepared.digest

    def packed(self) -> bytes:
        """Return the prepared signature with a copy of its document, which its owner may delete while he signs."""
        state = self.prepared.to_bytes()
        return STATE_LENGTH.pack(len(state)) + state + self.source


def unpacked(data: bytes) -> tuple[bytes, bytes]:
    """Return the state and the document that ``Ready.packed`` put together."""
    (length,) = STATE_LENGTH.unpack_from(data)
    begin = STATE_LENGTH.size + length
    return data[STATE_LENGTH.size : begin], data[begin:]


def note(request: SigningRequest, actor: Actor, tag: str, **data: object) -> None:
    """Write ``tag`` about ``request`` and the thing it is for; call it in the transaction, last."""
    single = bool(request.third_party) or request.items.filter(reference=request.reference).exists()
    who = {"recipient": request.third_party} if request.third_party else {}
    who |= {"person": str(request.person_id)} if request.person_id is not None else {}
    who |= {"firm": request.firm} if request.firm else {}
    evidence.record(
        tag,
        actor=actor,
        subjects={
            "signing_request": str(request.pk),
            **who,
            request.purpose if single else "batch": request.reference,
        },
        data={"credential": request.credential_id, **data},
    )
