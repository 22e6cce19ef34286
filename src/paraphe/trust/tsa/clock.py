"""Supervision of the clock (ETSI EN 319 421 §7.7.2): a unit whose clock is not sound stamps nothing.

Always: the clock may not be behind a time that was stamped. ``jump``: it may not have been stepped since the machine
started, as the clock that cannot be stepped tells; this sees every wrong step, but not a clock that was wrong from the
start or that drifts. ``kernel``: a time service must keep it within the accuracy, and may step it.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from paraphe.kernel.actor import SYSTEM, Actor
from paraphe.trust.journal import api as journal
from paraphe.trust.tsa import kernel_clock, models
from paraphe.trust.tsa.errors import ClockUnsound

ACCURACY = timedelta(seconds=1)
ACCURACY_US = 1_000_000
LARGEST_STEP_US = 500_000
FORGOTTEN_AFTER = timedelta(days=30)
_REMEMBERED = """
    SELECT (SELECT at_us FROM tsa_highwater WHERE id = 1), clock.ahead_us, clock.reason
    FROM (SELECT 1 AS one) always LEFT JOIN tsa_machineclock clock ON clock.boot = %s
"""


def check_clock(now: datetime, *, stamping: bool = True) -> None:
    """Check that the clock is sound, and for ``stamping`` remember how late it is; each change goes to the journal.

    The mark is written once a second at most; a clock that was put back by more than that and the accuracy is seen,
    also after a restart. Raises ClockUnsound.
    """
    now_us = int(now.timestamp() * 1_000_000)
    ahead_us = now_us - kernel_clock.microseconds_since_start()
    mark, known_ahead, known_reason = _remembered()
    if known_ahead is None:
        _remember_machine(ahead_us)
        known_ahead = ahead_us
    reason = _wrong(now_us, ahead_us, mark, known_ahead)
    if reason != (known_reason or ""):
        _changed(reason)
    if reason:
        raise ClockUnsound(reason=reason)
    if "kernel" in settings.CLOCK_CHECK and abs(ahead_us - known_ahead) > LARGEST_STEP_US:
        _adopt(ahead_us, SYSTEM)  # A time service has stepped it: that is how it stands from now on.
    if stamping:
        _raise_mark(mark, now_us)


def accept_clock(actor: Actor) -> None:
    """Take the clock of this machine as it stands, after a step that somebody has checked; written to the journal."""
    now_us = int(timezone.now().timestamp() * 1_000_000)
    _remember_machine(now_us - kernel_clock.microseconds_since_start())
    _adopt(now_us - kernel_clock.microseconds_since_start(), actor)


def watch() -> str:
    """Check the clock although nobody asks for a timestamp; return why it is not sound, empty when it is."""
    try:
        check_clock(timezone.now(), stamping=False)
    except ClockUnsound as error:
        return str(error.params["reason"])
    models.MachineClock.objects.filter(boot=kernel_clock.boot()).update(seen_at=timezone.now())
    models.MachineClock.objects.filter(seen_at__lt=timezone.now() - FORGOTTEN_AFTER).delete()
    return ""


def _wrong(now_us: int, ahead_us: int, mark: int | None, known_ahead: int) -> str:
    if mark is not None and now_us < mark - ACCURACY_US:
        return "behind"
    if "kernel" in settings.CLOCK_CHECK:
        return kernel_clock.unsound(ACCURACY_US) or ""
    if "jump" in settings.CLOCK_CHECK and abs(ahead_us - known_ahead) > LARGEST_STEP_US:
        return "jump"
    return ""


def _remembered() -> tuple[int | None, int | None, str | None]:
    """Return the latest time that was stamped and what is known of this machine's clock. One statement: it is hot."""
    with connection.cursor() as cursor:
        cursor.execute(_REMEMBERED, [kernel_clock.boot()])
        found: tuple[int | None, int | None, str | None] = cursor.fetchone()
    return found


def _remember_machine(ahead_us: int) -> None:
    """Write down the clock of this machine unless it is known."""
    given = {"ahead_us": ahead_us, "seen_at": timezone.now()}
    models.MachineClock.objects.get_or_create(boot=kernel_clock.boot(), defaults=given)


def _changed(reason: str) -> None:
    """Write down that the clock became unsound, or sound again: once, whoever sees it first."""
    with transaction.atomic():
        rows = models.MachineClock.objects.filter(boot=kernel_clock.boot()).exclude(reason=reason)
        if rows.update(reason=reason, seen_at=timezone.now()):
            tag = "clock:unsound" if reason else "clock:sound"
            journal.write(tag, SYSTEM, {}, {"reason": reason} if reason else {})


def _adopt(ahead_us: int, actor: Actor) -> None:
    with transaction.atomic():
        rows = models.MachineClock.objects.select_for_update().filter(boot=kernel_clock.boot())
        before = rows.values_list("ahead_us", flat=True).get()
        rows.update(ahead_us=ahead_us)
        journal.write("clock:accepted", actor, {}, {"step_us": ahead_us - before})


def _raise_mark(mark: int | None, now_us: int) -> None:
    if mark is None:
        try:
            with transaction.atomic():
                models.HighWater.objects.create(pk=1, at_us=now_us)
        except IntegrityError:
            return  # Another process made the first mark at this moment.
    elif now_us >= mark + ACCURACY_US:
        models.HighWater.objects.filter(pk=1, at_us__lt=now_us).update(at_us=now_us)
