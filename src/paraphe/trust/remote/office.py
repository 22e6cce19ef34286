"""What officers do with certificates of holders: find, suspend, revoke; with a second officer, the rest."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from paraphe.kernel.actor import Actor
from paraphe.trust.ra import api as ra
from paraphe.trust.register import api as register
from paraphe.trust.remote.lifecycle import by_serial, reinstate, revoke
from paraphe.trust.remote.models import Credential
from paraphe.trust.status import api as status

#: Why an officer revokes, and which reason of RFC 5280 §5.3.1 it is.
OFFICER_REASONS: dict[str, register.Reason] = {
    "compromise": "key_compromise",
    "left_the_firm": "affiliation_changed",
    "left_the_roll": "privilege_withdrawn",
    "death": "cessation_of_operation",
    "wrong_data": "affiliation_changed",
    "superseded": "superseded",
    "obligations": "privilege_withdrawn",
}


def search(typed: str) -> QuerySet[Credential]:
    """Return the issued credentials that fit: a serial number, part of a name, an e-mail, a firm or its SIREN."""
    rows = Credential.objects.select_related("subject").filter(status=Credential.Status.ACTIVE)
    words = " ".join(typed.split())
    if not words:
        return rows.order_by("-created_at")
    serial = serial_of(words)
    if serial is not None:
        found = by_serial(serial)
        if found is not None:
            return rows.filter(pk=found.pk).order_by("-created_at")
    for word in words.split(" "):
        rows = rows.filter(
            Q(subject__surname__icontains=word)
            | Q(subject__given_name__icontains=word)
            | Q(subject__email__icontains=word)
            | Q(subject__organisation_name__icontains=word)
            | Q(subject__organisation_siren=word)
        )
    return rows.order_by("-created_at")


def serial_of(typed: str) -> int | None:
    """Return the serial number that somebody typed in hexadecimal, with or without colons; None when it is none."""
    text = typed.replace(":", "").replace(" ", "")
    try:
        return int(text, 16) if 8 <= len(text) <= 40 else None
    except ValueError:
        return None


def settle(actor: Actor, officer: ra.Officer, proposal_id: UUID, *, confirmed: bool) -> ra.Proposal:
    """Confirm or refuse what another officer proposed; what is confirmed is done in the same transaction.

    Raises ProposalRefused, and what reinstating raises.
    """
    with transaction.atomic():
        proposal = ra.settle(actor, officer, proposal_id, confirmed=confirmed)
        if confirmed and proposal.kind == "reinstate":
            _reinstate(int(proposal.payload["serial"], 16), actor)
        if confirmed and proposal.kind == "revoke-many":
            reason = OFFICER_REASONS[proposal.payload["reason"]]
            for serial in proposal.payload["serials"]:
                _revoke(int(serial, 16), reason, actor)
    return proposal


def known_serials(typed: str) -> tuple[list[str], list[str]]:
    """Return the serial numbers of a list, one a line, that were issued, and those that were not."""
    known: list[str] = []
    strange: list[str] = []
    for line in dict.fromkeys(one.strip() for one in typed.splitlines() if one.strip()):
        serial = serial_of(line)
        if serial is not None and register.status_of(serial).state != "unknown":
            known.append(f"{serial:x}")
        else:
            strange.append(line[:60])
    return known, strange


def _reinstate(serial: int, actor: Actor) -> None:
    row = by_serial(serial)
    if row is not None:
        reinstate(row, actor)
    else:
        status.reinstate(serial, actor)


def _revoke(serial: int, reason: register.Reason, actor: Actor) -> None:
    row = by_serial(serial)
    if row is not None:
        revoke(row, reason, actor)
    else:
        status.revoke(serial, reason, actor)
