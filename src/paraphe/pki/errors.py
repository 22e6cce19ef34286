"""Errors of the pki library."""

from paraphe.kernel.errors import DomainError


class TimestampUnavailable(DomainError):
    """No timestamp token can be had now; asking again later may help."""

    code = "timestamp_unavailable"


class RevocationUnavailable(DomainError):
    """No revocation information can be had now; asking again later may help."""

    code = "revocation_unavailable"


class MalformedRequest(DomainError):
    """The bytes are not a request of the protocol."""

    code = "malformed_request"


class TimestampInvalid(DomainError):
    """The answer of a time-stamping authority is not a good token for what was asked."""

    code = "timestamp_invalid"


class SignatureInvalid(DomainError):
    """A signature value does not belong to this key and digest."""

    code = "signature_invalid"


class UnsupportedKey(DomainError):
    """A key of this kind or size is not used here, or is not at hand."""

    code = "unsupported_key"


class Pkcs12Password(DomainError):
    """The password does not open the PKCS#12 file; ``params["given"]`` tells whether there was one."""

    code = "pkcs12_password"


class Pkcs12Unusable(DomainError):
    """The file is no PKCS#12 file with a key and its certificate."""

    code = "pkcs12_unusable"


class Pkcs11Missing(DomainError):
    """The library for PKCS#11 tokens is not installed (extra ``hsm``)."""

    code = "pkcs11_missing"


class TokenUnavailable(DomainError):
    """The PKCS#11 token, or the key in it, cannot be used; ``params["reason"]`` tells why."""

    code = "token_unavailable"
