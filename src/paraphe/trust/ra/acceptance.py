"""May the machine accept by itself? Figures first, then a decision of two officers, for one model of document."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, F
from django.utils import timezone

from paraphe.kernel.actor import Actor
from paraphe.proofing import api as proofing
from paraphe.trust.journal import api as journal
from paraphe.trust.ra import rules
from paraphe.trust.ra.errors import AcceptanceRefused
from paraphe.trust.ra.models import AcceptancePolicy, Decision, Officer, Reading, Verdict

LEAST_SHARE = 10


@dataclass(frozen=True)
class Acceptance:
    """The policy for one model of document. ``share`` in per cent."""

    profile: str
    enabled: bool
    share: int
    changed_by: str
    changed_at: datetime | None


@dataclass(frozen=True)
class ProfileFigures:
    """What officers decided where the machine had read, for one model of document.

    ``acceptable`` counts decisions on documents that the machine would have accepted, ``wrong`` those among them that
    officers did not approve, ``bound`` the 95 % upper bound of the error rate. ``agreement`` counts decisions by
    machine's outcome and officer's verdict. Officers see what the machine found, so the figures are not blind.
    """

    profile: str
    decisions: int
    acceptable: int
    wrong: int
    bound: float
    agreement: dict[tuple[str, str], int]
    reasons: dict[str, int]

    @property
    def enough(self) -> bool:
        """Tell whether the figures are a ground to switch acceptance on."""
        return self.acceptable >= rules.ENOUGH_CASES and self.wrong == 0


def acceptance() -> dict[str, Acceptance]:
    """Return the policy of every model of document, the ones never touched included."""
    known = {row.profile: row for row in AcceptancePolicy.objects.select_related("changed_by")}
    return {code: _as_set(code, known.get(code)) for code in proofing.PROFILES}


def set_acceptance(actor: Actor, officer: Officer, profile: str, *, enabled: bool, share: int) -> None:
    """Write the policy, in the caller's transaction. Switching on is what a confirmed proposal does (roles.settle).

    Raises AcceptanceRefused for an unknown model, one that is always looked at, or a share out of bounds.
    """
    checked(profile, share)
    with transaction.atomic():
        values = {"enabled": enabled, "share": share, "changed_by": officer, "changed_at": timezone.now()}
        AcceptancePolicy.objects.update_or_create(profile=profile, defaults=values)
        journal.write("identity:acceptance-set", actor, {"profile": profile}, {"enabled": enabled, "share": share})


def checked(profile: str, share: int) -> None:
    """Let a policy through that can be. Raises AcceptanceRefused."""
    known = proofing.PROFILES.get(profile)
    if known is None or not known.own:
        raise AcceptanceRefused(reason="profile")
    if not LEAST_SHARE <= share <= 100:
        raise AcceptanceRefused(reason="share")


def figures() -> tuple[ProfileFigures, ...]:
    """Return the figures of every model of document; as many queries however many cases there are."""
    agreement: dict[str, Counter[tuple[str, str]]] = {code: Counter() for code in proofing.PROFILES}
    decided = Decision.objects.filter(case__readings__round=F("round"))
    rows = decided.values_list("case__readings__profile", "case__readings__outcome", "verdict").annotate(n=Count("pk"))
    for profile, outcome, verdict, count in rows:
        agreement.setdefault(profile, Counter())[outcome, verdict] += count
    reasons: dict[str, Counter[str]] = {code: Counter() for code in agreement}
    for profile, codes in Reading.objects.values_list("profile", "reasons").iterator(chunk_size=2000):
        reasons.setdefault(profile, Counter()).update(codes)
    return tuple(_figures(code, agreement[code], reasons.get(code, Counter())) for code in agreement if code)


def _figures(profile: str, agreement: Counter[tuple[str, str]], reasons: Counter[str]) -> ProfileFigures:
    accepted = str(proofing.Outcome.ACCEPTED)
    acceptable = sum(count for (outcome, _verdict), count in agreement.items() if outcome == accepted)
    wrong = acceptable - agreement[accepted, str(Verdict.APPROVE)]
    return ProfileFigures(
        profile=profile,
        decisions=agreement.total(),
        acceptable=acceptable,
        wrong=wrong,
        bound=proofing.upper_bound(wrong, acceptable),
        agreement=dict(agreement),
        reasons=dict(reasons.most_common()),
    )


def _as_set(code: str, row: AcceptancePolicy | None) -> Acceptance:
    if row is None:
        return Acceptance(code, enabled=False, share=LEAST_SHARE, changed_by="", changed_at=None)
    return Acceptance(code, row.enabled, row.share, row.changed_by.name if row.changed_by else "", row.changed_at)
