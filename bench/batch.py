"""A batch of payslips sealed through the page in a browser, two workers, one killed in the middle, all of it counted.

``python bench/batch.py --count 10000 --database postgres``: the whole house is started on free ports, Alice registers,
asks for the seal of her firm, brings the files, releases them with a code. While they are sealed the second worker is
killed by kill -9 and its pages are asked for once a second. Then everything is taken as a ZIP and looked at: every name
once, every input the beginning of its output, one signature each, every digest that of the manifest; a sample by
pdfsig, qpdf and pyHanko. On SQLite one worker seals. Results are appended to ``bench/results/batch.md``.
"""

import argparse
import contextlib
import csv
import hashlib
import io
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "src")]

import requests  # noqa: E402
from asn1crypto import pem  # noqa: E402
from asn1crypto import x509 as asn1_x509  # noqa: E402
from PIL import Image  # noqa: E402
from playwright.sync_api import Browser, sync_playwright  # noqa: E402
from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: E402
from pyhanko.sign.validation import validate_pdf_signature  # noqa: E402
from pyhanko_certvalidator import ValidationContext  # noqa: E402
from reportlab.lib.utils import ImageReader  # noqa: E402
from reportlab.pdfgen.canvas import Canvas  # noqa: E402

from tests.journeys.house import ROOT, House  # noqa: E402
from tests.journeys.visitor import Visitor  # noqa: E402
from tests.support.postgres import cluster  # noqa: E402

MOBILE = "+33612345678"
RESULTS = ROOT / "bench" / "results" / "batch.md"
LINES = (
    "Salaire de base",
    "Heures supplémentaires",
    "Sécurité sociale",
    "Assurance chômage",
    "Retraite",
    "CSG",
    "CRDS",
)


@dataclass
class Found:
    """What a run found."""

    count: int
    database: str
    level: str
    seconds: dict[str, float] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)
    samples: list[tuple[float, int]] = field(default_factory=list)
    killed_at: int = 0
    words: list[str] = field(default_factory=list)


def payslips(folder: Path, count: int) -> int:
    """Write payslips with a logo, a table and a name each; return their bytes.

    One is drawn, with its numbers in clear; in the others numbers of the same length stand in their places.
    """
    drawn, size = payslip(), 0
    for number in range(count):
        net = f"{1_200 + number % 3_000:05d},{number % 100:02d}".encode()
        data = drawn.replace(b"NR-00000", f"NR-{number:05d}".encode()).replace(b"00000,00", net)
        path = folder / f"service {number // 1000:02d}" / f"bulletin {number:05d}.pdf"
        path.parent.mkdir(exist_ok=True)
        size += path.write_bytes(data)
    return size


def payslip() -> bytes:
    """Return the payslip from which the others are made."""
    chance = random.Random(8)
    noise = Image.frombytes("RGB", (150, 100), chance.randbytes(45_000))
    target = io.BytesIO()
    canvas = Canvas(target, pageCompression=0, invariant=1)
    canvas.drawImage(ImageReader(noise), 40, 760, 75, 50)
    canvas.setFont("Helvetica-Bold", 15)
    canvas.drawString(130, 785, "Bulletin de paie, novembre 2026")
    canvas.setFont("Helvetica", 9)
    canvas.drawString(130, 768, "Salarie NR-00000, Cabinet Martin, net a payer 00000,00 EUR")
    for row, name in enumerate(LINES * 4):
        canvas.drawString(50, 720 - 20 * row, name)
        canvas.drawRightString(540, 720 - 20 * row, f"{chance.randrange(1_000, 300_000) / 100:.2f} EUR")
    canvas.showPage()
    canvas.save()
    return target.getvalue()


