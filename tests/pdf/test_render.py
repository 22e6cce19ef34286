"""Pages as images, drawn by a process that may hang, die, or be killed."""

import os
import signal
import subprocess
import sys
import threading
import time
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from paraphe.pdf import reading, render, workers
from paraphe.pdf.api import RenderFailed, inspect, render_page
from paraphe.pdf.workers import Pool, WorkerFailed
from tests.pdf.hands import REAL, VECTORS, letter, names, one_page, sign

SLOW = "tests.pdf.slow_worker"


@pytest.mark.parametrize("path", REAL, ids=names(REAL))
def test_pages_have_the_proportions_of_the_page_as_seen(path: Path) -> None:
    page = inspect(path.read_bytes()).pages[0]
    image = Image.open(BytesIO(render_page(path, 0, 400)))
    assert image.format == "PNG"
    assert abs(image.width - 400) <= 1
    assert abs(image.height - 400 * page.height_pt / page.width_pt) <= 2


def test_after_warm_up_a_page_is_quick() -> None:
    data = (VECTORS / "chromium.pdf").read_bytes()
    render_page(data, 0, 900)
    times = []
    for _ in range(5):
        begin = time.monotonic()
        render_page(data, 1, 900)
        times.append(time.monotonic() - begin)
    assert min(times) < 0.15


@pytest.mark.parametrize(("index", "width"), [(-1, 100), (1, 100), (10**9, 100), (0, 0), (0, -5), (0, 3001)])
def test_what_cannot_be_drawn_is_refused(index: int, width: int) -> None:
    with pytest.raises(RenderFailed):
        render_page(letter(), index, width)


def test_a_page_of_a_kilometre_is_drawn_smaller() -> None:
    data = one_page(page=b"/MediaBox[0 0 100 100000]")
    image = Image.open(BytesIO(render_page(data, 0, 3000)))
    assert image.width * image.height <= 41_000_000


def test_an_image_of_gigapixels_fails_and_the_next_page_is_drawn() -> None:
    head = b"<</Type/XObject/Subtype/Image/Width 60000/Height 60000/ColorSpace/DeviceRGB/BitsPerComponent 16/Length 4>>"
    bomb = one_page(
        {4: head + b"stream\nabcd\nendstream", 5: b"<</Length 26>>stream\n300 0 0 200 0 0 cm /I Do \nendstream"},
        page=b"/Resources<</XObject<</I 4 0 R>>>>/Contents 5 0 R",
    )
    begin = time.monotonic()
    try:
        assert render_page(bomb, 0, 1000).startswith(b"\x89PNG")
    except RenderFailed:
        assert time.monotonic() - begin < render.SECONDS + 5
    assert render_page(letter(), 0, 100).startswith(b"\x89PNG")


def test_a_killed_process_is_replaced() -> None:
    render_page(letter(), 0, 100)
    for pid in render.pool.process_ids():
        os.kill(pid, signal.SIGKILL)
    assert render_page(letter(), 0, 100).startswith(b"\x89PNG")
    inspect(letter())
    for pid in reading.pool.process_ids():
        os.kill(pid, signal.SIGKILL)
    assert inspect(letter()).pages


def test_several_threads_are_served_and_no_more_processes_than_allowed() -> None:
    data = sign(letter()).data
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(render_page(data, 0, 200))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert len(set(found)) == 1
    assert len(render.pool.process_ids()) <= 2


def test_a_process_that_hangs_is_killed_in_time() -> None:
    pool = Pool(SLOW, size=1)
    begin = time.monotonic()
    with pytest.raises(WorkerFailed):
        pool.ask({"verb": "sleep"}, b"", seconds=1)
    assert time.monotonic() - begin < 4
    assert pool.process_ids() == []
    assert pool.ask({"verb": "echo"}, b"next", seconds=10) == b"next"
    pool.close()


def test_a_process_that_takes_no_input_is_killed_in_time() -> None:
    pool = Pool(SLOW, size=1)
    pool.ask({"verb": "echo"}, b"x", seconds=10)
    (pid,) = pool.process_ids()
    os.kill(pid, signal.SIGSTOP)
    begin = time.monotonic()
    with pytest.raises(WorkerFailed):
        pool.ask({"verb": "echo"}, bytes(10_000_000), seconds=1)
    assert time.monotonic() - begin < 4
    pool.close()


@pytest.mark.parametrize("verb", ["spin", "fill", "die", "raise", "write"])
def test_a_process_out_of_bounds_fails_and_the_next_is_served(verb: str) -> None:
    pool = Pool(SLOW, size=1)
    with pytest.raises(WorkerFailed):
        pool.ask({"verb": verb}, b"", seconds=2)
    assert pool.ask({"verb": "echo"}, b"next", seconds=10) == b"next"
    pool.close()


def test_who_waits_too_long_for_a_free_process_is_told() -> None:
    pool = Pool(SLOW, size=1)
    waiting = threading.Thread(target=lambda: pool.ask({"verb": "pause"}, b"", seconds=10))
    waiting.start()
    time.sleep(0.3)
    with pytest.raises(WorkerFailed):
        pool.ask({"verb": "echo"}, b"", seconds=0.5)
    waiting.join()
    assert pool.ask({"verb": "echo"}, b"next", seconds=10) == b"next"
    pool.close()


def test_after_many_requests_a_process_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "REQUESTS_A_WORKER", 2)
    pool = Pool(SLOW, size=1)
    pool.ask({"verb": "echo"}, b"", seconds=10)
    assert len(pool.process_ids()) == 1
    pool.ask({"verb": "echo"}, b"", seconds=10)
    assert pool.process_ids() == []
    pool.close()


def test_the_processes_end_with_ours() -> None:
    code = (
        "import os;from paraphe.pdf import reading;from paraphe.pdf.api import inspect\n"
        "from tests.pdf.hands import letter\n"
        "inspect(letter());print(*reading.pool.process_ids(),flush=True);os._exit(1)"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=root,
        env={"PYTHONPATH": f"{root}/src:{root}", "PATH": "/usr/bin:/bin"},
    )
    pid = int(done.stdout)
    for _ in range(50):
        status = Path(f"/proc/{pid}/stat")
        if not status.exists() or status.read_text().split()[2] == "Z":
            return
        time.sleep(0.1)
    raise AssertionError("still there")
