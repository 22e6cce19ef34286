"""Why there is no seal, and why a mandate does not allow one."""

from paraphe.kernel.errors import DomainError


class DeedRefused(DomainError):
    """A field of the request is missing or wrong, or the person may not do this; ``params["field"]`` names it."""

    code = "deed_refused"


class DeedClosed(DomainError):
    """The deed does not wait for a signature: it is signed, refused, or too old."""

    code = "deed_closed"


class MandateRefused(DomainError):
    """The mandate does not allow this; ``params["reason"]`` is a word for the journal, not for strangers."""

    code = "mandate_refused"
