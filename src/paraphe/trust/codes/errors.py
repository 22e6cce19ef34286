"""What can be wrong with a code."""

from paraphe.kernel.errors import DomainError


class CodeError(DomainError):
    """The code was not accepted, or not sent."""

    code = "code_error"


class CodeWrong(CodeError):
    """Not the digits that were sent last; ``params["tries_left"]`` says how many tries remain."""

    code = "code_wrong"


class CodeForSomethingElse(CodeError):
    """The code, or the challenge, belongs to something else than what is confirmed here.

    ``params["tries_left"]`` is there when the digits were those of another open challenge of the same telephone.
    """

    code = "code_for_something_else"


class CodeExpired(CodeError):
    """The code was sent more than five minutes ago: another one may be asked for."""

    code = "code_expired"


class CodeLocked(CodeError):
    """Five wrong tries: this challenge is closed for ever."""

    code = "code_locked"


class CodeUsed(CodeError):
    """The challenge was confirmed before: a code is worth one confirmation."""

    code = "code_used"


class CodeTooSoon(CodeError):
    """A code was sent less than 30 seconds ago; ``params["resend_at"]`` says when the next may be."""

    code = "code_too_soon"


class CodeLimit(CodeError):
    """Too many codes were sent, or too many wrong ones typed; ``params["until"]`` (or None) says until when to wait."""

    code = "code_limit"
