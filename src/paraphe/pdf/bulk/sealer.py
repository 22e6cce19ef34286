"""Many documents, one credential: prepared in groups, one call of the signer a group, timestamps meanwhile.

What is the same for all is made once: certificates and signed attributes in DER, words of the signature dictionary,
proofs of validity. A document that the fast path does not know goes through ``pdf.signing.sign``; both give an
incremental update with the same kind of signature, checked before anyone sees it.
"""

import hashlib
import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from paraphe.kernel.clock import Clock
from paraphe.kernel.digests import sha256
from paraphe.kernel.errors import DomainError
from paraphe.pdf.bulk.check import Expected, check_output
from paraphe.pdf.bulk.document import Document, read_document
from paraphe.pdf.bulk.proofs import Proofs
from paraphe.pdf.bulk.revision import Revision, Words, signature_revision, text_string, timestamp_revision
from paraphe.pdf.bulk.syntax import Unusual
from paraphe.pdf.errors import Damaged
from paraphe.pdf.values import SignatureSettings, SigningLevel, Source
from paraphe.pki.cms import CmsTemplate
from paraphe.pki.keys import PublicKey, checked_key
from paraphe.pki.ports import HashSigner, RevocationSource, TimestampSource

GROUP = 64
GROUP_BYTES = 2 << 20
"""Bytes of the documents of a group: what stays near the processor between its steps."""
LARGEST = 32 << 20
"""Bytes of a document above which hashing and copying are all that counts: it goes the general way, which streams."""
SPARE = 256
"""Bytes kept free for a timestamp token that is longer than the first one was."""
_FIELD, _STAMP_NAME = "Signature1", "Timestamp1"
_STAMP_FIELD = text_string(_STAMP_NAME)


class SourceUnreadable(DomainError):
    """The file is not there, or may not be read."""

    code = "source_unreadable"


class Made(Protocol):
    """What the general path gives (``pdf.stages``): bytes to append, and how to write the whole."""

    @property
    def tail(self) -> bytes:
        """Return the bytes that follow the source."""
        ...

    def write(self, source: Path, target: Path) -> None:
        """Write the whole as ``target``, from a file that must still be the one that was signed."""
        ...


@dataclass(frozen=True)
class Outcome:
    """What became of one document: bytes to append, or why there are none."""

    source: Source
    tail: bytes | None
    error: DomainError | None
    path: Literal["fast", "general"]
    sealed: bytes | None = None
    """Source and tail in one piece, on the fast path."""
    made: "Made | None" = None
    """What the general path made."""

    def whole(self) -> bytes:
        """Return the sealed document. Raises the error of a document that was refused."""
        if self.tail is None:
            raise self.error or Damaged()
        if self.sealed is not None:
            return self.sealed
        return (self.source if isinstance(self.source, bytes) else self.source.read_bytes()) + self.tail


@dataclass(slots=True)
class _Draft:
    """One document of a group on its way; without a value it goes the general way."""

    source: Source
    data: bytes | None
    error: DomainError | None = None
    document: Document | None = None
    revision: Revision | None = None
    state: "hashlib._Hash | None" = None
    """What the hash has seen of the document alone: the bytes cannot change, once is enough for all that follows."""
    digest: bytes = b""
    value: bytes | None = None


