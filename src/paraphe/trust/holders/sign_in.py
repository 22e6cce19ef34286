"""Signing in without password: an e-mail address or a mobile number, then the code that comes to the telephone.

What a stranger learns from it is nothing: the answer is the same whether somebody is known or not.
"""

from collections.abc import Sequence
from uuid import UUID

from paraphe.floor.messaging.errors import AddressRefused
from paraphe.kernel.actor import Actor
from paraphe.kernel.ids import new_id
from paraphe.trust.codes import api as codes
from paraphe.trust.holders.errors import SignInRefused
from paraphe.trust.holders.identity import found_by, holder_of, load, sharing_telephone
from paraphe.trust.holders.models import Holder
from paraphe.trust.journal import api as journal
from paraphe.trust.ra import api as ra

PURPOSE = "account"

#: What the browser's session keeps between the two pages: challenge and holder, as text.
Ticket = dict[str, str]


def begin(typed: str, label: str, language: str) -> list[Ticket]:
    """Send a code to each telephone behind what was typed; return what ``finish`` needs. ``label`` stands in the SMS.

    Empty when nobody is known by that, or when too many codes went to that telephone: nobody is told which.
    """
    tickets: list[Ticket] = []
    for subject in found_by(typed):
        holder = holder_of(subject)
        attempt = str(new_id())
        try:
            challenge = codes.send(
                purpose=PURPOSE,
                subject=label,
                mobile_e164=ra.mobile_of(subject),
                binding=_binding(holder.pk, attempt),
                language=language,
                owner=str(holder.pk),
            )
        except (codes.CodeLimit, AddressRefused) as error:
            journal.write("holder:sign-in-limited", _actor(holder), {"holder": holder.pk}, {"reason": error.code})
            continue
        tickets.append({"challenge": str(challenge.id), "holder": str(holder.pk), "attempt": attempt})
    return tickets


def finish(tickets: Sequence[Ticket], value: str) -> list[Holder]:
    """Return the holders whose telephone received ``value``; several when they share it. Raises SignInRefused.

    Each try counts for each telephone that was written to.
    """
    for ticket in tickets:
        holder = load(UUID(ticket["holder"]))
        try:
            codes.check(UUID(ticket["challenge"]), _binding(holder.pk, ticket["attempt"]), value)
        except codes.CodeError as error:
            journal.write("holder:sign-in-refused", _actor(holder), {"holder": holder.pk}, {"reason": error.code})
            continue
        journal.write("holder:signed-in", _actor(holder), {"holder": holder.pk}, {"challenge": ticket["challenge"]})
        return sharing_telephone(holder)
    raise SignInRefused


def _binding(holder_id: UUID, attempt: str) -> bytes:
    return f"account:{holder_id}:{attempt}".encode()


def _actor(holder: Holder) -> Actor:
    return Actor("person", str(holder.pk))
