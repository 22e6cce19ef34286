"""Why somebody of a running collection cannot go on, or was not reached yet: for its sender."""

import uuid
from datetime import timedelta
from typing import Final

from django.utils import timezone

from paraphe.floor.messaging import api as messaging
from paraphe.platform.envelopes import messages
from paraphe.platform.envelopes.models import Ceremony, Recipient
from paraphe.platform.envelopes.queries import EnvelopeView
from paraphe.platform.signing import api as signing

#: A message that is younger is on its way.
PATIENCE: Final = timedelta(minutes=2)
#: What a signer waits for who need do nothing but wait; a moment later it is over, or is said by somebody else.
PASSING: Final = frozenset({"another_signs", "being_signed", "not_your_turn"})


def waits(envelope: EnvelopeView) -> dict[uuid.UUID, tuple[str, ...]]:
    """Return by recipient why he waits, as codes; who does not wait is left out.

    ``mail_waiting`` and ``sms_waiting``: his invitation has not left yet. ``codes_delayed``: codes do not leave, or the
    trust site does not answer. ``finishing``: his code was accepted and his signature waits for a service. Other codes
    are those of what he met when he wanted to sign.
    """
    if envelope.state != "running":
        return {}
    pending = [one.id for one in envelope.acting if one.pending]
    rows = list(Recipient.objects.filter(pk__in=pending).exclude(invited_at=None))
    found: dict[uuid.UUID, list[str]] = {row.pk: [] for row in rows}
    # Who opened his link has it, whatever became of the message.
    late = _late([row for row in rows if row.state == Recipient.State.INVITED])
    delayed = signing.codes_delayed()
    met = dict(
        Ceremony.objects.filter(recipient__in=pending).exclude(wait_code="").values_list("recipient", "wait_code")
    )
    turn = signing.turn(purpose="envelope", reference=str(envelope.id))
    for row in rows:
        found[row.pk] += late.get(row.pk, [])
        if turn is not None and turn.third_party == str(row.pk) and turn.authorised:
            found[row.pk] += ["finishing"] if turn.waits_for else []
            continue
        code = met.get(row.pk, "")
        found[row.pk] += (
            [code] if code and code not in PASSING and not (delayed and code == "trust_unavailable") else []
        )
        if (
            delayed
            and row.role == Recipient.Role.SIGNER
            and row.state in (Recipient.State.OPENED, Recipient.State.READ)
        ):
            found[row.pk].append("codes_delayed")
    return {key: tuple(codes) for key, codes in found.items() if codes}


def _late(rows: list[Recipient]) -> dict[uuid.UUID, list[str]]:
    """Return whose invitation has not left: it was tried in vain, or nobody came to it."""
    keys = {messages.invitation_key(row): (row.pk, "mail_waiting") for row in rows}
    keys |= {f"{messages.invitation_key(row)}:sms": (row.pk, "sms_waiting") for row in rows}
    found: dict[uuid.UUID, list[str]] = {}
    for one in messaging.waiting(before=timezone.now(), keys=keys):
        if one.attempts or one.created_at < timezone.now() - PATIENCE:
            recipient, code = keys[one.key]
            found.setdefault(recipient, []).append(code)
    return found
