"""What a killed process leaves behind, and how much memory a large file takes."""

import os
import signal
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from paraphe.floor.files import api as files
from paraphe.floor.files import sealed
from paraphe.floor.files.models import StoredFile
from paraphe.floor.files.shelf import Folder

WRITER = """
import sys, time
from pathlib import Path
from uuid import UUID
from paraphe.floor.files import sealed
from paraphe.floor.files.shelf import Folder

class Slow:
    def read(self, size, /):
        time.sleep(0.01)
        return bytes(size)

sealed.write(Folder(Path(sys.argv[1])), UUID(sys.argv[2]), bytes(32), Slow())
"""


@pytest.mark.django_db
def test_a_writer_killed_in_the_middle_leaves_nothing_visible_and_the_sweep_takes_the_rest(
    settings: Any, tmp_path: Path
) -> None:
    settings.SITE_DIR = tmp_path
    folder, number = tmp_path / "files", UUID(int=7)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(folder), str(number)], env=environment)
    draft = folder / "draft" / number.hex
    deadline = time.monotonic() + 20
    while not (draft.exists() and draft.stat().st_size > sealed.CHUNK):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    assert not Folder(folder).path_of(number).exists()
    with pytest.raises(files.FileUnknown):
        files.read(number)
    assert files.sweep(older_than_seconds=-1) == 1
    assert not draft.exists()
    assert not StoredFile.objects.exists()


class Zeros:
    """A stream of so many zeros."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int, /) -> bytes:
        given = min(size, self.left)
        self.left -= given
        return bytes(given)


@pytest.mark.django_db
def test_a_large_file_takes_little_memory_both_ways(settings: Any, tmp_path: Path) -> None:
    settings.SITE_DIR = tmp_path
    size = 64 * 1024 * 1024
    tracemalloc.start()
    try:
        ref = files.store(Zeros(size), purpose="test")
        with files.open(ref.id) as file:
            read = 0
            while part := file.read(sealed.CHUNK):
                read += len(part)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert read == size
    assert peak < 4 * 1024 * 1024