@contextlib.contextmanager
def running(database: str, workers: int) -> Iterator[tuple[House, "subprocess.Popen[bytes] | None"]]:
    """Run the whole house, and a second worker of the platform where there are two."""
    with contextlib.ExitStack() as stack:
        settings = {}
        if database == "postgres":
            settings["PARAPHE_PLATFORM_DATABASE_URL"] = stack.enter_context(cluster())
        house = House.new(**settings)
        stack.callback(shutil.rmtree, house.data, ignore_errors=True)
        house.start()
        stack.callback(house.stop)
        second = None
        if workers > 1:
            words = [sys.executable, "-m", "paraphe.cli", "worker", "platform"]
            with (house.data / "second.log").open("wb") as log:
                second = subprocess.Popen(words, env=house.environment, cwd=ROOT, stdout=log, stderr=log)
            stack.callback(_end, second)
        yield house, second


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.kill()
    process.wait()


def alice(house: House, browser: Browser, pictures: Path | None) -> Visitor:
    """Return Alice, registered, whose firm has a seal."""
    officer = Visitor(house, browser.new_context(locale="fr-FR").new_page())
    officer.is_officer()
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR")
    visitor = Visitor(house, context.new_page())
    visitor.page.set_default_timeout(120_000)
    visitor.registers("alice.martin", "Martin", MOBILE, officer)
    visitor.goes_to("/cachets/cachet/")
    visitor.presses("Demander le cachet")
    signed_at_trust(visitor)
    visitor.sees("Le cachet du cabinet est délivré")
    shoot(visitor, pictures, "seal")
    return visitor


def signed_at_trust(visitor: Visitor) -> None:
    """Read the deed at the trust site, sign it with the code, come back."""
    before = visitor.house.count_sms(MOBILE)
    visitor.presses("Continuer vers la signature")
    visitor.authorises(MOBILE, before)
    visitor.presses("Retourner sur Paraphe")


def shoot(visitor: Visitor, pictures: Path | None, name: str) -> None:
    """Keep what is seen, on a desk and on a telephone."""
    if pictures is None:
        return
    pictures.mkdir(parents=True, exist_ok=True)
    for width, height in ((1280, 900), (390, 844)):
        visitor.page.set_viewport_size({"width": width, "height": height})
        visitor.page.wait_for_timeout(300)
        visitor.page.screenshot(path=pictures / f"{name}-{width}.png", full_page=True)
    visitor.page.set_viewport_size({"width": 1280, "height": 900})


def brought(visitor: Visitor, folder: Path, found: Found, pictures: Path | None) -> str:
    """Begin a batch and bring the folder; return the address of the batch."""
    visitor.goes_to("/cachets/nouveau/")
    visitor.page.get_by_label("Titre du lot").fill("Paies de novembre")
    visitor.page.get_by_label("Objet").fill("Bulletins de paie de novembre 2026")
    visitor.page.get_by_label("Niveau").select_option(found.level)
    shoot(visitor, pictures, "new")
    visitor.presses("Continuer vers les fichiers")
    visitor.is_at("/cachets/lots/")
    address = visitor.page.url
    begin = time.monotonic()
    visitor.page.locator("[data-folder-input]").set_input_files(folder)
    visitor.page.wait_for_timeout(1500)
    shoot(visitor, pictures, "sending")
    visitor.page.get_by_text("Envoi terminé").wait_for(timeout=3_600_000)
    found.seconds["upload"] = time.monotonic() - begin
    button = visitor.page.get_by_role("button", name="Libérer le lot")
    while not button.is_enabled():
        visitor.page.wait_for_timeout(500)
    found.seconds["ready"] = time.monotonic() - begin
    shoot(visitor, pictures, "ready")
    return address


