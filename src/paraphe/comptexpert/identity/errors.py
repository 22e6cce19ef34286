"""What can be wrong with a sign-in or a correction at Comptexpert."""

from paraphe.kernel.errors import DomainError


class WrongPassword(DomainError):
    """Identifier or password is wrong: the answer does not say which."""

    code = "wrong_password"


class TooManyAttempts(DomainError):
    """Too many passwords were tried for this identifier or from this address; ``params["minutes"]`` to wait."""

    code = "too_many_attempts"


class CastSecretsUnusable(DomainError):
    """The file with the passwords of the cast is damaged; ``params["path"]`` names it."""

    code = "cast_secrets_unusable"
