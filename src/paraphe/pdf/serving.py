"""The inside of a worker process: requests on standard input, answers on standard output, limits on memory and time.

A worker handles bytes from outside and nothing else: it holds no key, opens no file, ends with its standard input.
"""

import json
import resource
import struct
import sys
from collections.abc import Callable
from typing import Any

REQUEST = struct.Struct(">IQ")
"""Length of the question (JSON), length of the PDF; both follow."""
REPLY = struct.Struct(">BQ")
"""Status, length of what follows."""
OK, REFUSED, FAILED = 0, 1, 2
MAX_MAPPED = 6_000_000_000

Handler = Callable[[dict[str, Any], bytes], bytes]


class Refusal(Exception):
    """The handler refuses the PDF by name: ``code`` and parameters travel to the other side."""

    def __init__(self, code: str, params: dict[str, object]) -> None:
        self.body = json.dumps({"code": code, "params": params}, default=str).encode()
        super().__init__(code)


def serve(handler: Handler, *, memory: int) -> None:
    """Answer requests by ``handler`` until standard input ends, within ``memory`` bytes of address space.

    Each question carries ``seconds``: a request that computes for longer ends the process (SIGXCPU), also when nobody
    is left to kill it.
    """
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory + MAX_MAPPED))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    source, target = sys.stdin.buffer, sys.stdout.buffer
    while head := source.read(REQUEST.size):
        question_length, data_length = REQUEST.unpack(head)
        question = json.loads(source.read(question_length))
        _limit_time(int(question["seconds"]))
        status, body = _answer(handler, question, source.read(data_length))
        target.write(REPLY.pack(status, len(body)))
        target.write(body)
        target.flush()


def allow_mapping(memory: int, size: int) -> None:
    """Let the process have ``size`` bytes of address space beside its ``memory``, for the file that it reads."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = memory + size
    resource.setrlimit(resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def _answer(handler: Handler, question: dict[str, Any], data: bytes) -> tuple[int, bytes]:
    try:
        return OK, handler(question, data)
    except Refusal as refusal:
        return REFUSED, refusal.body
    except Exception:  # noqa: BLE001 - bytes from outside: whatever a parser says, the other side refuses the file
        return FAILED, b""


def _limit_time(seconds: int) -> None:
    spent = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(spent.ru_utime + spent.ru_stime) + seconds + 1, hard))
