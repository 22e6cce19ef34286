"""Wait for child processes of a test, and never for ever: one that does not end is a failure, not a night's wait."""

import os
import signal
import time

LONGEST_SECONDS = 60.0


def wait_for(pid: int, seconds: float = LONGEST_SECONDS) -> int:
    """Return the wait status of child ``pid``; kill it and fail when it has not ended after ``seconds``."""
    deadline = time.monotonic() + seconds
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return status
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            raise AssertionError(f"child {pid} had not ended after {seconds:.0f} s")
        time.sleep(0.01)
