"""Whether a signature value is right for what it covers (RFC 5652 §5.4 to §5.6)."""

from collections.abc import Iterator

from paraphe.pdf.verdict import crypto
from paraphe.pdf.verdict.certificates import Certificate, binds
from paraphe.pdf.verdict.crypto import Algorithm
from paraphe.pdf.verdict.message import Message


def algorithm_of(message: Message) -> Algorithm:
    """Return how the value was made. Raises Misshapen."""
    if message.algorithm is None:
        return Algorithm("rsa", "sha1")
    return crypto.algorithm_of(message.algorithm, message.digest_name)


def signed_attributes(message: Message, content_digest: bytes, *, required: bool) -> Iterator[str]:
    """Yield what is wrong with the signed attributes over content of this digest; ``required``: they must be there."""
    if message.signed_attributes is None:
        if required:
            yield "signed_attributes_missing"
        return
    if message.repeated:
        yield "duplicate_attribute"
    if message.message_digest is None:
        yield "message_digest_missing"
    elif message.message_digest != content_digest:
        yield "digest_mismatch"
    if message.attribute_type is None:
        yield "content_type_missing"
    elif message.attribute_type != message.content_type:
        yield "content_type_wrong"


def value(message: Message, signer: Certificate, content_digest: bytes) -> bool:
    """Tell whether the signature value is by the key of ``signer``.

    It is over the signed attributes or, without them, over content of this digest. Raises Misshapen for an algorithm
    that is not known here.
    """
    algorithm = algorithm_of(message)
    if message.signed_attributes is not None:
        return crypto.verify(signer.key, algorithm, message.signature, message.signed_attributes)
    return crypto.verify_digest(signer.key, algorithm, message.signature, content_digest)


def bound(message: Message, signer: Certificate, *, required: bool) -> bool:
    """Tell whether the signing-certificate attributes are about ``signer``; ``required``: there must be one."""
    if message.bindings is None:
        return not required
    return binds(message.bindings, signer)
