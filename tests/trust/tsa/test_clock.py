"""A unit whose clock is not sound stamps nothing, and the journal tells when and why."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command

from paraphe.floor.jobs import api as jobs
from paraphe.floor.jobs.worker import drain
from paraphe.trust.journal import api as journal
from paraphe.trust.tsa import api as tsa
from paraphe.trust.tsa import clock, kernel_clock
from paraphe.trust.tsa.jobs import watch_clock
from paraphe.trust.tsa.models import HighWater, MachineClock
from tests.trust.conftest import SiteSettings

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def _journal() -> list[tuple[str, str]]:
    lines = journal.JournalEntry.rows().filter(tag__startswith="clock:").order_by("sequence")
    return [(one.tag.partition(":")[2], str(one.data.get("reason", ""))) for one in lines]


@pytest.mark.parametrize("step", [HOUR, -HOUR, timedelta(seconds=1)], ids=["ahead", "back", "a second"])
def test_a_clock_that_was_stepped_stamps_nothing_until_it_is_put_right(
    db: None, settings: SiteSettings, step: timedelta
) -> None:
    settings.CLOCK_CHECK = ["jump"]
    assert tsa.watch() == ""
    assert not HighWater.objects.exists(), "nothing was stamped: it is the step alone that is seen"
    with time_machine.travel(datetime.now(UTC) + step):
        assert tsa.watch() == "jump"
        assert tsa.watch() == "jump"
        with pytest.raises(tsa.ClockUnsound):
            clock.check_clock(datetime.now(UTC))
    assert tsa.watch() == ""
    assert _journal() == [("unsound", "jump"), ("sound", "")]


def test_a_step_that_somebody_has_checked_is_accepted(db: None, settings: SiteSettings) -> None:
    settings.CLOCK_CHECK = ["jump"]
    tsa.watch()
    with time_machine.travel(datetime.now(UTC) + HOUR):
        assert tsa.watch() == "jump"
        with pytest.raises(CommandError):
            call_command("accept_clock", " ")
        call_command("accept_clock", "odile")
        assert tsa.watch() == ""
    accepted = journal.JournalEntry.rows().get(tag="clock:accepted")
    assert accepted.actor_id == "odile"
    assert abs(accepted.data["step_us"] - 3_600_000_000) < 1_000_000


def test_a_machine_that_was_started_again_has_another_clock(
    db: None, settings: SiteSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CLOCK_CHECK = ["jump"]
    tsa.watch()
    monkeypatch.setattr(kernel_clock, "boot", lambda: "after the restart")
    with time_machine.travel(datetime.now(UTC) + HOUR):
        clock.check_clock(datetime.now(UTC))
    # It was late already: the order of times counts beyond a restart.
    assert tsa.watch() == "behind"
    MachineClock.objects.exclude(boot="after the restart").update(seen_at=datetime.now(UTC) - timedelta(days=31))
    with time_machine.travel(datetime.now(UTC) + HOUR):
        tsa.watch()
    assert [one.boot for one in MachineClock.objects.all()] == ["after the restart"]


SYNCHRONISED = (0, 20_000, 0)


@pytest.mark.parametrize(
    ("kernel", "reason"),
    [
        (SYNCHRONISED, ""),
        ((1, 20_000, 0x10), ""),
        ((5, 16_000_000, 0x40), "unsynchronised"),
        ((0, 20_000, 0x40), "unsynchronised"),
        ((0, 1_500_000, 0), "imprecise"),
        ((3, 20_000, 0), "leap_second"),
        (None, "kernel_silent"),
    ],
    ids=["in step", "leap second tonight", "no service", "lost", "far", "leap second now", "silent"],
)
def test_the_kernel_is_believed_about_its_clock(
    db: None,
    settings: SiteSettings,
    monkeypatch: pytest.MonkeyPatch,
    kernel: tuple[int, int, int] | None,
    reason: str,
) -> None:
    settings.CLOCK_CHECK = ["kernel"]
    monkeypatch.setattr(kernel_clock, "_adjtimex", lambda: kernel)
    assert tsa.watch() == reason
    assert _journal() == ([("unsound", reason)] if reason else [])


def test_a_step_by_the_time_service_is_written_down(
    db: None, settings: SiteSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CLOCK_CHECK = ["jump", "kernel"]
    monkeypatch.setattr(kernel_clock, "_adjtimex", lambda: SYNCHRONISED)
    tsa.watch()
    with time_machine.travel(datetime.now(UTC) + HOUR):
        assert tsa.watch() == ""
        assert tsa.watch() == ""
    assert _journal() == [("accepted", "")]


def test_this_kernel_answers() -> None:
    found = kernel_clock._adjtimex()
    assert found is None or 0 <= found[0] <= 5
    assert kernel_clock.unsound(clock.ACCURACY_US) in (
        None,
        "unsynchronised",
        "imprecise",
        "leap_second",
        "kernel_silent",
    )
    first = kernel_clock.microseconds_since_start()
    assert kernel_clock.microseconds_since_start() >= first


def test_the_clock_is_watched_while_nobody_asks(db: None, settings: SiteSettings) -> None:
    settings.CLOCK_CHECK = ["jump"]
    jobs.enqueue(watch_clock)
    drain()
    assert [one.boot for one in MachineClock.objects.all()] == [kernel_clock.boot()]
