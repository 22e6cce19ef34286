"""``kill -9`` of a real process right after what it did last to the world: a commit, a file, a request, a letter.

A child of the test does what people and the background do next. It dies at the first place in the program at which none
died before; the next child finds what it left, and goes on. So every place on the way is killed at once, and the number
of children is the number of places.
"""

import os
import signal
import smtplib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from requests.adapters import HTTPAdapter

from paraphe.floor.files import shelf
from tests.support.children import wait_for

WRITES = ("INSERT", "UPDATE", "DELETE", "SELECT PROCRASTINATE")
OURS = f"{os.sep}paraphe{os.sep}"
#: As many callers name a place.
DEEP = 4


class Mortal:
    """The program in a child: after each thing that it does to the world it may be over."""

    def __init__(self, survived: set[str], telling: int) -> None:
        self._survived, self._telling, self._wrote = survived, telling, False

    def lives_dangerously(self) -> None:
        """Watch everything that outlives a process."""
        self._after(BaseDatabaseWrapper, "commit", lambda *_: "commit" if self._wrote else "")
        self._after(HTTPAdapter, "send", lambda _self, asked, *_: "request" if asked.method == "POST" else "")
        self._after(smtplib.SMTP, "send_message", lambda *_: "letter")
        self._after(shelf.Folder, "_keep", lambda *_: "file")
        for connection in connections.all():
            connection.execute_wrappers.append(self._statement)

    def _statement(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        done = execute(sql, params, many, context)
        if sql.upper().startswith(WRITES):
            self._wrote = True
            if not context["connection"].in_atomic_block:
                self._dies("statement")
        return done

    def _after(self, where: Any, name: str, what: Callable[..., str]) -> None:
        does = getattr(where, name)

        def act(*words: Any, **names: Any) -> Any:
            done = does(*words, **names)
            if kind := what(*words):
                self._dies(kind)
            return done

        setattr(where, name, act)

    def _dies(self, kind: str) -> None:
        self._wrote = False
        place = f"{kind} < {_callers()}"
        if place not in self._survived:
            os.write(self._telling, place.encode())
            os.kill(os.getpid(), signal.SIGKILL)


def _callers() -> str:
    found: list[str] = []
    frame = sys._getframe(3)
    while frame is not None and len(found) < DEEP:
        name = frame.f_code.co_filename
        if OURS in name:
            found.append(f"{Path(name).stem}.{frame.f_code.co_name}:{frame.f_lineno}")
        frame = frame.f_back  # type: ignore[assignment]
    return " < ".join(found)


def killed_everywhere(work: Callable[[int], None], most: int = 200) -> list[str]:
    """Let children do ``work``, each told its number, until one comes to its end; return where they died."""
    places: list[str] = []
    for number in range(most):
        connections.close_all()
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                Mortal(set(places), writing).lives_dangerously()
                work(number)
            except BaseException as error:  # noqa: BLE001 - it is told to the parent, which fails
                os.write(writing, f"! {type(error).__name__}: {error}"[:900].encode())
                os._exit(1)
            os._exit(0)
        os.close(writing)
        status = wait_for(child)
        with os.fdopen(reading, "rb") as pipe:
            said = pipe.read().decode()
        if os.WIFSIGNALED(status):
            places.append(said)
        elif os.waitstatus_to_exitcode(status) == 0:
            return places
        else:
            raise AssertionError(said)
    raise AssertionError(f"no child came to its end; they died at {places[-5:]}")
