"""What the kernel knows of the clock: since when the machine runs, and whether a time service keeps the clock right.

``adjtimex`` is asked directly, so that it works in a container without tools; it tells what a time service on the
machine (chrony, systemd-timesyncd, ntpd) has told the kernel, and nothing when there is none.
"""

import ctypes
import struct
import time
from functools import cache
from pathlib import Path
from typing import Literal

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
LEAP_SECOND_NOW, NOT_SYNCHRONISED = 3, 5
"""TIME_OOP and TIME_ERROR of adjtimex(2)."""
STRUCTURE_OCTETS = 256
_FIELDS = "@i4xqqqqi"
"""modes, offset, freq, maxerror, esterror (microseconds), status: so struct timex begins where long has 64 bits."""
_UNSYNCHRONISED = 0x40
Unsound = Literal["unsynchronised", "imprecise", "leap_second", "kernel_silent"]


@cache
def boot() -> str:
    """Return a name for this run of this machine; empty where the kernel has none."""
    try:
        return BOOT_ID.read_text(encoding="ascii").strip()[:40]
    except OSError:
        return ""


def microseconds_since_start() -> int:
    """Return how long the machine runs, asleep too: no step of the time of day changes it."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000


def unsound(accuracy_us: int) -> Unsound | None:
    """Return what the kernel has against its clock for this accuracy, None when it is kept right."""
    found = _adjtimex()
    if found is None:
        return "kernel_silent"
    state, error_us, status = found
    if state == LEAP_SECOND_NOW:  # ETSI EN 319 421 §7.7.2: what time it is now depends on who is asked.
        return "leap_second"
    if state == NOT_SYNCHRONISED or status & _UNSYNCHRONISED:
        return "unsynchronised"
    return "imprecise" if error_us > accuracy_us else None


def _adjtimex() -> tuple[int, int, int] | None:
    """Return state, largest error in microseconds, status; None where the kernel does not say."""
    if struct.calcsize("l") != 8:
        return None
    buffer = ctypes.create_string_buffer(STRUCTURE_OCTETS)
    try:
        state = ctypes.CDLL(None).adjtimex(buffer)
    except (AttributeError, OSError):
        return None
    fields = struct.unpack_from(_FIELDS, buffer.raw)
    return None if state < 0 else (state, fields[3], fields[5])
