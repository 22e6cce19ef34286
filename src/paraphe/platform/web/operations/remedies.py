"""What the operator's buttons try at once. Each is the same step that the background takes by itself, sooner."""

import uuid
from collections.abc import Callable
from typing import Final

from paraphe.floor.messaging import api as messaging
from paraphe.kernel.errors import DomainError, NotFound
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.proof import api as proof
from paraphe.platform.signing import api as signing


def retry(key: str) -> str:
    """Try what ``key`` names (``signature:NUMBER``, ``collection:…``, ``proof:…``, ``messages``, ``heads``).

    Returns the code of what is still in the way, empty when it went on. Raises NotFound for a key that names nothing.
    """
    what, _, number = key.partition(":")
    if what in _ALL and not number:
        return _tried(_ALL[what])
    try:
        known = uuid.UUID(number)
    except ValueError:
        raise NotFound(kind="remedy") from None
    if what not in _ONE:
        raise NotFound(kind="remedy")
    return _tried(lambda: _ONE[what](known))


def _tried(act: Callable[[], str]) -> str:
    try:
        return act()
    except NotFound:
        raise
    except DomainError as error:
        return error.code


def _messages() -> str:
    messaging.hasten()
    return ""


def _heads() -> str:
    proof.anchor_heads()
    return ""


def _signature(number: uuid.UUID) -> str:
    signing.outcome(number)
    outcome = signing.complete(number)
    envelopes.ceremony.settle_ended()
    return outcome.waits_for if outcome.open else ""


def _collection(number: uuid.UUID) -> str:
    envelopes.go_on(number)
    return next((one.code for one in envelopes.stuck() if one.id == number), "")


def _proof(number: uuid.UUID) -> str:
    proof.advance(number)
    return ""


_ALL: Final[dict[str, Callable[[], str]]] = {"messages": _messages, "heads": _heads}
_ONE: Final[dict[str, Callable[[uuid.UUID], str]]] = {
    "signature": _signature,
    "collection": _collection,
    "proof": _proof,
}
