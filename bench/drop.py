"""5,000 files dropped at once on the page of the documents, in a browser, against the whole house.

``python bench/drop.py --count 5000 --database sqlite``: the house is started on free ports, Alice registers, opens
``/espace/documents/`` and drops the files: all at once, from the system's side of the browser, as a file manager does
(``--folder``: as one folder with folders in it). One of them is no PDF and says it is, one is no PDF at all. When a
third is here the network is cut for eight seconds. The page is watched meanwhile (longest time in which it did
nothing for its reader, memory), and the server (memory, answers to somebody else's page). At the end the list is read
from its first page to its last: every title once, none missing. Results are appended to ``bench/results/drop.md``.
"""

import argparse
import collections
import html
import os
import re
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "src"), str(Path(__file__).parent)]

import requests  # noqa: E402
from batch import payslips, running  # noqa: E402
from playwright.sync_api import Browser, CDPSession, sync_playwright  # noqa: E402

from tests.journeys.house import ROOT, House  # noqa: E402
from tests.journeys.visitor import Visitor  # noqa: E402

MOBILE = "+33612345678"
RESULTS = ROOT / "bench" / "results" / "drop.md"
AWAY_SECONDS = 8
WATCH = """
() => {
  const seen = (window.__seen = { gap: 0, long: 0, busy: 0 });
  let last = performance.now();
  const frame = () => {
    const now = performance.now();
    seen.gap = Math.max(seen.gap, now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) {
      seen.long = Math.max(seen.long, one.duration);
      seen.busy += one.duration;
    }
  }).observe({ type: "longtask" });
}
"""


@dataclass
class Found:
    """What a run found. Memory in octets, times in seconds unless they say otherwise."""

    seconds: float = 0.0
    away: float = 0.0
    summary: str = ""
    named: str = ""
    seen: dict[str, float] = field(default_factory=dict)
    heap: int = 0
    browser: int = 0
    server: dict[str, int] = field(default_factory=dict)
    cpu: float = 0.0
    latencies: list[float] = field(default_factory=list)


def alice(house: House, browser: Browser) -> Visitor:
    """Return Alice, registered, before the list of her documents."""
    officer = Visitor(house, browser.new_context(locale="fr-FR").new_page())
    officer.is_officer()
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR")
    visitor = Visitor(house, context.new_page())
    visitor.page.set_default_timeout(120_000)
    visitor.registers("alice.martin", "Martin", MOBILE, officer)
    officer.page.context.close()
    visitor.goes_to("/espace/documents/")
    return visitor


