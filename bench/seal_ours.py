"""One measurement of our engine in a process of its own, so that its memory is its own; prints one line of JSON.

seal_ours.py files LEVEL FOLDER PKI OUT     seals the files of FOLDER into OUT, as `paraphe seal` does with one job
seal_ours.py growth COUNT FOLDER PKI        seals COUNT items (the files again and again), keeps nothing
"""

import itertools
import json
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import common

from paraphe.cli import demo_pki
from paraphe.kernel.clock import SystemClock
from paraphe.pdf.bulk import Sealer, seal_files
from paraphe.pdf.values import SignatureSettings
from paraphe.pki import pkcs12

SETTINGS = SignatureSettings(kind="seal", signer_name="Cabinet Démonstration")


def sealer(pki: Path, level: str) -> Sealer:
    demo = demo_pki.load_demo(pki)
    signer = pkcs12.load((pki / "seal.p12").read_bytes())
    return Sealer(signer, level, SETTINGS, demo.timestamps, demo.revocation, demo.roots, SystemClock())


def files(made: Sealer, folder: Path, out: Path) -> int:
    pairs = ((path, out / path.name) for path in sorted(folder.iterdir()))
    outcomes = seal_files(pairs, lambda: made, durable=False, overwrite=True)
    return sum(found.status == "ok" for found in outcomes)


def growth(made: Sealer, count: int, folder: Path) -> int:
    paths = sorted(folder.iterdir())[:500]
    again: Iterator[Path] = itertools.islice(itertools.cycle(paths), count)
    return sum(found.tail is not None for found in made.seal(again))


def anonymous_mb() -> float:
    """Return what the process holds itself, pages of mapped files not counted, in megabytes."""
    line = next(one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("RssAnon"))
    return int(line.split()[1]) / 1024


class Watch(threading.Thread):
    """Looks twenty times a second how much memory is held."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most = 0.0

    def run(self) -> None:
        while True:
            self.most = max(self.most, anonymous_mb())
            time.sleep(0.05)


def main() -> None:
    what, given, folder, pki, *rest = sys.argv[1:]
    made = sealer(Path(pki), given if what == "files" else "B-B")
    assert all(one.tail for one in made.seal([common.stream_document(1, 60_000, 1)]))  # the first pays for imports
    watch = Watch()
    watch.start()
    cpu, wall = time.process_time(), time.monotonic()
    done = files(made, Path(folder), Path(rest[0])) if what == "files" else growth(made, int(given), Path(folder))
    spent = {"cpu": time.process_time() - cpu, "wall": time.monotonic() - wall}
    print(json.dumps({"documents": done, **spent, "peak": watch.most}))


if __name__ == "__main__":
    main()
