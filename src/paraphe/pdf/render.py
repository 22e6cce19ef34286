"""Pages as images, made in a separate process that can be killed: the bytes come from outside.

One worker process per process of ours, started at first use, with limits on memory and time. Its standard input takes
requests, its standard output gives answers; a worker that hangs or dies is replaced and the page is refused.
"""

import select
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

from paraphe.pdf.errors import RenderFailed
from paraphe.pdf.render_worker import FAILED, HEAD, OK, REPLY

SECONDS = 20.0
PAGES_A_WORKER = 500
MAX_WIDTH = 3000


class Worker:
    """The worker process and the lock before it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._served = 0

    def render(self, data: bytes, index: int, width: int) -> bytes:
        """Return page ``index`` of ``data`` as PNG, ``width`` pixels wide. Raises RenderFailed."""
        with self._lock:
            try:
                return self._ask(data, index, width)
            except (OSError, ValueError, struct.error):
                self._end()
                raise RenderFailed(page=index) from None

    def _ask(self, data: bytes, index: int, width: int) -> bytes:
        process = self._running()
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 - both are pipes
        deadline = time.monotonic() + SECONDS
        watch = threading.Timer(SECONDS, process.kill)
        watch.start()
        try:
            process.stdin.write(HEAD.pack(len(data), index, width))
            process.stdin.write(data)
            process.stdin.flush()
            status, length = REPLY.unpack(self._read(process, REPLY.size, deadline))
            answer = self._read(process, length, deadline)
        finally:
            watch.cancel()
        self._served += 1
        if self._served >= PAGES_A_WORKER:
            self._end()
        if status == FAILED:
            raise RenderFailed(page=index)
        return answer if status == OK else b""

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "paraphe.pdf.render_worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": "/usr/bin:/bin"},
            )
            self._served = 0
        return self._process

    def _read(self, process: subprocess.Popen[bytes], length: int, deadline: float) -> bytes:
        assert process.stdout is not None  # noqa: S101 - a pipe
        found = bytearray()
        while len(found) < length:
            if not select.select([process.stdout], [], [], max(deadline - time.monotonic(), 0.0))[0]:
                raise OSError("too slow")
            part = process.stdout.read1(min(length - len(found), 1 << 20))  # type: ignore[attr-defined]
            if not part:
                raise OSError("died")
            found += part
        return bytes(found)

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    try:
                        pipe.close()
                    except OSError:
                        continue
            self._process = None


_worker = Worker()


def render_page(source: bytes | Path, index: int, width: int) -> bytes:
    """Return page ``index`` (from 0) as PNG, ``width`` pixels wide (at most 3000), with its form fields and signatures.

    Raises RenderFailed when the page does not exist or cannot be drawn within 20 s and 1.5 GB.
    """
    if not 1 <= width <= MAX_WIDTH or index < 0:
        raise RenderFailed(page=index)
    return _worker.render(source.read_bytes() if isinstance(source, Path) else source, index, width)
