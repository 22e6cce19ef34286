"""What the benchmarks share: corpora from seeds, CPU time, the machine, tables, an environment for peers."""

import platform
import random
import resource
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
VECTORS = ROOT / "tests" / "vectors" / "pdf"
sys.path[:0] = [str(ROOT / "src")]


@dataclass(frozen=True)
class Measure:
    """CPU seconds for a number of documents; the best of several rounds."""

    documents: int
    cpu: float

    @property
    def rate(self) -> float:
        """Return documents per second and core."""
        return self.documents / self.cpu


def measured(work: Callable[[], int], rounds: int = 3) -> Measure:
    """Run ``work``, which returns how many documents it did, and return the best round after one to warm up."""
    best: Measure | None = None
    work()
    for _ in range(rounds):
        begin = _cpu()
        documents = work()
        found = Measure(documents, _cpu() - begin)
        best = found if best is None or found.rate > best.rate else best
    assert best is not None
    return best


def _cpu() -> float:
    """Return CPU seconds of this process and of those that it waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def peak_mb() -> float:
    """Return the largest resident size of this process so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def table_document(seed: int, size: int, pages: int) -> bytes:
    """Return a document of about ``size`` bytes as reportlab writes it: text, and a picture that cannot be packed."""
    from PIL import Image
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    chance = random.Random(seed)
    target = BytesIO()
    canvas = Canvas(target, pageCompression=1, invariant=1)
    side = max(8, int((max(size - 2500 * pages, 3000) / 3 / 1.25) ** 0.5))  # ASCII 85 adds a quarter
    picture = Image.frombytes("RGB", (side, side), chance.randbytes(side * side * 3))
    for page in range(pages):
        for line in range(50):
            canvas.drawString(50, 800 - 14 * line, " ".join(f"{chance.random():.6f}" for _ in range(6)))
        if page == 0:
            canvas.drawImage(ImageReader(picture), 300, 100, 200, 200)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def stream_document(seed: int, size: int, pages: int) -> bytes:
    """Return a document of about ``size`` bytes with object streams and a cross-reference stream (PDF 1.5)."""
    chance = random.Random(seed)
    objects = {1: b"<</Type/Catalog/Pages 2 0 R/Lang(fr)>>"}
    kids = range(3, 3 + pages)
    objects[2] = b"<</Type/Pages/Kids[%b]/Count %d>>" % (b" ".join(b"%d 0 R" % kid for kid in kids), pages)
    content, holder, index = 3 + pages, 4 + pages, 5 + pages
    for kid in kids:
        objects[kid] = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>/Contents %d 0 R>>" % content
    data = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    places = {0: (0, 0, 255), content: (1, len(data), 0)}
    noise = b"%" + chance.randbytes(size).replace(b"\n", b" ").replace(b"\r", b" ") + b"\n"
    data += b"%d 0 obj\n<</Length %d>>\nstream\n%b\nendstream\nendobj\n" % (content, len(noise), noise)
    header = bodies = b""
    for row, (number, body) in enumerate(objects.items()):
        header += b"%d %d " % (number, len(bodies))
        bodies += body + b"\n"
        places[number] = (2, holder, row)
    packed = zlib.compress(header + bodies)
    places[holder] = (1, len(data), 0)
    data += b"%d 0 obj\n<</Type/ObjStm/N %d/First %d" % (holder, len(objects), len(header))
    data += b"/Filter/FlateDecode/Length %d>>\nstream\n%b\nendstream\nendobj\n" % (len(packed), packed)
    places[index] = (1, len(data), 0)
    rows = b"".join(
        bytes((a,)) + b.to_bytes(4, "big") + c.to_bytes(2, "big") for _, (a, b, c) in sorted(places.items())
    )
    packed, start = zlib.compress(rows), len(data)
    data += b"%d 0 obj\n<</Type/XRef/Size %d/W[1 4 2]/Root 1 0 R" % (index, index + 1)
    data += b"/Filter/FlateDecode/Length %d>>\nstream\n%b\nendstream\nendobj\n" % (len(packed), packed)
    data += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(data)


def corpus(count: int, low: int, high: int) -> list[bytes]:
    """Return ``count`` documents of ``low`` to ``high`` bytes, half with tables and half with streams."""
    chance = random.Random(count)
    makers = (table_document, stream_document)
    found = []
    for seed in range(count):
        size = low if low == high else chance.randrange(low, high)
        found.append(makers[seed % 2](seed, size, 2 if low == high else chance.randrange(1, 9)))
    return found


def machine() -> str:
    """Return what the figures depend on; no name of a host."""
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    cores = subprocess.run(["nproc"], capture_output=True, text=True, check=False).stdout.strip()
    from cryptography.hazmat.backends.openssl import backend

    return (
        f"{model}, {cores} cores (shared), {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, {backend.openssl_version_text()}"
    )


def rows(lines: Iterable[Sequence[str]]) -> str:
    """Return a table of Markdown; the first line is its head."""
    head, *rest = [list(line) for line in lines]
    text = ["| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1)]
    return "\n".join([*text, *("| " + " | ".join(line) + " |" for line in rest)])


def peer_python() -> Path | None:
    """Return the interpreter of bench/.venv with what requirements.txt names, made when missing; None without it."""
    python = HERE / ".venv" / "bin" / "python"
    if not python.exists():
        for command in (
            [sys.executable, "-m", "venv", HERE / ".venv"],
            [python, "-m", "pip", "install", "-q", "-r", HERE / "requirements.txt"],
        ):
            if subprocess.run(command, check=False).returncode:
                return None
    return python


def node_modules() -> bool:
    """Tell whether the signers of the npm registry are in bench/node_modules; tries to put them there."""
    if not (HERE / "node_modules").exists():
        try:
            subprocess.run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=HERE, check=False)
        except OSError:
            return False
    return (HERE / "node_modules").exists()