def sealed(
    visitor: Visitor, address: str, found: Found, second: "subprocess.Popen[bytes] | None", pictures: Path | None
) -> None:
    """Release the batch and wait until it is done; kill the second worker in the middle; ask for the page meanwhile."""
    visitor.presses("Libérer le lot")
    signed_at_trust(visitor)
    begin = time.monotonic()
    session = requests.Session()
    for cookie in visitor.page.context.cookies():
        session.cookies.set(cookie["name"], cookie["value"])
    stop = threading.Event()
    watcher = threading.Thread(target=_ask, args=(session, address, found, stop))
    watcher.start()
    try:
        while True:
            visitor.page.wait_for_timeout(2000)
            state = visitor.page.locator("#batch-state .badge").first.inner_text()
            shown = visitor.page.locator(".batch-numbers dd").first.inner_text().split("/")[0]
            number = int("".join(char for char in shown if char.isdecimal()) or 0)
            found.samples.append((time.monotonic() - begin, number))
            if pictures and number and "sealing-1280.png" not in os.listdir(pictures):
                shoot(visitor, pictures, "sealing")
            if second is not None and not found.killed_at and number >= found.count * 0.4:
                second.send_signal(signal.SIGKILL)
                found.killed_at = number
            if state in ("Terminé", "Arrêté"):
                break
            if time.monotonic() - begin > 7200:
                raise AssertionError(f"not done after two hours: {state}, {number}")
    finally:
        stop.set()
        watcher.join()
    found.seconds["sealed"] = time.monotonic() - begin
    shoot(visitor, pictures, "done")


def _ask(session: requests.Session, address: str, found: Found, stop: threading.Event) -> None:
    """Ask once a second for the page of the batch, the list and the state in turn."""
    root = address.split("/cachets/", maxsplit=1)[0]
    pages = (address, f"{root}/cachets/", f"{address}fichiers/")
    for turn in range(1_000_000):
        begin = time.monotonic()
        with contextlib.suppress(requests.RequestException):
            answer = session.get(pages[turn % 3], timeout=60)
            found.latencies.append(time.monotonic() - begin if answer.status_code == 200 else 60.0)
        if stop.wait(1.0):
            return


def checked(visitor: Visitor, address: str, folder: Path, found: Found, root: Path, sample: int) -> None:
    """Take everything and look at it with other programs. Raises AssertionError."""
    session = requests.Session()
    for cookie in visitor.page.context.cookies():
        session.cookies.set(cookie["name"], cookie["value"])
    target = Path(tempfile.mkstemp(suffix=".zip")[1])
    begin = time.monotonic()
    with session.get(f"{address}resultats.zip", stream=True, timeout=600) as answer, target.open("wb") as file:
        assert answer.status_code == 200, answer.status_code
        for piece in answer.iter_content(1 << 20):
            file.write(piece)
    found.seconds["download"] = time.monotonic() - begin
    with zipfile.ZipFile(target) as archive:
        names = [name for name in archive.namelist() if not name.startswith("bordereau.")]
        assert len(names) == len(set(names)) == found.count, (len(names), found.count)
        table = csv.DictReader(io.StringIO(archive.read("bordereau.csv").decode("utf-8-sig")), delimiter=";")
        lines = {line["file"]: line for line in table}
        assert len(lines) == found.count
        prefix = folder.name + "/"
        for name in names:
            _one(archive.read(name), (folder / name.removeprefix(prefix)).read_bytes(), lines[name])
        chosen = random.Random(1).sample(names, min(sample, len(names)))
        with tempfile.TemporaryDirectory() as place:
            for number, name in enumerate([*chosen, "bordereau.pdf"]):
                _judged(Path(place, f"{number}.pdf"), archive.read(name), root)
    target.unlink()
    found.words.append(
        f"{found.count} names, each once; every input is the beginning of its output; one signature in each; every "
        f"digest as in the manifest; {len(chosen)} and the manifest judged by qpdf, pdfsig and pyHanko"
    )


def _one(output: bytes, source: bytes, line: dict[str, str]) -> None:
    assert output.startswith(source)
    assert output.count(b"/SubFilter/ETSI.CAdES.detached") + output.count(b"/SubFilter /ETSI.CAdES.detached") == 1
    assert hashlib.sha256(source).hexdigest() == line["input_sha256"]
    assert hashlib.sha256(output).hexdigest() == line["output_sha256"]
    assert line["result"] == "sealed"


