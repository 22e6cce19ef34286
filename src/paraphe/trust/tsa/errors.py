"""Why no time is stamped."""

from paraphe.kernel.errors import DomainError


class ClockUnsound(DomainError):
    """The machine's clock is behind a time that was stamped already: nothing is stamped until it is right again."""

    code = "clock_unsound"


class DigestUnsupported(DomainError):
    """The digest is not one of SHA-256, SHA-384, SHA-512."""

    code = "digest_unsupported"
