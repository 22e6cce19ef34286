import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connections

from paraphe.floor.jobs import api as jobs
from paraphe.floor.jobs import periods, worker
from paraphe.floor.jobs.models import Schedule
from paraphe.floor.jobs.rules import next_time, pause_before
from tests.floor.jobs import sample
from tests.support.jobs import all_due_now, waiting

pytestmark = pytest.mark.django_db(transaction=True)

PATH = "tests.floor.jobs.sample.each_minute"
NINE = datetime(2026, 11, 23, 9, 0, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def only_each_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(periods, "PERIODS", {PATH: ("* * * * *", sample.each_minute)})


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NINE, tick=False) as traveller:
        yield traveller


def test_a_period_comes_round_once_each_time(clock: time_machine.Traveller) -> None:
    assert periods.tick() == 0, "a new period waits for its first time"
    clock.shift(timedelta(seconds=29))
    assert periods.tick() == 0
    clock.shift(timedelta(seconds=1))
    assert periods.tick() == 1
    assert periods.tick() == 0
    assert waiting() == [PATH]


def test_times_missed_while_nothing_ran_come_once(clock: time_machine.Traveller) -> None:
    periods.tick()
    clock.shift(timedelta(days=3))
    assert periods.tick() == 1
    assert periods.tick() == 0


def test_a_time_is_left_out_while_the_last_has_not_ended(clock: time_machine.Traveller) -> None:
    periods.tick()
    clock.shift(timedelta(minutes=1))
    assert periods.tick() == 1
    clock.shift(timedelta(minutes=1))
    assert periods.tick() == 0
    all_due_now()
    assert worker.drain() == 1
    clock.shift(timedelta(minutes=1))
    assert periods.tick() == 1


def test_a_changed_period_counts_from_now(clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch) -> None:
    periods.tick()
    monkeypatch.setitem(periods.PERIODS, PATH, ("0 12 * * *", sample.each_minute))
    clock.shift(timedelta(minutes=5))
    assert periods.tick() == 0
    assert Schedule.objects.get().next_due == datetime(2026, 11, 23, 12, 0, tzinfo=ZoneInfo("Europe/Paris"))


def test_many_clocks_enqueue_once() -> None:
    with time_machine.travel(NINE, tick=False) as clock:
        periods.tick()
        clock.shift(timedelta(minutes=1))
        enqueued: list[int] = []
        barrier = threading.Barrier(4)

        def tick() -> None:
            barrier.wait()
            enqueued.append(periods.tick())
            connections.close_all()

        threads = [threading.Thread(target=tick) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(enqueued) == [0, 0, 0, 1]
    assert waiting() == [PATH]


@pytest.mark.parametrize("cron", ["", "daily", "* * * *", "* * * * * *", "61 * * * *"])
def test_what_is_not_a_period_is_refused(cron: str) -> None:
    with pytest.raises(jobs.BadPeriod):
        jobs.every(cron)


def test_the_hour_is_the_sites_in_summer_and_in_winter() -> None:
    for day, offset in ((datetime(2026, 7, 1, tzinfo=UTC), 2), (datetime(2026, 12, 1, tzinfo=UTC), 1)):
        due = next_time("15 3 * * *", day, "Europe/Paris")
        assert due.astimezone(UTC) == day + timedelta(hours=3 - offset, minutes=15)


def test_pauses_double_up_to_the_longest() -> None:
    pauses = [pause_before(attempt, 10, 100) for attempt in range(1, 8)]
    for pause, wanted in zip(pauses, [10, 20, 40, 80, 100, 100, 100], strict=True):
        assert wanted * 0.9 <= pause <= wanted * 1.1
    assert pause_before(10_000, 10, 3600) <= 3960
