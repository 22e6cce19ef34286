"""What can be wrong on the way through the registration."""

from paraphe.kernel.errors import DomainError
from paraphe.kernel.phones import BadMobile

__all__ = [
    "BadMobile",
    "BoxesNotTicked",
    "NoFirmChosen",
    "NotInvited",
    "ReturnMismatch",
    "UnknownText",
    "WrongStep",
]


class NotInvited(DomainError):
    """The person is neither on the roll with a firm nor delegated by anybody: there is nothing to register for."""

    code = "not_invited"


class WrongStep(DomainError):
    """This step is not the one at which the person stands; ``params["step"]`` is the one."""

    code = "wrong_step"


class ReturnMismatch(DomainError):
    """The browser came back from the trust site with something that this registration does not wait for."""

    code = "return_mismatch"


class BoxesNotTicked(DomainError):
    """Both documents must be accepted."""

    code = "boxes_not_ticked"


class NoFirmChosen(DomainError):
    """The service must be opened for at least one firm of the person."""

    code = "no_firm_chosen"


class UnknownText(DomainError):
    """There is no such legal text in this version."""

    code = "unknown_text"


class CertificateStillGood(DomainError):
    """The present certificate is neither revoked nor expired, as far as the trust site tells."""

    code = "certificate_still_good"
