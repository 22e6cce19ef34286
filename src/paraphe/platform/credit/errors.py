"""What can be wrong with credit and with what is asked of it."""

from paraphe.kernel.errors import DomainError


class CreditTooLow(DomainError):
    """The firm has less than is needed; ``params["missing"]`` says by how many cents, ``params["act"]`` for what."""

    code = "credit_too_low"


class UnknownAct(DomainError):
    """There is no price for such an act; ``params["act"]`` names it."""

    code = "unknown_act"


class BadCount(DomainError):
    """A number of acts is not within ``params["lowest"]`` and ``params["highest"]``."""

    code = "bad_count"


class BadAmount(DomainError):
    """An amount is not within one cent and ``params["highest"]`` cents."""

    code = "bad_amount"


class BadReference(DomainError):
    """The reference cannot name a transfer; ``params["reason"]``: ``empty``, ``long``, ``unprintable``, ``siren``.

    ``siren``: it is the number of the firm, which the next transfer bears too.
    """

    code = "bad_reference"


class BadKey(DomainError):
    """The key of a reservation is empty or longer than ``params["longest"]``."""

    code = "bad_key"


class KeyUsed(DomainError):
    """The key stands for another reservation: another firm, act or number."""

    code = "credit_key_used"


class ReferenceUsed(DomainError):
    """The reference stands for another transfer: another firm or amount."""

    code = "reference_used"


class ReservationClosed(DomainError):
    """The reservation is closed, with ``params["done"]`` of its acts done: it is not opened or closed otherwise."""

    code = "reservation_closed"


class FirmUnknown(DomainError):
    """Nobody of a firm with this SIREN ever signed in; ``params["siren"]`` is the SIREN."""

    code = "firm_unknown"


class Unbalanced(DomainError):
    """An entry does not sum to zero, or would overdraw an account: a fault of the program, found by tests."""

    code = "unbalanced"