def _judged(path: Path, data: bytes, root: Path) -> None:
    path.write_bytes(data)
    subprocess.run(["qpdf", "--check", path], check=True, capture_output=True)
    told = subprocess.run(["pdfsig", "-nocert", path], check=True, capture_output=True, text=True).stdout
    assert "Signature is Valid" in told, told
    _kind, _headers, der = pem.unarmor(root.read_bytes())
    context = ValidationContext(trust_roots=[asn1_x509.Certificate.load(der)], allow_fetching=False)
    [signature] = PdfFileReader(io.BytesIO(data)).embedded_regular_signatures
    # Not in this thread: the browser's library has a loop here.
    with ThreadPoolExecutor(1) as pool:
        status = pool.submit(validate_pdf_signature, signature, context).result()
    assert status.bottom_line, status.pretty_print_details()


def written(found: Found, size: int, workers: int) -> str:
    """Return the lines of the results."""
    seal = found.seconds["sealed"]
    latencies = sorted(found.latencies) or [0.0]
    p95 = latencies[int(len(latencies) * 0.95)]
    middle = [one for one in found.samples if one[1]]
    halves = ""
    if len(middle) > 4:
        half = middle[len(middle) // 2]
        first = (half[1] - middle[0][1]) / max(half[0] - middle[0][0], 0.1)
        second = (middle[-1][1] - half[1]) / max(middle[-1][0] - half[0], 0.1)
        halves = f"| first half, second half of the time | {first:.1f}, {second:.1f} documents/s |\n"
    killed = f"second one killed (kill -9) after {found.killed_at}" if found.killed_at else "none killed"
    return (
        f"\n## {time.strftime('%Y-%m-%d %H:%M')} UTC: {found.count} payslips, {found.database}, {found.level}\n\n"
        "| what | |\n| --- | --- |\n"
        f"| files | {found.count}, {size / found.count / 1000:.0f} kB each |\n"
        f"| workers | {workers}, {killed} |\n"
        f"| sent by the browser | {found.seconds['upload']:.0f} s |\n"
        f"| sent and looked at | {found.seconds['ready']:.0f} s |\n"
        f"| released until done, manifest and all | {seal:.0f} s, {found.count / seal:.1f} documents/s |\n{halves}"
        f"| pages meanwhile ({len(latencies)} asked) | median {statistics.median(latencies) * 1000:.0f} ms, "
        f"p95 {p95 * 1000:.0f} ms, worst {latencies[-1] * 1000:.0f} ms |\n"
        f"| ZIP | {found.seconds['download']:.0f} s |\n"
        f"| counted | {'; '.join(found.words)} |\n"
        f"| machine | {os.cpu_count()} cores, load {os.getloadavg()[1]:.1f} (other work ran beside it) |\n"
    )


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--database", choices=["postgres", "sqlite"], default="postgres")
    parser.add_argument("--level", choices=["B-T", "B-LT", "B-LTA"], default="B-LT")
    parser.add_argument("--workers", type=int, default=0, help="2 on PostgreSQL, 1 on SQLite")
    parser.add_argument("--sample", type=int, default=200)
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--dry", action="store_true", help="write no results")
    options = parser.parse_args()
    workers = options.workers or (2 if options.database == "postgres" else 1)
    found = Found(options.count, options.database, options.level)
    with (
        tempfile.TemporaryDirectory(prefix="payslips-") as place,
        running(options.database, workers) as (house, second),
    ):
        folder = Path(place, "novembre")
        folder.mkdir()
        size = payslips(folder, options.count)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            visitor = alice(house, browser, options.pictures)
            address = brought(visitor, folder, found, options.pictures)
            sealed(visitor, address, found, second, options.pictures)
            checked(visitor, address, folder, found, house.data / "platform" / "trust-root.pem", options.sample)
            if options.pictures:
                visitor.goes_to("/cachets/")
                shoot(visitor, options.pictures, "list")
                visitor.page.goto(f"{address}remise/")
                shoot(visitor, options.pictures, "deliver")
                visitor.page.goto(f"{address}fichiers/")
                shoot(visitor, options.pictures, "files")
            browser.close()
    text = written(found, size, workers)
    sys.stdout.write(text)
    if not options.dry:
        with RESULTS.open("a", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    main()
