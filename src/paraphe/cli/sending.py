"""``paraphe seal --platform``: files go into a batch of a running platform, a person releases it, results come back."""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from paraphe.cli.credentials import NotUsable
from paraphe.cli.gathering import gathered, make_folder
from paraphe.cli.progress import Progress
from paraphe.cli.remote import Platform, RemoteAway, RemoteFile, RemoteRefused, token_of
from paraphe.cli.sign_words import sentence
from paraphe.cli.words import complain, language, shown
from paraphe.kernel.errors import DomainError

LOOKS = 5.0
"""Seconds between two looks at a batch that waits."""
ENDED = ("done", "cancelled")


def run(options: argparse.Namespace, sleep: Callable[[float], None] = time.sleep) -> int:
    """Bring the files, wait and fetch what ``options`` ask for; exit code 0 all, 1 some not, 2 usage or environment."""
    spoken = options.language = language(options.language)
    try:
        if options.token_file is None:
            raise NotUsable(what="token_missing")
        platform = Platform(options.platform, token_of(options.token_file), sleep=sleep)
        return Errand(platform, options, spoken, sleep).run()
    except RemoteRefused as error:
        complain(refusal(error, spoken))
    except DomainError as error:
        complain(sentence(str(error.params.get("what", error.code)), error.params, spoken))
    return 2


def refusal(error: RemoteRefused, spoken: str) -> str:
    """Return why a platform refuses, in words where its code is known here."""
    code = str(error.params["code"])
    found = sentence(code, error.params, spoken)
    return sentence("remote_refused", {**error.params, "code": code}, spoken) if found == code else found


class Errand:
    """One batch on its way there and back."""

    def __init__(
        self, platform: Platform, options: argparse.Namespace, spoken: str, sleep: Callable[[float], None]
    ) -> None:
        self._platform, self._options, self._spoken, self._sleep = platform, options, spoken, sleep
        self._code = 0

    def run(self) -> int:
        """Do it."""
        inputs = gathered(self._options) if self._options.inputs else []
        batch = self._options.batch or self._begin(inputs)
        self._bring(batch, inputs)
        found = self._platform.show(batch)
        folder = self._options.out or self._options.out_dir
        self._say("batch", batch=found["id"], page=found["page"], state=found["state"])
        if folder is not None:
            make_folder(folder)
            self._fetch(batch, self._wait(batch), folder)
        return self._code

    def _begin(self, inputs: list[tuple[Path, Path]]) -> str:
        if not inputs:
            raise NotUsable(what="no_inputs")
        options = self._options
        title = options.title or f"{inputs[0][0].absolute().parent.name or 'Paraphe'}"[:120]
        return str(self._platform.begin(title, options.purpose or title, options.level)["id"])

    def _bring(self, batch: str, inputs: list[tuple[Path, Path]]) -> None:
        progress = Progress(len(inputs), self._spoken, shown=self._drawn(len(inputs)))
        for source, relative in inputs:
            try:
                self._platform.put(batch, relative.as_posix(), source)
            except RemoteRefused as error:
                self._failed(source, refusal(error, self._spoken), error.params["code"], progress)
            except OSError as error:
                words = sentence("source_unreadable", {"reason": error.strerror}, self._spoken)
                self._failed(source, words, "source_unreadable", progress)
            else:
                progress.count("ok")
        progress.clear()

    def _wait(self, batch: str) -> dict[str, Any]:
        """Return the batch once it has ended. A person releases it, which may take days: Ctrl-C loses nothing."""
        told = ""
        while True:
            found = self._platform.show(batch)
            state = f"{found['state']} {found['problem']}".strip()
            if state != told:
                told = state
                self._say("state", batch=batch, state=found["state"], problem=found["problem"] or None)
            if found["state"] in ENDED:
                return found
            self._sleep(LOOKS)

    def _fetch(self, batch: str, found: dict[str, Any], folder: Path) -> None:
        progress = Progress(int(found["sealed"]), self._spoken, shown=self._drawn(int(found["sealed"])))
        for one in self._platform.files(batch):
            if one.state == "sealed":
                self._one(batch, one, folder, progress)
            else:
                self._code = 1
                words = sentence(one.code or one.state, {}, self._spoken)
                self._line(one.path, None, "refused" if one.state == "refused" else "error", one.code, words)
        progress.clear()
        if progress.shown:
            print(progress.summary(), file=sys.stderr, flush=True)

    def _one(self, batch: str, one: RemoteFile, folder: Path, progress: Progress) -> None:
        target = folder / one.path
        try:
            if not target.resolve().is_relative_to(folder.resolve()):
                raise RemoteAway(reason="a path that leads elsewhere")
            make_folder(target.parent)
            self._platform.fetch(batch, one, target)
        except FileExistsError:
            words = sentence("output_exists" if not self._options.resume else "done_before", {}, self._spoken)
            self._code = self._code if self._options.resume else 1
            self._line(one.path, target, "done" if self._options.resume else "refused", "output_exists", words)
            progress.count("done")
        except OSError as error:
            words = sentence("output_failed", {"reason": error.strerror}, self._spoken)
            self._failed(Path(one.path), words, "output_failed", progress)
        else:
            self._line(one.path, target, "ok", "", "")
            progress.count("ok")

    def _failed(self, source: Path, words: str, code: object, progress: Progress) -> None:
        self._code = 1
        progress.clear()
        self._line(shown(source), None, "refused", str(code), words)
        progress.count("refused")

    def _line(self, source: str, target: Path | None, status: str, code: str, words: str) -> None:
        if self._options.json:
            line = {
                "input": source, "output": shown(target) if target else None, "status": status, "code": code or None,
                "message": words or None, "level": None,
            }  # fmt: skip
            print(json.dumps(line, ensure_ascii=False), flush=True)
        elif status == "ok" and not self._drawn(2):
            print(f"{source} → {shown(target) if target else ''}", flush=True)
        elif status not in ("ok", "done"):
            print(f"{source}: {words}", file=sys.stderr, flush=True)

    def _say(self, word: str, **told: object) -> None:
        if self._options.json:
            print(json.dumps({"event": word, **told}, ensure_ascii=False), flush=True)
        else:
            print(sentence(f"remote_{word}", told, self._spoken), file=sys.stderr, flush=True)

    def _drawn(self, total: int) -> bool:
        return total > 1 and sys.stderr.isatty() and not (self._options.json and sys.stdout.isatty())
