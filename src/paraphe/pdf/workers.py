"""Separate processes for bytes from outside, from the side of those who ask: started, fed, timed, killed, replaced."""

import atexit
import json
import os
import select
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from paraphe.pdf.serving import OK, REFUSED, REPLY, REQUEST

REQUESTS_A_WORKER = 500
AT_ONCE = 1.0
"""Seconds within which a process that had died before is known to be dead."""
SOURCES = Path(__file__).parents[2]


class WorkerFailed(Exception):
    """The worker said nothing of use in time: it hung, died, ran out of memory, or could not read the bytes."""


class WorkerRefused(Exception):
    """The worker refuses the bytes by ``code``."""

    def __init__(self, code: str, params: dict[str, Any]) -> None:
        self.code, self.params = code, params
        super().__init__(code)


class Pool:
    """At most ``size`` processes that run ``module``, started when needed; each question has one to itself."""

    def __init__(self, module: str, size: int) -> None:
        self._module = module
        self._size = size
        self._owner = os.getpid()
        self._lock = threading.Lock()
        self._free = threading.BoundedSemaphore(size)
        self._idle: list[_Worker] = []
        atexit.register(self.close)

    def ask(self, question: dict[str, Any], data: bytes, *, seconds: float) -> bytes:
        """Return the answer to ``question`` about ``data``. Raises WorkerRefused; WorkerFailed after ``seconds``.

        The same time again may pass while waiting for a free process.
        """
        if self._owner != os.getpid():
            # After a fork the processes belong to the parent; their pipes are not ours to write to.
            self._reset()
        if not self._free.acquire(timeout=seconds):
            raise WorkerFailed()
        try:
            answer = self._answer({**question, "seconds": seconds}, data, seconds)
        finally:
            self._free.release()
        return _checked(*answer)

    def process_ids(self) -> list[int]:
        """Return the ids of the idle processes."""
        with self._lock:
            return [worker.process.pid for worker in self._idle]

    def close(self) -> None:
        """End the idle processes."""
        if self._owner != os.getpid():
            return
        with self._lock:
            workers, self._idle = self._idle, []
        for worker in workers:
            worker.close()

    def _reset(self) -> None:
        self._owner = os.getpid()
        self._lock = threading.Lock()
        self._free = threading.BoundedSemaphore(self._size)
        self._idle = []

    def _answer(self, question: dict[str, Any], data: bytes, seconds: float) -> tuple[int, bytes]:
        """Ask one process; a second one where the first had died while it was idle, which shows at once."""
        while True:
            worker = self._take()
            was_idle, begin = worker.served > 0, time.monotonic()
            try:
                answer = worker.ask(question, data, seconds)
            except (OSError, ValueError):
                worker.close()
                if not was_idle or time.monotonic() - begin > AT_ONCE:
                    raise WorkerFailed() from None
            else:
                self._give_back(worker)
                return answer

    def _take(self) -> "_Worker":
        with self._lock:
            while self._idle:
                worker = self._idle.pop()
                if worker.process.poll() is None:
                    return worker
                worker.close()
        return _Worker(self._module)

    def _give_back(self, worker: "_Worker") -> None:
        if worker.served >= REQUESTS_A_WORKER:
            worker.close()
            return
        with self._lock:
            self._idle.append(worker)


class _Worker:
    """One process."""

    def __init__(self, module: str) -> None:
        self.served = 0
        self.process = subprocess.Popen(  # noqa: S603 - our own module under our own interpreter
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": str(SOURCES), "PATH": "/usr/bin:/bin"},
        )

    def ask(self, question: dict[str, Any], data: bytes, seconds: float) -> tuple[int, bytes]:
        stdin = self.process.stdin
        assert stdin is not None  # noqa: S101 - a pipe, by construction
        deadline = time.monotonic() + seconds
        # Writing blocks while the worker does not read: only its death ends that.
        watch = threading.Timer(seconds, self.process.kill)
        watch.start()
        try:
            text = json.dumps(question).encode()
            stdin.write(REQUEST.pack(len(text), len(data)) + text)
            stdin.write(data)
            stdin.flush()
            status, length = REPLY.unpack(self._read(REPLY.size, deadline))
            self.served += 1
            return status, self._read(length, deadline)
        finally:
            watch.cancel()

    def close(self) -> None:
        """Kill the process and wait for its end."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            try:
                if pipe is not None:
                    pipe.close()
            except OSError:
                # What was not written to a dead process is lost, which is meant.
                continue

    def _read(self, length: int, deadline: float) -> bytes:
        stdout = self.process.stdout
        assert stdout is not None  # noqa: S101 - a pipe, by construction
        found = bytearray()
        while len(found) < length:
            waiting = select.select([stdout], [], [], max(deadline - time.monotonic(), 0.0))[0]
            part = os.read(stdout.fileno(), min(length - len(found), 1 << 20)) if waiting else b""
            if not part:
                raise OSError("too slow, or dead")
            found += part
        return bytes(found)


def _checked(status: int, body: bytes) -> bytes:
    if status == OK:
        return body
    if status == REFUSED:
        refusal = json.loads(body)
        raise WorkerRefused(refusal["code"], refusal["params"])
    raise WorkerFailed()
