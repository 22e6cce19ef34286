"""What ``paraphe sign`` and ``paraphe seal`` do: everything is looked at before anything is signed."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Protocol, cast, runtime_checkable

from cryptography import x509
from cryptography.x509.oid import NameOID

from paraphe.cli.credentials import NotUsable, credential, secret, sources
from paraphe.cli.gathering import Pair, Plan, done_before, plan, scratch_folder
from paraphe.cli.progress import Progress
from paraphe.cli.sign_words import sentence
from paraphe.cli.words import complain, language, shown
from paraphe.kernel.clock import SystemClock
from paraphe.kernel.errors import DomainError
from paraphe.pdf.bulk import FileOutcome, Sealer, seal_files
from paraphe.pdf.values import Box, Kind, SignatureSettings, SigningLevel
from paraphe.pki.ports import HashSigner

STAMPERS = 4
"""Timestamps that are asked for at once over a network."""
DONE_BEFORE = "done_before"


@dataclass(frozen=True)
class Factory:
    """Makes a sealer from what was said on the command line, in this process or another."""

    options: argparse.Namespace

    def __call__(self) -> Sealer:
        """Return a sealer with a key of its own. Raises NotUsable and what opening the key raises."""
        return self.by(credential(self.options))

    def by(self, signer: HashSigner) -> Sealer:
        """Return a sealer by ``signer``. Raises NotUsable."""
        options = self.options
        level = level_of(options)
        timestamps, revocation, roots = sources(options, signer)
        return Sealer(
            signer,
            level,
            settings_of(options, signer),
            timestamps if level != "B-B" else None,
            revocation if level in ("B-LT", "B-LTA") else None,
            roots,
            SystemClock(),
            stampers=1 if (options.tsa or "").startswith("demo:") else STAMPERS,
        )


def run(options: argparse.Namespace) -> int:
    """Sign or seal the files and return the exit code: 0 all done, 1 some were not, 2 usage or environment."""
    spoken = options.language = language(options.language)
    signer: HashSigner | None = None
    try:
        if options.p12 is None and options.pkcs11 is None:
            raise NotUsable(what="key_missing")
        if options.out is None and options.out_dir is None:
            raise NotUsable(what="out_missing")
        with scratch_folder() as scratch:
            found = plan(options, Path(scratch))
            signer = credential(options)
            return _seal(found, Factory(options), signer, spoken)
    except DomainError as error:
        complain(sentence(str(error.params.get("what", error.code)), error.params, spoken))
        return 2
    finally:
        if isinstance(signer, Closing):
            signer.close()


@runtime_checkable
class Closing(Protocol):
    """A signer that holds something open, such as the session of a token."""

    def close(self) -> None:
        """Let go of it."""
        ...


def _seal(found: Plan, factory: Factory, signer: HashSigner, spoken: str) -> int:
    options = factory.options
    sealer = factory.by(signer)
    total = len(found.pairs) + len(found.refused)
    telling = Telling(level_of(options), spoken, total, as_json=options.json, origins=found.origins)
    made = outcomes_of(found.pairs, factory if options.jobs > 1 else lambda: sealer, options)
    for outcome in chain(found.refused, made):
        telling.tell(outcome)
    telling.end()
    return telling.code


def outcomes_of(
    pairs: Sequence[Pair], factory: Callable[[], Sealer], options: argparse.Namespace
) -> Iterator[FileOutcome]:
    """Yield one outcome per pair, in order; an output that exists is refused before its input is signed.

    With ``--resume``, one that an earlier run finished is told as such instead.
    """
    taken = set() if options.overwrite else {target for _, target in pairs if target.exists()}
    made = seal_files(
        (pair for pair in pairs if pair[1] not in taken), factory, jobs=options.jobs, overwrite=options.overwrite
    )
    for source, target in pairs:
        if target not in taken:
            yield next(made)
        elif options.resume and done_before(source, target):
            yield FileOutcome(source, target, "ok", code=DONE_BEFORE)
        else:
            yield FileOutcome(source, target, "refused", code="output_exists")


def level_of(options: argparse.Namespace) -> SigningLevel:
    """Return the level that was asked for: B-T with a time-stamping authority, else B-B, when none was."""
    return cast(SigningLevel, options.level or ("B-T" if options.tsa else "B-B"))


def settings_of(options: argparse.Namespace, signer: HashSigner) -> SignatureSettings:
    """Return the settings of every signature. Raises NotUsable for images and variables that are not there."""
    box = None
    if options.visible is not None:
        page, x, y, width, height = options.visible
        box = Box(page - 1, x, y, width, height)
    return SignatureSettings(
        box=box,
        signer_name=options.name or _common_name(signer.certificate),
        firm=options.firm,
        role=options.role,
        signed_at=datetime.now(UTC).astimezone(),
        language=options.language,
        reason=options.reason,
        field_name=options.field,
        kind=cast(Kind, options.kind),
        logo=_image(options.logo),
        handwriting=_image(options.image),
        certify=options.certify,
        password=secret(options.password_env) if options.password_env else None,
    )


def _image(path: Path | None) -> bytes | None:
    if path is None:
        return None
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotUsable(what="file", file=str(path), reason=error.strerror) from None


def _common_name(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else ""


class Telling:
    """Says what became of each file: lines for people or for programs, a bar and a summary on a terminal."""

    def __init__(
        self, level: SigningLevel, spoken: str, total: int, *, as_json: bool, origins: Mapping[Path, str]
    ) -> None:
        self._level, self._spoken, self._as_json, self._origins = level, spoken, as_json, origins
        self._many = total > 1
        # On one terminal, lines that scroll and a bar do not go together: what went well is then only counted.
        self._lines = not (self._many and sys.stdout.isatty()) or as_json
        drawn = self._many and sys.stderr.isatty() and not (as_json and sys.stdout.isatty())
        self._progress = Progress(total, spoken, shown=drawn)
        self.code = 0

    def tell(self, outcome: FileOutcome) -> None:
        """Tell one outcome."""
        before = outcome.code == DONE_BEFORE
        good = outcome.status == "ok" and not before
        self.code = self.code if good or before else 1
        message = None if good else sentence(outcome.code, outcome.params, self._spoken)
        source, target = self._origins.get(outcome.source) or shown(outcome.source), shown(outcome.target)
        status = "done" if before else outcome.status
        if self._as_json:
            line = {
                "input": source,
                "output": target if good or before else None,
                "status": status,
                "code": outcome.code or None,
                "message": message,
                "level": self._level if good else None,
            }
            print(json.dumps(line, ensure_ascii=False), flush=True)
        elif good and self._lines:
            print(f"{source} → {target} ({self._level})", flush=True)
        elif not good and not before:
            self._progress.clear()
            print(f"{source}: {message}", file=sys.stderr, flush=True)
        self._progress.count(status)

    def end(self) -> None:
        """Take the bar away and sum up, where there is something to sum up for people."""
        self._progress.clear()
        if self._many and not self._as_json:
            print(self._progress.summary(), file=sys.stderr, flush=True)
