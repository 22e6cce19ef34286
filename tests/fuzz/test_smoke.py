"""A short run of each target, the same each time: the long ones are started by hand."""

import random
import subprocess
import sys

import pytest

from tests.fuzz.targets import TARGETS, seeds

RUNS = {"verdict": 60, "inspection": 120, "bytes": 250, "rebuilt": 150}


def mutated(chance: random.Random, data: bytes) -> bytes:
    """Return ``data`` with some of it changed, left out, doubled or put elsewhere."""
    changed = bytearray(data)
    # Half of them keep every offset, so that what lies deeper is reached.
    in_place = chance.random() < 0.5
    for _ in range(chance.randint(1, 3 if in_place else 8)):
        at, length = chance.randrange(len(changed)), chance.randint(1, 40)
        kind = chance.choice((0, 3)) if in_place else chance.randrange(4)
        if kind == 0:
            length = min(length, len(changed) - at)
            changed[at : at + length] = chance.randbytes(length)
        elif kind == 1 and len(changed) > 100:
            del changed[at : at + length]
        elif kind == 2:
            changed[at:at] = changed[at : at + length]
        else:
            changed[at : at + 1] = bytes([chance.choice(b"0123456789<>[]()/% \n")])
    return bytes(changed)


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_bytes_from_outside_are_taken_or_refused(name: str) -> None:
    chance = random.Random(20261123)
    honest = seeds(name)
    for _ in range(RUNS.get(name, 400)):
        TARGETS[name](mutated(chance, chance.choice(honest)))


def test_the_guided_run_starts() -> None:
    words = [sys.executable, "-m", "tests.fuzz.run", "lexer", "--runs", "300", "--seconds", "20"]
    found = subprocess.run(words, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    assert "stat::number_of_executed_units" in found.stderr
