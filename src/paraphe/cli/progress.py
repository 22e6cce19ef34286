"""How far a run is: a bar on a terminal, a summary at the end. Both on standard error, so that outputs stay clean."""

import shutil
import sys
import time
from collections import Counter
from typing import TextIO

EVERY = 0.1
"""Seconds between two drawings."""
BAR = 24
FINISHED = {"ok": ("faits", "done"), "done": ("déjà faits", "done before")}
OTHERS = {"refused": ("refusés", "refused"), "error": ("en erreur", "failed")}


class Progress:
    """Counts outcomes of a run of ``total`` files. ``shown``: a bar is drawn."""

    def __init__(self, total: int, spoken: str, *, shown: bool, stream: TextIO | None = None) -> None:
        self._total, self._spoken, self.shown = total, spoken, shown
        self._stream = stream or sys.stderr
        self._counts: Counter[str] = Counter()
        self._begin = time.monotonic()
        self._drawn = 0.0

    def count(self, status: str) -> None:
        """Count one outcome, and draw when it is time to."""
        self._counts[status] += 1
        if self.shown and time.monotonic() - self._drawn > EVERY:
            self._drawn = time.monotonic()
            self._stream.write("\r" + self._line()[: shutil.get_terminal_size().columns - 1] + "\x1b[K")
            self._stream.flush()

    def clear(self) -> None:
        """Take the bar away: something else is written, or it is the end."""
        if self.shown and self._drawn:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._drawn = 0.0

    def summary(self) -> str:
        """Return what became of the files, and how fast."""
        seconds = max(time.monotonic() - self._begin, 1e-3)
        rate = self._counts["ok"] / seconds
        files, pace = ("fichiers", "par seconde") if self._french else ("files", "a second")
        text = f"{self._number(self._total)} {files}: {self._told()}, {seconds:.1f} s"
        text = text.replace(".", ",") if self._french else text
        return f"{text} ({self._number(round(rate))} {pace})"

    @property
    def _french(self) -> bool:
        return self._spoken == "fr"

    def _line(self) -> str:
        done = self._counts.total()
        filled = BAR * done // max(self._total, 1)
        seconds = time.monotonic() - self._begin
        left = seconds / done * (self._total - done) if done else 0.0
        remaining = "reste" if self._french else "left"
        bar = f"[{'=' * filled}{' ' * (BAR - filled)}]"
        return f"{bar} {self._number(done)}/{self._number(self._total)}  {self._told()}  {_clock(left)} {remaining}"

    def _told(self) -> str:
        words = [f"{self._number(self._counts['ok'])} {FINISHED['ok'][not self._french]}"]
        for status, (french, english) in ({"done": FINISHED["done"]} | OTHERS).items():
            if self._counts[status]:
                words.append(f"{self._number(self._counts[status])} {french if self._french else english}")
        return ", ".join(words)

    def _number(self, value: int) -> str:
        return f"{value:,}".replace(",", "\N{NO-BREAK SPACE}" if self._french else ",")


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