class Sealer:
    """Seals or signs documents by one signer at one level, invisible; visible ones go the general way.

    ``self_check`` reads every output again before it is given. ``stampers``: how many
    timestamps are asked for at once; more than one needs a source that several threads may ask.
    ``group_bytes``: documents of this size together are signed in one call, 64 at most; more where a call is dear.
    """

    def __init__(
        self,
        signer: HashSigner,
        level: SigningLevel,
        settings: SignatureSettings,
        timestamps: TimestampSource | None,
        revocation: RevocationSource | None,
        roots: Sequence[x509.Certificate],
        clock: Clock,
        *,
        self_check: bool = True,
        stampers: int = 1,
        group_bytes: int = GROUP_BYTES,
    ) -> None:
        if level != "B-B" and timestamps is None:
            raise ValueError("a level above B-B needs timestamps")
        if level in ("B-LT", "B-LTA") and revocation is None:
            raise ValueError("a level above B-T needs revocation information")
        self._signer, self._level, self._settings = signer, level, settings
        self._timestamps, self._revocation, self._roots = timestamps, revocation, roots
        self._clock, self._self_check, self._stampers = clock, self_check, stampers
        self._group_bytes = group_bytes
        certificate = signer.certificate.public_bytes(Encoding.DER)
        chain = [one.public_bytes(Encoding.DER) for one in signer.chain if one.subject != one.issuer]
        self._template = CmsTemplate(certificate, chain, signer.algorithm)
        key = checked_key(signer.certificate.public_key())
        self._value_size = _value_size(key)
        self._expected = Expected.of(signer.certificate, chain, signer.algorithm, level)
        self._words = _words(settings)
        self._rooms: dict[int, int] = {}
        self._proofs: Proofs | None = None
        if timestamps is not None and level != "B-B":
            needed = revocation if level in ("B-LT", "B-LTA") else None
            self._proofs = Proofs(signer, timestamps, needed, roots, clock)

    def seal(self, sources: Iterable[Source]) -> Iterator[Outcome]:
        """Yield one outcome per source, in order. A document that cannot be signed costs only itself.

        Raises what the signer raises when it cannot sign, and what the sources of proofs raise before the first one.
        """
        if self._proofs is None or self._stampers == 1:
            for group in _groups(sources, self._group_bytes):
                self._begin(group)
                for draft in group:
                    yield self._complete(draft)
            return
        with ThreadPoolExecutor(self._stampers) as pool:
            waiting: deque[Future[Outcome]] = deque()
            for group in _groups(sources, self._group_bytes):
                self._begin(group)
                # The tokens of the group before were on their way while this one was prepared.
                while waiting:
                    yield waiting.popleft().result()
                waiting.extend(pool.submit(self._complete, draft) for draft in group)
            while waiting:
                yield waiting.popleft().result()

    def _begin(self, group: list[_Draft]) -> None:
        """Prepare the documents of a group and have them signed in one call."""
        if self._proofs is not None:
            self._proofs.refresh()
        at = self._clock.now()
        ready = [draft for draft in group if self._prepare(draft, at)]
        if not ready:
            return
        values = self._signer.sign_digests([self._template.digest_to_sign(draft.digest) for draft in ready])
        for draft, value in zip(ready, values, strict=True):
            draft.value = value

    def _prepare(self, draft: _Draft, at: datetime) -> bool:
        """Tell whether the document is one of the fast path, with its revision and digest in the draft."""
        if draft.data is None or self._words is None:
            return False
        room = self._room(self._proofs.token_size + SPARE if self._proofs is not None else 0)
        try:
            draft.document = read_document(draft.data)
            proofs = self._proofs.objects if self._proofs is not None else None
            draft.revision = signature_revision(draft.document, self._words, at, room, proofs)
        except Unusual:
            return False
        draft.state = hashlib.new(self._template.digest_name, draft.data)
        draft.digest = _rest(draft.state.copy(), draft.revision)
        return True

    def _room(self, token: int) -> int:
        """Return the octets to leave free for a CMS object with a token of this size."""
        if token not in self._rooms:
            self._rooms = {token: self._template.size(self._value_size, token)}
        return self._rooms[token]

    def _complete(self, draft: _Draft) -> Outcome:
        """Return the outcome of one document whose signature value is there, or of one that goes the general way."""
        if draft.error is not None:
            return Outcome(draft.source, None, draft.error, "fast")
        if draft.value is None or draft.data is None or draft.state is None:
            return self._general(draft.source)
        try:
            tail = self._finished(draft, draft.value)
            whole = draft.data + tail
            if self._self_check:
                check_output(whole, len(draft.data), self._expected, draft.state)
        except Unusual:
            return self._general(draft.source)
        except DomainError as error:
            return Outcome(draft.source, None, error, "fast")
        return Outcome(draft.source, tail, None, "fast", whole)

    def _finished(self, draft: _Draft, value: bytes) -> bytes:
        """Return what is appended to the document. Raises Unusual."""
        revision, document, state = draft.revision, draft.document, draft.state
        assert revision is not None and document is not None and state is not None  # noqa: S101, PT018 - prepared
        token = None
        if self._proofs is not None and self._timestamps is not None:
            token = self._timestamps.timestamp(sha256(value))
            if not self._proofs.know(token):
                raise Unusual("another time-stamping unit")
        revision.fill(self._template.assemble(draft.digest, value, token))
        if self._level != "B-LTA" or self._timestamps is None or self._proofs is None:
            return bytes(revision.data)
        archive = timestamp_revision(document, revision, _STAMP_FIELD, self._proofs.token_size + SPARE)
        state = state.copy() if state.name == "sha256" else hashlib.sha256(document.tail.data)
        state.update(revision.data)
        stamp = self._timestamps.timestamp(_rest(state, archive))
        if not self._proofs.know(stamp):
            raise Unusual("another time-stamping unit")
        archive.fill(stamp)
        return bytes(revision.data + archive.data)

    def _general(self, source: Source) -> Outcome:
        # Imported here: it brings what a batch of plain documents does not need to wait for.
        from paraphe.pdf.signing import sign

        try:
            made = sign(
                source,
                self._signer,
                self._settings,
                self._level,
                timestamps=self._timestamps,
                revocation=self._revocation,
                roots=self._roots,
                clock=self._clock,
            )
        except DomainError as error:
            return Outcome(source, None, error, "general")
        return Outcome(source, made.tail, None, "general", made=made)


