"""What can go wrong between the platform and the trust service provider."""

from collections.abc import Mapping

from paraphe.kernel.errors import DomainError


class TrustUnavailable(DomainError):
    """The trust service provider does not answer now; asking again later may help."""

    code = "trust_unavailable"


class TrustRefused(DomainError):
    """The trust service provider understood and said no; ``params["error"]`` is its standard error code."""

    code = "trust_refused"


class NoCredential(DomainError):
    """The person has no usable certificate.

    ``params["status"]``, where the provider was asked, says why: ``suspended``, ``revoked``, ``expired``, ``disabled``,
    or ``none``.
    """

    code = "no_credential"


class AuthorisationMismatch(DomainError):
    """The browser came back with something that no request of this person waits for: foreign, old or replayed."""

    code = "authorisation_mismatch"


class BeingSigned(DomainError):
    """A signature of the same thing is authorised and being finished: nothing else begins until it is done."""

    code = "being_signed"


class AnotherSigns(DomainError):
    """Somebody else is at the trust site for the same thing; ``params["by"]`` is the caller's number of him."""

    code = "another_signs"


class IdentityNeeded(DomainError):
    """The level asked for needs a personal certificate, which this person does not have yet."""

    code = "identity_needed"


class CertificateSuspended(DomainError):
    """This person has a personal certificate, which is suspended: nothing is signed in his name meanwhile."""

    code = "certificate_suspended"


class SignerDiffers(DomainError):
    """The certificate of this person says something else of him; ``params["fields"]`` names what."""

    code = "signer_differs"


class DocumentsRefused(DomainError):
    """Some of several documents cannot be signed; ``refused`` says why, by their reference."""

    code = "documents_refused"

    def __init__(self, refused: Mapping[str, DomainError]) -> None:
        super().__init__(count=len(refused))
        self.refused = refused


class WrongState(DomainError):
    """The request is not in a state in which this can be done."""

    code = "wrong_state"


class SelfCheckFailed(DomainError):
    """The finished document did not pass our own validation; it is not given to anybody."""

    code = "self_check_failed"
