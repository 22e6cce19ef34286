"""What can be wrong with a letter."""

from paraphe.kernel.errors import DomainError


class LetterRefused(DomainError):
    """The letter is not of the agreed form; ``params["field"]`` names what is wrong."""

    code = "letter_refused"
