"""Roles of officers, and what needs two of them.

One person may have several roles; an auditor has no other, so that nobody audits himself. What matters is proposed by
one officer and confirmed by another: roles themselves, ending a suspension, revoking many certificates at once,
letting the machine accept identity documents.
Revoking one certificate is never delayed.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Literal, get_args
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import NotFound
from paraphe.trust.journal import api as journal
from paraphe.trust.ra.acceptance import checked as check_acceptance
from paraphe.trust.ra.acceptance import set_acceptance
from paraphe.trust.ra.errors import ProposalRefused, RolesRefused
from paraphe.trust.ra.models import Officer, Proposal

Role = Literal["registration", "revocation", "auditor", "operator"]
ROLES: tuple[Role, ...] = get_args(Role)
#: Who may propose, and confirm, what.
NEEDED: Mapping[str, Role] = {
    "roles": "operator",
    "reinstate": "revocation",
    "revoke-many": "revocation",
    "acceptance": "operator",
}
PROPOSAL_LIVES = timedelta(days=7)
MOST_REVOKED = 1000


def checked_roles(roles: Iterable[str]) -> list[str]:
    """Return the roles in order. Raises RolesRefused for unknown ones, and for an auditor with another role."""
    found = set(roles)
    if not found <= set(ROLES):
        raise RolesRefused(reason="unknown")
    if "auditor" in found and len(found) > 1:
        raise RolesRefused(reason="auditor")
    return sorted(found)


def has_role(officer: Officer, *roles: Role) -> bool:
    """Tell whether an officer has one of these roles."""
    return officer.is_active and bool(set(roles) & set(officer.roles))


def officers() -> list[Officer]:
    """Return every officer, active ones first."""
    return list(Officer.objects.order_by("-is_active", "name"))


def set_roles(email: str, roles: Iterable[str]) -> Officer:
    """Give an officer these roles from the command line of the machine: for installations with one operator.

    Raises NotFound, RolesRefused.
    """
    officer = Officer.objects.filter(email__iexact=email).first()
    if officer is None:
        raise NotFound(kind="officer")
    with transaction.atomic():
        _apply_roles(officer, checked_roles(roles), active=True)
        data = {"roles": officer.roles, "by": "command-line"}
        journal.write("officer:roles-set", Actor("system", "operator"), {"officer": officer.pk}, data)
    return officer


def propose(actor: Actor, officer: Officer, kind: str, payload: Mapping[str, object]) -> Proposal:
    """Propose what needs a second officer. Raises ProposalRefused without the role, RolesRefused, NotFound."""
    if kind not in NEEDED or not has_role(officer, NEEDED[kind]):
        raise ProposalRefused(reason="role")
    kept = _checked(kind, payload)
    with transaction.atomic():
        made = Proposal.objects.create(kind=kind, payload=kept, proposed_by=officer, at=timezone.now())
        journal.write("proposal:made", actor, {"proposal": made.pk}, {"kind": kind, **kept})
    return made


def waiting() -> list[Proposal]:
    """Return the proposals that wait for a second officer, oldest first."""
    rows = Proposal.objects.filter(state=Proposal.State.WAITING, at__gt=timezone.now() - PROPOSAL_LIVES)
    return list(rows.select_related("proposed_by").order_by("at"))


def settle(actor: Actor, officer: Officer, proposal_id: UUID, *, confirmed: bool) -> Proposal:
    """Confirm or refuse a proposal of somebody else, in the caller's transaction, and do what is of this room.

    Raises ProposalRefused: ``params["reason"]`` is ``role``, ``own``, ``gone``.
    """
    proposal = Proposal.objects.select_for_update().filter(pk=proposal_id).first()
    if proposal is None or proposal.state != Proposal.State.WAITING or timezone.now() - proposal.at > PROPOSAL_LIVES:
        raise ProposalRefused(reason="gone")
    if not has_role(officer, NEEDED[proposal.kind]):
        raise ProposalRefused(reason="role")
    if confirmed and proposal.proposed_by_id == officer.pk:
        raise ProposalRefused(reason="own")
    proposal.state = Proposal.State.CONFIRMED if confirmed else Proposal.State.REFUSED
    proposal.settled_by, proposal.settled_at = officer, timezone.now()
    proposal.save()
    if confirmed and proposal.kind == "roles":
        target = Officer.objects.select_for_update().get(pk=proposal.payload["officer"])
        _apply_roles(target, list(proposal.payload["roles"]), active=bool(proposal.payload["active"]))
        data = {"roles": target.roles, "active": target.is_active}
        journal.write("officer:roles-set", actor, {"officer": target.pk, "proposal": proposal.pk}, data)
    if confirmed and proposal.kind == "acceptance":
        set_acceptance(
            actor,
            officer,
            str(proposal.payload["profile"]),
            enabled=bool(proposal.payload["enabled"]),
            share=int(proposal.payload["share"]),
        )
    tag = "proposal:confirmed" if confirmed else "proposal:refused"
    journal.write(tag, actor, {"proposal": proposal.pk}, {"kind": proposal.kind})
    return proposal


def _checked(kind: str, payload: Mapping[str, object]) -> dict[str, object]:
    if kind == "acceptance":
        profile, share = str(payload.get("profile")), int(str(payload.get("share")))
        check_acceptance(profile, share)
        return {"profile": profile, "enabled": bool(payload.get("enabled")), "share": share}
    if kind != "roles":
        return dict(payload)
    target = Officer.objects.filter(pk=str(payload.get("officer"))).first()
    if target is None:
        raise NotFound(kind="officer")
    roles = payload.get("roles")
    return {
        "officer": target.pk,
        "roles": checked_roles(roles if isinstance(roles, list) else []),
        "active": bool(payload.get("active")),
    }


def _apply_roles(officer: Officer, roles: list[str], *, active: bool) -> None:
    officer.roles, officer.is_active = roles, active
    officer.save(update_fields=["roles", "is_active"])
