"""The parent side of reading: photographs in, observations out, whatever becomes of the child."""

import json
from importlib.util import find_spec

from paraphe.proofing.observations import Observations, Side
from paraphe.proofing.sandbox import run_child
from paraphe.proofing.seen_records import observations_from

#: Bounds of the child that reads: processor time and wall time in seconds, address space in octets. The resident
#: memory stays under 1.2 GB; networks map files and reserve far more addresses than they touch.
LIMITS = {"cpu_seconds": 90, "memory_bytes": 6_000_000_000}
WALL_SECONDS = 120.0
#: What an answer raises that no honest child gives: it has looked at bytes of strangers, and may be theirs by now.
NONSENSE = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)
_PACKAGES = ("rapidocr", "onnxruntime", "cv2", "zxingcpp")


def can_read() -> bool:
    """Tell whether the packages of the ``identity`` extra are installed."""
    return all(find_spec(package) is not None for package in _PACKAGES)


def observe(sides: dict[Side, bytes]) -> Observations:
    """Return what is to be seen on photographs that intake kept (JPEG), by side.

    Without the packages, or when the child dies, is killed or answers nonsense, the observations have no sides. Never
    raises for bad input.
    """
    if not can_read():
        return Observations({})
    request = {"task": "read", "sides": {name: len(jpeg) for name, jpeg in sides.items()}, "limits": LIMITS}
    answer = run_child(request, b"".join(sides.values()), WALL_SECONDS)
    line, _, pictures = answer.partition(b"\n")
    try:
        return observations_from(json.loads(line), pictures)
    except NONSENSE:
        return Observations({})
