"""What a process that seals many files asks of the C library: to keep the memory of one document for the next.

Otherwise glibc gives every large buffer back to the system at once, and a third of the time of a sealed file goes into
pages that are handed out, cleared and touched anew.
"""

import ctypes
from contextlib import suppress

# malloc.h of glibc; other C libraries have no such function, and nothing is lost.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
KEPT = 64 << 20
"""Bytes of free memory at the end of the heap above which it is given back."""
LARGEST = 32 << 20
"""Bytes of one buffer above which it is mapped by itself; glibc takes no more."""


def keep_memory() -> None:
    """Have buffers of documents come from memory that the process has already."""
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        library.mallopt(_MMAP_THRESHOLD, LARGEST)
        library.mallopt(_TRIM_THRESHOLD, KEPT)
