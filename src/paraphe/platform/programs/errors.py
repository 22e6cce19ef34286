"""What can be wrong with tokens of programs."""

from paraphe.kernel.errors import DomainError


class TokenRefused(DomainError):
    """There is no such token in force."""

    code = "token_refused"


class NobodyThere(DomainError):
    """Nobody with this e-mail may bring batches in this firm (``params``: ``email``, ``siren``)."""

    code = "nobody_there"


class BadName(DomainError):
    """The name of a program has 1 to 80 printable characters."""

    code = "bad_program_name"
