"""What an online payment provider has to be able to do, so that a firm can top up by itself.

None comes with the platform: firms pay by bank transfer, and the operator writes it down. A provider that is built is
named by ``PARAPHE_CREDIT_PAYMENT``, which accepts no name before.
"""

from typing import Protocol


class PaymentProvider(Protocol):
    """Takes money for a firm on pages of its own."""

    def begin(self, *, reference: str, siren: str, cents: int, back: str) -> str:
        """Return the address where ``cents`` euro cents are paid; the browser then comes to ``back``.

        ``reference`` is ours, once per payment; repeating it begins nothing new.
        """
        ...

    def paid(self, reference: str) -> int | None:
        """Return how many cents arrived for ``reference``; None while that is not certain."""
        ...
