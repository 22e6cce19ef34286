"""What ``paraphe sign`` and ``paraphe seal`` do: everything is looked at before anything is signed."""

import argparse
import glob
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, cast, runtime_checkable

from cryptography import x509
from cryptography.x509.oid import NameOID

from paraphe.cli.credentials import NotUsable, credential, secret, sources
from paraphe.cli.sign_words import sentence
from paraphe.cli.words import complain, language, shown
from paraphe.kernel.clock import SystemClock
from paraphe.kernel.errors import DomainError
from paraphe.pdf.bulk import FileOutcome, Sealer, seal_files
from paraphe.pdf.values import Box, Kind, SignatureSettings, SigningLevel
from paraphe.pki.ports import HashSigner

Pair = tuple[Path, Path]
STAMPERS = 4
"""Timestamps that are asked for at once over a network."""


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
        pairs = pairs_of(options)
        signer = credential(options)
        return _seal(pairs, Factory(options), signer, spoken)
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


def _seal(pairs: Sequence[Pair], factory: Factory, signer: HashSigner, spoken: str) -> int:
    options = factory.options
    sealer = factory.by(signer)
    level = level_of(options)
    code = 0
    for outcome in outcomes_of(pairs, factory if options.jobs > 1 else lambda: sealer, options):
        code = code if outcome.status == "ok" else 1
        _tell(outcome, level, spoken, as_json=options.json)
    return code


def outcomes_of(
    pairs: Sequence[Pair], factory: Callable[[], Sealer], options: argparse.Namespace
) -> Iterator[FileOutcome]:
    """Yield one outcome per pair, in order; an output that exists is refused before its input is signed."""
    taken = set() if options.overwrite else {target for _, target in pairs if target.exists()}
    made = seal_files(
        (pair for pair in pairs if pair[1] not in taken), factory, jobs=options.jobs, overwrite=options.overwrite
    )
    for source, target in pairs:
        if target in taken:
            yield FileOutcome(source, target, "refused", code="output_exists")
        else:
            yield next(made)


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


def pairs_of(options: argparse.Namespace) -> list[Pair]:
    """Return every input with its output. Raises NotUsable for what would lose or mix up a file."""
    inputs = [path for text in options.inputs for path in _inputs(text)]
    if not inputs:
        raise NotUsable(what="no_inputs")
    if options.out is not None:
        if len(inputs) > 1:
            raise NotUsable(what="out_is_one", count=len(inputs))
        pairs = [(inputs[0], options.out)]
    else:
        pairs = [(path, options.out_dir / path.name) for path in inputs]
        _make_folder(options.out_dir)
    _check_apart(pairs)
    return pairs


def _check_apart(pairs: Sequence[Pair]) -> None:
    sources = {source.resolve() for source, _ in pairs}
    targets: dict[Path, Path] = {}
    for source, target in pairs:
        real = target.resolve()
        if real in sources:
            raise NotUsable(what="output_is_input", file=str(target))
        if real in targets:
            raise NotUsable(what="same_output", file=str(target), first=str(targets[real]), second=str(source))
        targets[real] = source


def _inputs(text: str) -> list[Path]:
    path = Path(text)
    if path.is_dir():
        return sorted(one for one in path.iterdir() if one.suffix.lower() == ".pdf" and one.is_file())
    if not path.exists() and glob.has_magic(text):
        return sorted(Path(one) for one in glob.glob(text, recursive=True) if Path(one).is_file())
    return [path]


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotUsable(what="out_dir", file=str(folder), reason=error.strerror) from None


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


def _tell(outcome: FileOutcome, level: SigningLevel, spoken: str, *, as_json: bool) -> None:
    good = outcome.status == "ok"
    message = None if good else sentence(outcome.code, outcome.params, spoken)
    source, target = shown(outcome.source), shown(outcome.target)
    if as_json:
        line = {
            "input": source,
            "output": target if good else None,
            "status": outcome.status,
            "code": outcome.code or None,
            "message": message,
            "level": level if good else None,
        }
        print(json.dumps(line, ensure_ascii=False), flush=True)
    elif good:
        print(f"{source} → {target} ({level})", flush=True)
    else:
        print(f"{source}: {message}", file=sys.stderr, flush=True)
