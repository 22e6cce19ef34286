"""Typed errors with stable codes. Sentences for people are made at the edge, from code and parameters."""

from typing import ClassVar


class DomainError(Exception):
    """Something that a person or a program asked for cannot be done, for a reason that has a name.

    Subclasses set ``code``: stable, lower case, words joined by underscores. It appears in logs, in API answers and
    as the key of the sentence that people read; it never changes meaning. ``params`` are values for that sentence;
    they never hold a secret.
    """

    code: ClassVar[str] = "error"

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(self.code, params)

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value!r}" for name, value in sorted(self.params.items()))
        return f"{self.code}({details})" if details else self.code


class NotFound(DomainError):
    """There is no such thing, or the one who asks may not know of it: the answer is the same."""

    code = "not_found"
