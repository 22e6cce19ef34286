"""Why a client program is refused."""

from paraphe.kernel.errors import DomainError


class ClientRefused(DomainError):
    """Unknown client, wrong secret, or a token that is unknown, expired, revoked or of another scope.

    One error for all of them: a stranger learns nothing from the difference.
    """

    code = "client_refused"


class TooManyAttempts(DomainError):
    """Too many wrong secrets came from this address; ``params["seconds"]`` says how long to wait."""

    code = "too_many_attempts"


class ReturnUriRefused(DomainError):
    """The address is not one of those registered for this client, character by character."""

    code = "return_uri_refused"


class ScopeRefused(DomainError):
    """The client asked for a scope that does not exist or that it does not have."""

    code = "scope_refused"


class RegistrationRefused(DomainError):
    """The description of a client cannot be right; ``params["field"]`` says where."""

    code = "registration_refused"
