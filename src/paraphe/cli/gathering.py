"""Which files are sealed into which: folders kept, names kept, nothing lost or mixed up, what is done left alone."""

import argparse
import glob
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from paraphe.cli.credentials import NotUsable, secret
from paraphe.kernel.errors import DomainError
from paraphe.pdf.bulk import FileOutcome

Pair = tuple[Path, Path]
_UNSAFE = re.compile(r"[^\w .,()+-]")
_COMPARED = 1 << 20
LONGEST_LABEL = 60


@dataclass(frozen=True)
class Plan:
    """What is to be done. ``origins``: what people know a source by, where it is a part of a document of theirs."""

    pairs: list[Pair]
    origins: dict[Path, str] = field(default_factory=dict)
    refused: list[FileOutcome] = field(default_factory=list)
    """Documents that could not be split."""


def plan(options: argparse.Namespace, scratch: Path) -> Plan:
    """Return every input with its output. Raises NotUsable for what would lose or mix up a file.

    Parts of documents that are to be split are put into ``scratch``.
    """
    inputs = gathered(options)
    if not inputs:
        raise NotUsable(what="no_inputs")
    folder = _folder(options, inputs)
    if folder is None:
        found = Plan([(inputs[0][0], options.out)])
    elif _splits(options):
        found = _parts(options, inputs, folder, scratch)
    else:
        found = Plan([(path, folder / relative) for path, relative in inputs])
    if folder is not None:
        for place in {folder, *(target.parent for _, target in found.pairs)}:
            make_folder(place)
    _check_apart(found.pairs)
    return found


def gathered(options: argparse.Namespace) -> list[tuple[Path, Path]]:
    """Return every file that was named, with its place below the folder of the outputs."""
    out = options.out_dir or options.out
    return [one for text in options.inputs for one in _inputs(text, out)]


def done_before(source: Path, target: Path) -> bool:
    """Tell whether ``target`` is ``source`` with a signature behind it: what an earlier run finished."""
    try:
        length = source.stat().st_size
        with source.open("rb") as before, target.open("rb") as after:
            while piece := before.read(_COMPARED):
                if after.read(len(piece)) != piece:
                    return False
            return after.tell() == length and b"/ByteRange" in after.read()
    except OSError:
        return False


def _folder(options: argparse.Namespace, inputs: Sequence[tuple[Path, Path]]) -> Path | None:
    """Return the folder of the outputs; None where ``--out`` names the one output."""
    if options.out_dir is not None:
        return Path(options.out_dir)
    out: Path = options.out
    many = len(inputs) > 1 or _splits(options) or any(Path(text).is_dir() for text in options.inputs)
    if out.is_dir() or (many and out.suffix.lower() != ".pdf"):
        return out
    if len(inputs) > 1 or _splits(options):
        raise NotUsable(what="out_is_one", count=len(inputs))
    return None


def _inputs(text: str, out: Path | None) -> Iterator[tuple[Path, Path]]:
    """Yield every file that ``text`` names, and where it lies below the folder of the outputs."""
    path = Path(text)
    if path.is_dir():
        ours = out.resolve() if out is not None else None
        for one in sorted(path.rglob("*")):
            relative = one.relative_to(path)
            hidden = any(part.startswith(".") for part in relative.parts)
            # What an earlier run put below the folder that is read is not sealed again.
            inside = ours is not None and ours != path.resolve() and one.resolve().is_relative_to(ours)
            if one.suffix.lower() == ".pdf" and one.is_file() and not hidden and not inside:
                yield one, relative
    elif not path.exists() and glob.has_magic(text):
        for name in sorted(glob.glob(text, recursive=True)):
            if Path(name).is_file():
                yield Path(name), Path(Path(name).name)
    else:
        yield path, Path(path.name)


def _splits(options: argparse.Namespace) -> bool:
    return options.split_every is not None or options.split_at is not None


def _parts(options: argparse.Namespace, inputs: Sequence[tuple[Path, Path]], folder: Path, scratch: Path) -> Plan:
    """Split every document, its parts in a folder of its name. One that cannot be split costs only itself."""
    from paraphe.pdf.split import AtText, EveryPages, Rule, parts, split

    password = secret(options.password_env) if options.password_env else None
    rule: Rule = (
        EveryPages(options.split_every)
        if options.split_every is not None
        else AtText(options.split_at, options.split_label)
    )
    found = Plan([])
    for number, (path, relative) in enumerate(inputs):
        here, there = scratch / str(number), folder / relative.with_suffix("")
        here.mkdir()
        try:
            wanted = parts(path, rule, password=password)
            names = _names([one.label for one in wanted])
            for name, part, document in zip(names, wanted, split(path, wanted, password=password), strict=True):
                (here / name).write_bytes(document)
                found.pairs.append((here / name, there / name))
                last = part.first + part.count
                found.origins[here / name] = f"{path} ({part.first + 1}-{last})"
        except DomainError as error:
            found.refused.append(FileOutcome(path, there, "refused", code=error.code))
        except OSError as error:
            raise NotUsable(what="out_dir", file=str(scratch), reason=error.strerror) from None
    return found


def _names(labels: Sequence[str]) -> list[str]:
    """Return a name per part: its number, so that none comes twice, and what was read in it."""
    width = len(str(len(labels)))
    clean = [_UNSAFE.sub("_", label)[:LONGEST_LABEL].strip(" .") for label in labels]
    return [f"{number:0{width}}{f' {label}' if label else ''}.pdf" for number, label in enumerate(clean, start=1)]


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


def make_folder(folder: Path) -> None:
    """Make a folder and those above it. Raises NotUsable."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotUsable(what="out_dir", file=str(folder), reason=error.strerror) from None


def scratch_folder() -> "TemporaryDirectory[str]":
    """Return a folder for parts that only this user may read, removed at the end."""
    return TemporaryDirectory(prefix="paraphe-parts-")
