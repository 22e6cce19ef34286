"""What can be wrong with a sign-in."""

from paraphe.kernel.errors import DomainError


class ClaimsIncomplete(DomainError):
    """The OpenID provider does not tell what the platform cannot do without; ``params["missing"]`` names it."""

    code = "claims_incomplete"


class ClaimsUnreadable(DomainError):
    """A claim of the OpenID provider has another form than agreed; ``params["claim"]`` names it."""

    code = "claims_unreadable"


class ProviderUnreachable(DomainError):
    """The OpenID provider does not answer, or not as one."""

    code = "provider_unreachable"


class NotAllowed(DomainError):
    """Nothing allows the person to do this: no role, no delegation, no mandate; ``params["right"]`` names it."""

    code = "not_allowed"


class SignInDenied(DomainError):
    """The provider ended the sign-in by itself: the person gave up, or may not; ``params["reason"]`` is its code."""

    code = "sign_in_denied"


class SignInStale(DomainError):
    """The answer belongs to no sign-in that this browser began here: foreign, replayed, or begun too long ago."""

    code = "sign_in_stale"


class SignInUnproved(DomainError):
    """What the provider sent does not prove who signed in: signature, issuer, audience, nonce, expiry or subject.

    ``params["reason"]`` says which, for the log.
    """

    code = "sign_in_unproved"


class UnknownChoice(DomainError):
    """A language or kind of notice that does not exist."""

    code = "unknown_choice"


class DirectoryUnreadable(DomainError):
    """The directory does not answer, or not as agreed; ``params["reason"]`` says which, for the log."""

    code = "directory_unreadable"
