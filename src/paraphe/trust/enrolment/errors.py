"""What can go wrong on the way from a request to a certificate."""

from paraphe.kernel.errors import DomainError


class ReferenceReused(DomainError):
    """The client program used this reference before, with other data."""

    code = "reference_reused"


class RequestInvalid(DomainError):
    """A field of the request is missing or wrong; ``params["field"]`` names it."""

    code = "request_invalid"


class LinkExpired(DomainError):
    """The one-time link was used already, is too old, or belongs to something else."""

    code = "link_expired"


class StepClosed(DomainError):
    """The enrolment does not wait for this step: it is earlier or later on its way."""

    code = "step_closed"


class TooManyPhotographs(DomainError):
    """More photographs were sent for one enrolment than anybody needs."""

    code = "too_many_photographs"


class AgreementChanged(DomainError):
    """What the person read is not what would be signed: it has to be read again."""

    code = "agreement_changed"


class CodePaused(DomainError):
    """Too many wrong codes: no new one before ``params["until"]``."""

    code = "code_paused"


class AgreementNotSigned(DomainError):
    """There is no signed agreement (yet)."""

    code = "agreement_not_signed"


class OwnSignatureRejected(DomainError):
    """Our own validation rejects the agreement that we signed; ``params["problems"]`` says why."""

    code = "own_signature_rejected"


class RenewalRefused(DomainError):
    """This credential cannot be renewed now; ``params["reason"]`` is ``state`` or ``identity``."""

    code = "renewal_refused"
