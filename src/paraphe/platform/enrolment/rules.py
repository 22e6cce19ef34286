"""Decisions of the registration, as pure functions."""

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


def step_on_other_track(old: str, new: str, step: str, *, has_certificate: bool, has_signed_terms: bool = False) -> str:
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
    return "done" if step == "done" else "terms"
