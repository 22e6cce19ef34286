"""Why no time is stamped."""

from paraphe.kernel.errors import DomainError


class ClockUnsound(DomainError):
    """The machine's clock is not sound: nothing is stamped until it is; ``params["reason"]`` tells why.

    ``behind`` a time that was stamped already, ``jump`` of the clock since the machine started, or as the kernel says:
    ``unsynchronised``, ``imprecise``, ``leap_second`` in progress, ``kernel_silent``.
    """

    code = "clock_unsound"


class DigestUnsupported(DomainError):
    """The digest is not one of SHA-256, SHA-384, SHA-512."""

    code = "digest_unsupported"
