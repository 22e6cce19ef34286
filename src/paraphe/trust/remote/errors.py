"""Why a key is not used."""

from paraphe.kernel.errors import DomainError


class CredentialUnusable(DomainError):
    """The credential is not issued yet, or its certificate is expired or revoked; ``params["status"]`` says which."""

    code = "credential_unusable"


class DigestsRefused(DomainError):
    """Not one to five hundred SHA-256 digests, or not as many labels; ``params["reason"]`` says what."""

    code = "digests_refused"


class AlgorithmRefused(DomainError):
    """The key of this credential cannot sign with this algorithm."""

    code = "algorithm_refused"


class ActivationRefused(DomainError):
    """The activation does not allow this. ``params["reason"]`` is a word for the journal, not for strangers."""

    code = "activation_refused"


class ActivationExpired(ActivationRefused):
    """The activation was not used in time."""

    code = "activation_expired"


class DigestNotAuthorised(ActivationRefused):
    """Other digests than those that the holder authorised."""

    code = "digest_not_authorised"


class SigningInProgress(DomainError):
    """The same attempt is being served at this moment: ask again in a few seconds."""

    code = "signing_in_progress"


class ReuseRefused(DomainError):
    """The challenge already gave an activation, for other digests or one that was used."""

    code = "reuse_refused"


class AuthorisationGone(DomainError):
    """There is no such request for authorisation any more: unknown, of another client, opened before, expired."""

    code = "authorisation_gone"


class AuthorisationClosed(DomainError):
    """The request does not wait for the holder; ``params["state"]`` says where it stands."""

    code = "authorisation_closed"


class CodesNotAllowed(DomainError):
    """The holder authorises with a passkey or an application only: a code by SMS is not enough."""

    code = "codes_not_allowed"


class GrantRefused(DomainError):
    """The authorisation code is unknown, used, expired, of another client, or its proof or address is wrong."""

    code = "grant_refused"
