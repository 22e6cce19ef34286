"""What entries only commit to: written beside them, read for evidence files, destroyed when a person is erased."""

import json
import secrets as random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from paraphe.floor import chain, secrets
from paraphe.kernel.actor import Actor
from paraphe.kernel.links import commitment
from paraphe.platform.evidence.models import Disclosure

_PURPOSE = "evidence.disclosure"


@dataclass(frozen=True)
class Hidden:
    """What does not stand in the log: the one whom it is about, salt and values, and the commitment that stands there.

    ``actor`` is who acts, without address and agent.
    """

    actor: Actor
    holder: str
    salt: str
    values: Mapping[str, Any]

    @property
    def commitment(self) -> str:
        """Return what the entry says instead."""
        return commitment(self.salt, self.values)

    def keep(self, sequence: int) -> None:
        """Write it beside the entry, in the caller's transaction."""
        sealed = secrets.seal_text(json.dumps({"salt": self.salt, "values": self.values}), _PURPOSE)
        Disclosure.objects.create(sequence=sequence, holder=self.holder, sealed=sealed)


def hidden(actor: Actor, subjects: Mapping[str, object], private: Mapping[str, object]) -> Hidden | None:
    """Return what of an event must not stand in the log, None when all of it may.

    Of a recipient that is where he was and with what, beside ``private``.
    """
    values = dict(chain.plain(private, "private"))
    if actor.kind == "recipient":
        values |= {"address": actor.address[:64], "agent": actor.agent[:300]}
    if not values:
        return None
    holder = str(subjects.get("recipient") or actor.id)
    shown = replace(actor, address="", agent="") if actor.kind == "recipient" else actor
    return Hidden(shown, holder, random.token_hex(32), values)


def disclosed(sequences: list[int]) -> dict[int, dict[str, Any]]:
    """Return salt and values for the events of these numbers; those of erased people are not there."""
    rows = Disclosure.objects.filter(sequence__in=sequences)
    return {row.sequence: json.loads(secrets.unseal_text(bytes(row.sealed), _PURPOSE)) for row in rows}


def erase(holder: str) -> int:
    """Destroy what was kept of a recipient beside the log, in the caller's transaction; return how many events."""
    return Disclosure.objects.filter(holder=holder).delete()[0]
