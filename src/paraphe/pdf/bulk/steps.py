"""The bulk path step by step, for who keeps what is between the steps: prepared, signed elsewhere, finished.

``Sealer.seal`` does all of it in one process. A queue of several workers keeps what will be signed before it is signed:
another worker goes on where one was killed, with the same digests and therefore the same signature values.
"""

import hashlib
import struct
import zlib
from dataclasses import dataclass
from datetime import datetime

from paraphe.kernel.clock import FixedClock
from paraphe.pdf.bulk.check import OutputBroken, check_output
from paraphe.pdf.bulk.document import read_document
from paraphe.pdf.bulk.revision import Gap, Revision
from paraphe.pdf.bulk.sealer import Sealer, _Draft
from paraphe.pdf.bulk.syntax import Unusual
from paraphe.pdf.errors import StateBroken
from paraphe.pdf.material import ValidationMaterial, collect
from paraphe.pdf.signing import archive, augment, check, finish, prepare
from paraphe.pdf.stages import Augmented, Prepared, Tail
from paraphe.pdf.values import SignatureSettings

_FAST, _GENERAL = b"F", b"G"
_HEAD = struct.Struct(">QQQQQB")
_MAGIC = b"PARAPHE-STEP-1\n"


@dataclass(frozen=True)
class Step:
    """One document on its way: what is to be signed, and what has to be kept until it is (a few kilobytes)."""

    digest_to_sign: bytes
    state: bytes


class Stepper(Sealer):
    """Does what ``Sealer`` does, one step at a time. Visible seals go the general way and are signed with the rest."""

    _material: ValidationMaterial | None = None
    _material_at: datetime | None = None

    def begin(self) -> None:
        """Ask for what proves validity, unless it is fresh. Raises TimestampUnavailable, RevocationUnavailable."""
        if self._proofs is not None:
            self._proofs.refresh()

    def prepare(self, data: bytes, at: datetime, settings: SignatureSettings | None = None) -> Step:
        """Return the step of a document before its signature. ``settings``: its own, where it needs a place of its own.

        Raises a PdfRefused.
        """
        draft = _Draft(data, data)
        if settings is None and self._prepare(draft, at):
            return Step(self._template.digest_to_sign(draft.digest), _packed_revision(draft))
        made = prepare(
            data,
            settings or self._settings,
            self._signer.certificate,
            self._signer.chain,
            FixedClock(at),
            self._gathered_once(at),
            algorithm=self._signer.algorithm,
        )
        return Step(made.digest_to_sign, _GENERAL + zlib.compress(made.to_bytes(), 1))

    def complete(self, data: bytes, step: Step, value: bytes) -> bytes:
        """Return what is appended to ``data``: timestamped, with its proofs, and checked.

        Several threads may do this at once. Raises StateBroken, TimestampUnavailable, RevocationUnavailable, and
        OutputBroken or LevelNotReached where the result does not pass its check.
        """
        if step.state[:1] == _GENERAL:
            return self._complete_general(data, Prepared.from_bytes(_unpacked(step.state[1:])), value)
        revision, digest = _revision_of(step.state)
        if revision.base != len(data):
            raise StateBroken()
        try:
            state = hashlib.new(self._template.digest_name, data)
            draft = _Draft(data, data, None, read_document(data), revision, state, digest, value)
            tail = self._finished(draft, value)
            if self._self_check:
                check_output(data + tail, len(data), self._expected, state)
        except Unusual as error:
            # Another time-stamping unit answers now than the one whose proofs are inside: made anew, it will fit.
            raise OutputBroken(what=str(error)) from error
        return tail

    def _complete_general(self, data: bytes, prepared: Prepared, value: bytes) -> bytes:
        signed = finish(data, prepared, value, self._timestamps if self._level != "B-B" else None)
        result: Tail = signed
        if self._revocation is not None and self._level in ("B-LT", "B-LTA"):
            result = augment(data, signed, self._revocation, self._roots)
        if isinstance(result, Augmented) and self._timestamps and self._revocation and self._level == "B-LTA":
            result = archive(data, result, self._timestamps, self._revocation, self._roots, self._clock)
        if self._self_check:
            check(data, result, self._level, self._roots, self._clock)
        return result.tail

    def _gathered_once(self, at: datetime) -> ValidationMaterial | None:
        if self._timestamps is None or self._revocation is None or self._level not in ("B-LT", "B-LTA"):
            return None
        if self._material is None or self._material_at != at:
            signer = self._signer
            self._material = collect(signer.certificate, signer.chain, self._timestamps, self._revocation, self._roots)
            self._material_at = at
        return self._material


def _packed_revision(draft: _Draft) -> bytes:
    revision = draft.revision
    assert revision is not None  # noqa: S101 - prepared a moment ago
    head = _HEAD.pack(
        revision.base, revision.gap.start, revision.gap.end, revision.section, revision.size, len(draft.digest)
    )
    return _FAST + zlib.compress(_MAGIC + head + draft.digest + bytes(revision.data), 1)


def _revision_of(state: bytes) -> tuple[Revision, bytes]:
    """Return what was packed. Raises StateBroken."""
    data = _unpacked(state[1:])
    if state[:1] != _FAST or not data.startswith(_MAGIC):
        raise StateBroken()
    at = len(_MAGIC) + _HEAD.size
    try:
        base, start, end, section, size, length = _HEAD.unpack(data[len(_MAGIC) : at])
    except struct.error:
        raise StateBroken() from None
    digest, rest = data[at : at + length], bytearray(data[at + length :])
    if not 0 < start < end <= len(rest):
        raise StateBroken()
    return Revision(base, rest, Gap(start, end), section, size), digest


def _unpacked(state: bytes) -> bytes:
    try:
        return zlib.decompress(state)
    except zlib.error:
        raise StateBroken() from None
