"""The door of the demonstration identity provider."""

from paraphe.comptexpert.identity.errors import CastSecretsUnusable, TooManyAttempts, WrongPassword
from paraphe.comptexpert.identity.seeding import register_client, seed

__all__ = ["CastSecretsUnusable", "TooManyAttempts", "WrongPassword", "register_client", "seed"]
