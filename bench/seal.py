"""bench/seal: how fast a batch of files is sealed here, by others, and at most; one run, same files, same authority.

CPU time per core. Ours is what `paraphe seal --jobs 1` does: files read, sealed, every output checked, written whole
under its own name, not synced; each level in a process of its own, whose memory is the peak. "At most" is what cannot
be left out: reading, hashing, one private-key operation, writing. Peers get a sample of the same files, in memory,
without writing them; pyHanko's time is the median of the documents, without those for which the library that it stands
on takes seconds. Nothing is asserted.
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import common
import sign
from common import HERE, Measure, measured, rows

LEVELS = ("B-B", "B-T", "B-LT", "B-LTA")
PATIENCE = 2.0
"""Seconds after which a document is left out of pyHanko's measure: encoding its token again and again took them."""
MODELS = 60
"""Documents with tables that are made one by one; the others are these with another comment in each."""


def write_corpus(folder: Path, count: int, low: int, high: int) -> int:
    """Write ``count`` documents of ``low`` to ``high`` bytes, half tables, half streams; return their bytes."""
    folder.mkdir()
    chance, total = random.Random(count), 0
    models: list[bytes] = []
    for number in range(count):
        if number % 2 and len(models) >= MODELS:
            data = varied(models[number // 2 % MODELS], chance.getrandbits(128))
        else:
            size = chance.randrange(low, high)
            maker = common.table_document if number % 2 else common.stream_document
            data = maker(number, size, chance.randrange(1, 9))
            models += [data] if number % 2 else []
        (folder / f"{number:06}.pdf").write_bytes(data)
        total += len(data)
    return total


def varied(model: bytes, number: int) -> bytes:
    """Return another document, as large as ``model`` and of the same kind: with a comment before its last words."""
    before, word, after = model.rpartition(b"startxref")
    return before + b"%%%032x\n" % number + word + after


def write_large(folder: Path, count: int, low: int, high: int) -> int:
    """Write ``count`` documents as scanners make them, of ``low`` to ``high`` bytes."""
    folder.mkdir()
    chance, total = random.Random(count), 0
    for number in range(count):
        data = common.stream_document(number, chance.randrange(low, high), 4)
        (folder / f"{number:06}.pdf").write_bytes(data)
        total += len(data)
    return total


def ours(*words: object) -> dict[str, float]:
    """Return what a process of ours measured of itself."""
    command = [sys.executable, "seal_ours.py", *map(str, words)]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def limit(world: sign.World, folder: Path, out: Path, *, written: bool) -> Measure:
    """Return the cost of reading, hashing, one signature and, if asked, writing, for every file of ``folder``."""
    count, cpu = 0, time.process_time()
    for path in sorted(folder.iterdir()):
        data = path.read_bytes()
        [value] = world.signer.sign_digests([hashlib.sha256(data).digest()])
        if written:
            with (out / path.name).open("wb") as file:
                file.write(data)
                file.write(value)
        count += 1
    return Measure(count, time.process_time() - cpu)


def emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def whole_corpus(world: sign.World, folder: Path, scratch: Path, name: str) -> str:
    """Return the table of one corpus."""
    out = scratch / "out"
    lines = [["files to new files", "documents/s and core", "of the limit", "wall, documents/s", "peak, MB"]]
    bound = limit(world, folder, emptied(out), written=True)
    key_only = limit(world, folder, out, written=False)
    lines.append(["read, hash, sign, write", f"{bound.rate:,.1f}", "100 %", "", ""])
    lines.append(["read, hash, sign", f"{key_only.rate:,.1f}", f"{100 * key_only.rate / bound.rate:.0f} %", "", ""])
    for level in LEVELS:
        found = ours("files", level, folder, world.folder, emptied(out))
        rate = found["documents"] / found["cpu"]
        lines.append([
            f"ours, {level}, checked", f"{rate:,.1f}", f"{100 * rate / bound.rate:.0f} %",
            f"{found['documents'] / found['wall']:,.1f}", f"{found['peak']:.0f}",
        ])  # fmt: skip
    emptied(out)
    return f"## {name}\n\n" + rows(lines)


def pyhanko(world: sign.World, documents: list[bytes], level: str, *, best: bool) -> Measure:
    """Return pyHanko's time: the median of the documents, of each the best of three."""
    times = []
    for data in documents:
        work = sign.pyhanko(world, [data], level, best=best)
        if _spent(work) < PATIENCE:
            times.append(min(_spent(work) for _ in range(3)))
    return Measure(1, statistics.median(times))


def _spent(work: Callable[[], int]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


def mutool(world: sign.World, folder: Path, scratch: Path) -> Measure | str:
    """Return MuPDF's time, a process per document, into a field that was made before."""
    from io import BytesIO

    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import SigFieldSpec, append_signature_field

    if shutil.which("mutool") is None:
        return "mutool is missing"
    prepared = []
    for path in sorted(folder.iterdir())[:20]:
        writer = IncrementalPdfFileWriter(BytesIO(path.read_bytes()))
        append_signature_field(writer, SigFieldSpec("Signature1"))
        field = writer.root["/AcroForm"]["/Fields"].raw_get(0).idnum
        target = scratch / f"field-{path.name}"
        with target.open("wb") as file:
            writer.write(file)
        prepared.append((target, field))
    out = scratch / "mutool.pdf"

    def work() -> int:
        done = 0
        for source, field in prepared:
            out.unlink(missing_ok=True)
            command = ["mutool", "sign", "-s", world.locked, "-P", "bench", "-o", out, source, str(field)]
            subprocess.run(command, capture_output=True, check=False)
            done += out.exists() and b"/ByteRange" in out.read_bytes()
        return done

    if not work():
        return "does not sign with this key"
    return measured(work, rounds=1)


def others(world: sign.World, folder: Path, scratch: Path, sample: int, size: str) -> Iterator[str]:
    """Yield tables of the other signers, on a sample of the files of ``folder``."""
    few = scratch / "sample"
    emptied(few)
    for path in sorted(folder.iterdir())[:sample]:
        shutil.copy(path, few)
    documents = [path.read_bytes() for path in sorted(few.iterdir())]
    python, nodes = common.peer_python(), common.node_modules()

    def peer(*command: str | Path) -> Measure | str:
        return sign.peer(*command)

    found: dict[str, Callable[[], Measure | str]] = {
        "pyHanko, best effort": lambda: pyhanko(world, documents, "B-B", best=True),
        "pyHanko, as its guide shows": lambda: pyhanko(world, documents, "B-B", best=False),
        "@libpdf/core": lambda: peer("node", "peers.mjs", "libpdf", few, world.locked, "bench") if nodes else "no npm",
        "@signpdf/signpdf": lambda: (
            peer("node", "peers.mjs", "signpdf", few, world.locked, "bench") if nodes else "no npm"
        ),
        "endesive": lambda: (
            peer(python, "peer_endesive.py", few, world.locked, "bench") if python else "no bench/.venv"
        ),
        "poppler pdfsig (a process each)": lambda: sign.pdfsig(world, few, scratch),
        "mutool sign (a process each)": lambda: mutool(world, few, scratch),
    }
    memory = measured(sign.ours(world, documents, "B-B", check=True))
    bare = measured(sign.ours(world, documents, "B-B", check=False))
    lines = [["B-B, in memory", "documents/s and core", "ours, checked", "ours, not checked"]]
    lines.append(["ours", f"{memory.rate:,.0f}", "1.0", f"{bare.rate / memory.rate:.1f}"])
    bound = measured(sign.limit(world, documents))
    lines.append([
        "hash, signature and copy alone", f"{bound.rate:,.0f}", f"{memory.rate / bound.rate:.2f}",
        f"{bare.rate / bound.rate:.2f}",
    ])  # fmt: skip
    for name, ask in found.items():
        one = ask()
        if isinstance(one, str):
            lines.append([name, one, "", ""])
        else:
            lines.append([
                name, f"{one.rate:,.1f}", f"{memory.rate / one.rate:.0f} times", f"{bare.rate / one.rate:.0f} times",
            ])  # fmt: skip
    yield f"## Beside others, {len(documents)} files of {size}, B-B\n\n" + rows(lines)
    lines = [["in memory, authority in the same process", "ours, checked", "pyHanko, best effort", "ratio"]]
    for level in LEVELS[1:]:
        fast = measured(sign.ours(world, documents, level, check=True), rounds=2)
        best = pyhanko(world, documents[: max(sample // 6, 4)], level, best=True)
        lines.append([level, f"{fast.rate:,.0f}", f"{best.rate:,.1f}", f"{fast.rate / best.rate:.1f} times"])
    stamp = measured(lambda: sum(bool(world.demo.timestamps.timestamp(bytes(32))) for _ in range(100)))
    lines.append(["(the authority alone, tokens/s)", f"{stamp.rate:,.0f}", "", ""])
    yield "### With timestamps, the same files\n\n" + rows(lines)


def growth(world: sign.World, folder: Path, most: int) -> str:
    counts = [count for count in (100, 1_000, 10_000, 100_000) if count <= most]
    lines = [["items in one batch (B-B, nothing written)", "CPU per item, µs", "peak, MB"]]
    times = []
    for count in counts:
        found = ours("growth", count, folder, world.folder)
        times.append(found["cpu"] / found["documents"] * 1e6)
        lines.append([f"{count:,}", f"{times[-1]:,.0f}", f"{found['peak']:.0f}"])
    steps = ", ".join(f"{after / before:.2f}" for before, after in pairwise(times))
    return "## Growth\n\n" + rows(lines) + f"\n\nFrom one to the next: {steps}."


def huge(world: sign.World, scratch: Path, size: int) -> str:
    """Return how one file of ``size`` bytes is sealed: it is read where it lies, never as a whole."""
    folder = scratch / "huge"
    emptied(folder)
    target = folder / "one.pdf"
    with target.open("wb") as file:
        _write_huge(file, size)
    begin = time.process_time()
    state = hashlib.sha256()
    with target.open("rb") as file:
        while piece := file.read(1 << 20):
            state.update(piece)
    hashing = time.process_time() - begin
    found = ours("files", "B-LT", folder, world.folder, emptied(scratch / "out"))
    shutil.rmtree(folder)
    emptied(scratch / "out")
    return (
        f"## One file of {size / 1e9:.1f} GB, B-LT\n\n{found['cpu']:.1f} s of CPU, of which hashing it once takes "
        f"{hashing:.1f} s; peak {found['peak']:.0f} MB held, pages of the mapped file not counted."
    )


def _write_huge(file: object, size: int) -> None:
    """Write one document with a stream of ``size`` bytes, without holding it."""
    write = file.write  # type: ignore[attr-defined]
    places, at = {}, 0

    def put(data: bytes) -> None:
        nonlocal at
        write(data)
        at += len(data)

    put(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    bodies = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>/Contents 5 0 R>>",
        5: b"<</Length 0>>\nstream\n\nendstream",
    }
    for number, body in bodies.items():
        places[number] = at
        put(b"%d 0 obj\n%b\nendobj\n" % (number, body))
    places[4] = at
    put(b"4 0 obj\n<</Length %d>>\nstream\n" % size)
    piece = random.Random(4).randbytes(1 << 20)
    for _ in range(size >> 20):
        put(piece)
    put(piece[: size & ((1 << 20) - 1)])
    put(b"\nendstream\nendobj\n")
    start = at
    put(b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % places[number] for number in range(1, 6)))
    put(b"trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=10_000, help="files of 60 to 500 kB")
    parser.add_argument("--large", type=int, default=20, help="files of 50 to 200 MB")
    parser.add_argument("--growth", type=int, default=100_000, help="items of the largest batch")
    parser.add_argument("--huge", type=int, default=2_000_000_000, help="bytes of one very large file; 0 for none")
    parser.add_argument("--sample", type=int, default=60, help="files that the other signers get")
    parser.add_argument("--algorithm", default="P-256")
    parser.add_argument("--short", action="store_true", help="a run of two minutes: 300 files, 2 large, 3,000 items")
    parser.add_argument("--out", type=Path, default=HERE / "results" / "seal.md")
    parser.add_argument("--tmp", type=Path, help="where files are written; the default is the system's")
    options = parser.parse_args()
    if options.short:
        options.documents, options.large, options.growth, options.huge, options.sample = 300, 2, 3_000, 0, 16
    head = f"# bench/seal\n\n{__doc__.partition(chr(10) * 2)[2].strip()}\n\n"
    load = os.getloadavg()[0]
    text = [
        head + f"{time.strftime('%Y-%m-%d')}. {common.machine()}. {options.algorithm}. Load at the start: {load:.1f}."
    ]
    with tempfile.TemporaryDirectory(dir=options.tmp, prefix="bench-seal-") as place:
        run(options, Path(place), text)


def run(options: argparse.Namespace, scratch: Path, text: list[str]) -> None:
    def told(part: str) -> None:
        text.append(part)
        print(part + "\n", flush=True)
        sign.save(options.out, text)

    world = sign.World(scratch, options.algorithm)
    many = scratch / "many"
    total = write_corpus(many, options.documents, 60_000, 500_000)
    name = f"{options.documents:,} files of 60 to 500 kB (mean {total // options.documents // 1000} kB)"
    told(whole_corpus(world, many, scratch, name))
    same = scratch / "same"
    write_corpus(same, options.sample, 100_000, 100_001)
    for folder, size in ((same, "100 kB"), (many, "60 to 500 kB")):
        for part in others(world, folder, scratch, options.sample, size):
            told(part)
    told(growth(world, many, options.growth))
    shutil.rmtree(many)
    if options.large:
        large = scratch / "large"
        total = write_large(large, options.large, 50_000_000, 200_000_000)
        mean = total // options.large // 1_000_000
        told(whole_corpus(world, large, scratch, f"{options.large} files of 50 to 200 MB (mean {mean} MB)"))
        shutil.rmtree(large)
    if options.huge:
        told(huge(world, scratch, options.huge))


if __name__ == "__main__":
    sys.exit(main())
