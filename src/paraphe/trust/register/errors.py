"""What can go wrong in the register."""

from paraphe.kernel.errors import DomainError


class RegisterError(DomainError):
    """The register cannot do what was asked."""

    code = "register_error"


class AuthorityUnknown(RegisterError):
    """There is no such authority, or its certificate is not issued yet."""

    code = "authority_unknown"


class ServiceUnknown(RegisterError):
    """The service (OCSP responder, time-stamping unit) has no certificate yet."""

    code = "service_unknown"


class CertificateUnknown(RegisterError):
    """No certificate of this serial number, or of this attempt, was issued here."""

    code = "certificate_unknown"


class AttemptConflict(RegisterError):
    """The attempt was made before with another request: nothing is issued."""

    code = "attempt_conflict"


class OutOfOrder(RegisterError):
    """A step of issuance was recorded before the step that it rests on, or with other content than before."""

    code = "out_of_order"


class ReasonRefused(RegisterError):
    """A certificate is not revoked for such a reason, or cannot have been invalid since then."""

    code = "reason_refused"


class StatusFinal(RegisterError):
    """The certificate is revoked, and that is for ever."""

    code = "status_final"
