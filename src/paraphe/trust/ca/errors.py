"""Why a certificate is not issued."""

from paraphe.kernel.errors import DomainError


class IssuanceRefused(DomainError):
    """The certificate cannot be issued; ``params["reason"]`` is a word for it."""

    code = "issuance_refused"


class ProfileUnknown(IssuanceRefused):
    """There is no such profile, or it is not one that can be asked for."""

    code = "profile_unknown"


class ValidityRefused(IssuanceRefused):
    """The certificate would end before it begins, outlive its profile or outlive its issuer."""

    code = "validity_refused"


class LintRefused(IssuanceRefused):
    """The certificate would break its profile; ``params["findings"]`` says where. Nothing was signed."""

    code = "lint_refused"


class SignatureWrong(IssuanceRefused):
    """What came back from the key is not a signature over what was stored. Nothing was recorded."""

    code = "signature_wrong"


class SubjectRefused(IssuanceRefused):
    """The subject does not fit into a certificate: an empty name, one that is too long, no e-mail address."""

    code = "subject_refused"