def _value_size(key: PublicKey) -> int:
    """Return the most bytes that a signature value has: two numbers in DER, or one as long as the modulus."""
    octets = (key.key_size + 7) // 8
    return 2 * octets + 16 if isinstance(key, ec.EllipticCurvePublicKey) else octets


def _words(settings: SignatureSettings) -> Words | None:
    """Return the words of the signature dictionary; None when the settings ask for more than the fast path knows."""
    name = settings.field_name or _FIELD
    if settings.box is not None or settings.initials or settings.lock is not None or settings.password is not None:
        return None
    if "." in name or name == _STAMP_NAME:
        return None
    return Words.of(
        field=name,
        name=settings.signer_name,
        reason=settings.reason,
        location=settings.location,
        certify=settings.certify,
    )


def _rest(state: "hashlib._Hash", revision: Revision) -> bytes:
    """Return the digest of what ``state`` has seen and of ``revision`` without its gap."""
    view = memoryview(revision.data)
    state.update(view[: revision.gap.start])
    state.update(view[revision.gap.end :])
    return state.digest()


def _groups(sources: Iterable[Source], most: int) -> Iterator[list[_Draft]]:
    """Yield the sources in groups that fit into memory, read where they are small enough."""
    group: list[_Draft] = []
    size = 0
    for source in sources:
        draft = _read(source)
        group.append(draft)
        size += len(draft.data or b"")
        if len(group) == GROUP or size >= most:
            yield group
            group, size = [], 0
    if group:
        yield group


def _read(source: Source) -> _Draft:
    if isinstance(source, bytes):
        return _Draft(source, source if len(source) <= LARGEST else None)
    try:
        descriptor = os.open(source, os.O_RDONLY | os.O_CLOEXEC)
        try:
            size = os.fstat(descriptor).st_size
            data = _all(descriptor, size) if size <= LARGEST else None
        finally:
            os.close(descriptor)
    except OSError as error:
        return _Draft(source, None, SourceUnreadable(reason=error.strerror or "unreadable"))
    return _Draft(source, data)


def _all(descriptor: int, size: int) -> bytes:
    """Return everything from where the file is read; usually that is one piece."""
    data = os.read(descriptor, size + 1)
    if len(data) == size:
        return data
    pieces = [data]
    while piece := os.read(descriptor, 1 << 20):
        pieces.append(piece)
    return b"".join(pieces)