def dropped(visitor: Visitor, cdp: CDPSession, paths: list[str]) -> None:
    """Drop what lies at ``paths`` onto the page, as a file manager does."""
    place = visitor.page.locator("[data-drop-zone]").bounding_box()
    assert place is not None
    data = {"items": [], "files": paths, "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        words = {"type": kind, "x": place["x"] + 40, "y": place["y"] + 20, "data": data}
        cdp.send("Input.dispatchDragEvent", words)


def watched(visitor: Visitor, cdp: CDPSession, house: House, total: int, found: Found) -> None:
    """Wait until everything is here or was refused; cut the network once, when a third is."""
    line, begin, used = visitor.page.locator("[data-queue-summary]"), time.monotonic(), processor(house)
    stop = threading.Event()
    others = [
        threading.Thread(target=asked, args=(visitor.page.context.cookies(), house, stop, found)),
        threading.Thread(target=weighed, args=(house, stop, found)),
    ]
    for one in others:
        one.start()
    cut = False
    while "Terminé" not in (text := line.inner_text()):
        done = int(re.sub(r"\D", "", text.split(" sur ")[0]) or 0) if " sur " in text else 0
        if not cut and done > total / 3:
            cut = True
            visitor.page.context.set_offline(True)
            visitor.page.wait_for_timeout(AWAY_SECONDS * 1000)
            visitor.page.context.set_offline(False)
        found.heap = max(found.heap, heap_of(cdp))
        visitor.page.wait_for_timeout(500)
    found.seconds, found.cpu = time.monotonic() - begin, processor(house) - used
    stop.set()
    for one in others:
        one.join()
    found.summary = line.inner_text()
    found.named = visitor.page.locator("[data-queue-panel]").inner_text()
    found.seen = visitor.page.evaluate("window.__seen")


def heap_of(cdp: CDPSession) -> int:
    """Return the octets that the scripts of the page hold."""
    numbers = cdp.send("Performance.getMetrics")["metrics"]
    return int(next(one["value"] for one in numbers if one["name"] == "JSHeapUsedSize"))


def asked(cookies: list[dict[str, str]], house: House, stop: threading.Event, found: Found) -> None:
    """Ask for a page once a second, as a colleague does, and note how long it takes."""
    session = requests.Session()
    for one in cookies:
        session.cookies.set(one["name"], one["value"])
    while not stop.wait(1.0):
        begin = time.monotonic()
        answer = session.get(house.url("platform") + "/espace/", timeout=60)
        found.latencies.append(time.monotonic() - begin if answer.status_code == 200 else 60.0)


def weighed(house: House, stop: threading.Event, found: Found) -> None:
    """Note the largest memory of the platform's processes, and of the renderers of the browser."""
    mine = f"PARAPHE_DATA_DIR={house.data}".encode()
    while not stop.wait(0.5):
        now: dict[str, int] = collections.defaultdict(int)
        renderers = 0
        for process in Path("/proc").iterdir():
            try:
                if not process.name.isdigit():
                    continue
                words = (process / "cmdline").read_bytes().decode(errors="replace").replace("\0", " ").split()
                if "--type=renderer" in words:
                    renderers = max(renderers, resident(process))
                elif mine in (process / "environ").read_bytes() and "platform" in words:
                    now["web" if "serve" in words else "worker"] += resident(process)
            except (OSError, ValueError):
                continue
        found.browser = max(found.browser, renderers)
        for name, size in now.items():
            found.server[name] = max(found.server.get(name, 0), size)


def processor(house: House) -> float:
    """Return the seconds that the web processes of the platform have used of the processor, without their children."""
    mine, ticks = f"PARAPHE_DATA_DIR={house.data}".encode(), 0
    for process in Path("/proc").iterdir():
        try:
            words = (process / "cmdline").read_bytes().split(b"\0") if process.name.isdigit() else []
            if words[-3:-1] == [b"serve", b"platform"] and mine in (process / "environ").read_bytes():
                ticks += sum(int(one) for one in (process / "stat").read_text().rpartition(")")[2].split()[11:13])
        except OSError:
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


def resident(process: Path) -> int:
    """Return the octets of a process that are in memory, those it shares by their share."""
    told = re.search(r"^Pss:\s+(\d+) kB", (process / "smaps_rollup").read_text(), re.MULTILINE)
    return int(told[1]) * 1000 if told else 0


def listed(visitor: Visitor, house: House) -> list[str]:
    """Return the titles of the list, from its first page to its last."""
    session = requests.Session()
    for one in visitor.page.context.cookies():
        session.cookies.set(one["name"], one["value"])
    titles, address = list[str](), "/espace/documents/"
    while address:
        text = session.get(house.url("platform") + address, timeout=60).text
        titles += re.findall(r'class="shelf-title"[^>]*>([^<]+)<', text)
        following = re.search(r'href="([^"]+apres=[^"]+)"', text)
        address = html.unescape(following[1]) if following else ""
    return titles


def written(found: Found, count: int, size: int, database: str, *, folder: bool) -> str:
    """Return the lines of the results."""
    times = sorted(found.latencies) or [0.0]
    p95 = times[int(len(times) * 0.95)]
    server = ", ".join(f"{name} {octets / 1e6:.0f} MB" for name, octets in sorted(found.server.items()))
    rate = count / max(found.seconds - AWAY_SECONDS, 0.1)
    return (
        f"\n## {time.strftime('%Y-%m-%d %H:%M')} UTC: {count} files{' in folders' if folder else ''}, {database}\n\n"
        "| what | |\n| --- | --- |\n"
        f"| files | {count} good ones, {size / count / 1000:.0f} kB each; 2 bad ones |\n"
        f"| dropped until all are in the list | {found.seconds:.0f} s, of them {AWAY_SECONDS} s without network "
        f"({rate:.0f} files/s) |\n"
        f"| processor time of the web process | {found.cpu:.0f} s, {found.cpu / count * 1000:.1f} ms a file |\n"
        f"| told at the end | {found.summary} |\n"
        f"| page | longest time without a frame {found.seen['gap']:.0f} ms, longest task {found.seen['long']:.0f} ms, "
        f"{found.seen['busy'] / 1000:.1f} s in tasks of more than 50 ms |\n"
        f"| memory | renderer {found.browser / 1e6:.0f} MB (scripts {found.heap / 1e6:.0f} MB); {server} |\n"
        f"| somebody else's first page meanwhile ({len(times)} asked) | median {statistics.median(times) * 1000:.0f} "
        f"ms, p95 {p95 * 1000:.0f} ms |\n"
        f"| counted | {count} titles, each once; both bad files named with their reason |\n"
        f"| machine | {os.cpu_count()} cores, load {os.getloadavg()[1]:.1f} (other work ran beside it) |\n"
    )


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=5_000)
    parser.add_argument("--database", choices=["postgres", "sqlite"], default="sqlite")
    parser.add_argument("--folder", action="store_true", help="drop one folder rather than the files")
    parser.add_argument("--picture", type=Path, help="keep what the page shows at the end")
    parser.add_argument("--dry", action="store_true", help="write no results")
    options = parser.parse_args()
    found = Found()
    with tempfile.TemporaryDirectory(prefix="drop-") as place, running(options.database, 1) as (house, _second):
        folder = Path(place, "novembre")
        folder.mkdir()
        size = payslips(folder, options.count)
        (folder / "service 00" / "abîmé.pdf").write_bytes(b"%PDF-1.7\nnothing of it")
        (folder / "service 00" / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0 a picture")
        paths = [str(folder)] if options.folder else sorted(str(one) for one in folder.rglob("*.*") if one.is_file())
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            visitor = alice(house, browser)
            cdp = visitor.page.context.new_cdp_session(visitor.page)
            cdp.send("Performance.enable")
            visitor.page.evaluate(WATCH)
            dropped(visitor, cdp, paths)
            watched(visitor, cdp, house, options.count, found)
            if options.picture:
                visitor.page.screenshot(path=options.picture, full_page=True)
            titles = listed(visitor, house)
            faults = [one for one in visitor.faults if "ERR_INTERNET_DISCONNECTED" not in one]
            assert faults == [], faults
            browser.close()
        sys.stdout.write(found.named + "\n")
    twice = [title for title, times in collections.Counter(titles).items() if times > 1]
    assert not twice, twice
    assert len(titles) == options.count, len(titles)
    assert "abîmé" in found.named
    assert "photo.jpg" in found.named
    text = written(found, options.count, size, options.database, folder=options.folder)
    sys.stdout.write(text)
    if not options.dry:
        with RESULTS.open("a", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    main()
