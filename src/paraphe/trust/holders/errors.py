"""Why a holder is not believed."""

from paraphe.kernel.errors import DomainError


class FactorError(DomainError):
    """A factor did not prove its holder."""

    code = "factor_error"


class FactorWrong(FactorError):
    """The code of the application, or the answer of the passkey, is not the right one."""

    code = "factor_wrong"


class FactorLocked(FactorError):
    """Too many wrong codes: the factor sleeps until ``params["until"]``."""

    code = "factor_locked"


class FactorUnknown(FactorError):
    """The holder has no such factor."""

    code = "factor_unknown"


class FactorsFull(FactorError):
    """The holder has as many factors as one may have."""

    code = "factors_full"


class CodesNeeded(FactorError):
    """Codes by SMS cannot be given up while there is nothing else to authorise with."""

    code = "codes_needed"


class SignInRefused(DomainError):
    """The code is not one that was sent for this sign-in, or it is too late for it."""

    code = "sign_in_refused"
