"""Decisions of the registration, as pure functions."""

from collections.abc import Collection
from typing import Final, Literal

from paraphe.platform.enrolment.errors import NotInvited

Track = Literal["member", "signing_collaborator", "collaborator", "none"]

STEPS: Final[dict[str, tuple[str, ...]]] = {
    "member": ("confirm", "mobile", "identity", "terms", "sign", "done"),
    "signing_collaborator": ("confirm", "mobile", "identity", "terms", "done"),
    "collaborator": ("confirm", "terms", "done"),
}


def steps_of(track: str) -> tuple[str, ...]:
    """Return the steps that a person on ``track`` goes through. Raises NotInvited when there are none."""
    if track not in STEPS:
        raise NotInvited(track=track)
    return STEPS[track]


def step_after(track: str, step: str) -> str:
    """Return the step that follows ``step`` on ``track``."""
    steps = steps_of(track)
    return steps[steps.index(step) + 1]


def step_after_identity(track: str, *, completed: bool, has_signed_terms: bool) -> str:
    """Return what follows a certificate: the terms, unless they were accepted with an earlier certificate."""
    accepted = completed and (track != "member" or has_signed_terms)
    return "done" if accepted else step_after(track, "identity")


def reason_to_revoke(*, certified_as: str, on_roll: bool, named_siren: str, sirens: Collection[str]) -> str:
    """Return why a certificate must be revoked after its holder left something; empty when it stays true.

    A member's certificate says that he is on the roll; one that names a firm, that he belongs to it; a collaborator's,
    that he works in some firm.
    """
    if certified_as == "member" and not on_roll:
        return "left_the_roll"
    if named_siren and named_siren not in sirens:
        return "left_the_firm"
    if certified_as != "member" and not sirens:
        return "left_the_firm"
    return ""


def may_work(track: str, step: str, *, completed: bool, has_signed_terms: bool) -> bool:
    """Tell whether a person may work on the platform: registered, or registered before and on the way to a certificate.

    A certificate is for signing. Who prepared and launched goes on doing so the day he is given the right to sign, or
    his certificate ended; an accountant, once he has signed the terms.
    """
    if step == "done":
        return True
    return completed and step in ("mobile", "identity") and (track != "member" or has_signed_terms)


def step_on_other_track(
    old: str, new: str, step: str, *, has_certificate: bool, has_signed_terms: bool = False, completed: bool = False
) -> str:
    """Return where a person stands whose track changed, for instance because a right was granted meanwhile.

    What he did stays done; what only his new track asks for is asked now.
    """
    steps = steps_of(new)
    if step == "confirm" or old == new:
        return step
    if "identity" in steps and not has_certificate:
        return step if step in ("mobile", "identity") else "mobile"
    if new == "member" and not has_signed_terms:
        return "terms"
    return "done" if completed or step == "done" else "terms"
