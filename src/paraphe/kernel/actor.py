"""Who does something: every verb that decides takes one."""

from dataclasses import dataclass
from typing import Literal

ActorKind = Literal["person", "recipient", "officer", "client", "system"]


@dataclass(frozen=True)
class Actor:
    """The one on whose behalf a verb runs.

    ``kind`` and ``id`` name it in logs; a ``recipient`` came by the link of a collection. ``address`` and ``agent`` are
    the network address and the user agent of the request, kept in the evidence, empty for background work.
    """

    kind: ActorKind
    id: str
    address: str = ""
    agent: str = ""


SYSTEM = Actor(kind="system", id="system")
