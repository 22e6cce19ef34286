import io
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.db.utils import OperationalError
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from paraphe.floor.files import api as files
from paraphe.floor.files import sealed
from paraphe.floor.files.models import StoredFile
from paraphe.floor.files.shelf import Folder
from paraphe.kernel.digests import sha256_hex
from paraphe.kernel.ids import new_id

SIZES = [0, 1, sealed.CHUNK - 1, sealed.CHUNK, sealed.CHUNK + 1, 3 * sealed.CHUNK]


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Any:
    settings.SITE_DIR = tmp_path
    return tmp_path / "files"


def bytes_on_disk(folder: Path) -> Any:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.django_db
@pytest.mark.parametrize("size", SIZES)
def test_what_is_stored_comes_back_whole_and_in_clear_nowhere(size: int, folder: Path) -> None:
    data = os.urandom(size)
    ref = files.store(data, purpose="test")
    assert (ref.sha256, ref.size) == (sha256_hex(data), size)
    assert files.read(ref.id) == data
    assert files.find(ref.id) == ref
    [path] = bytes_on_disk(folder)
    assert size < 16 or data[:64] not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0


class Dribble(io.RawIOBase):
    """A stream that gives fewer bytes than asked for, as sockets do."""

    def __init__(self, data: bytes) -> None:
        self.data = io.BytesIO(data)

    def read(self, size: int | None = -1, /) -> Any:
        return self.data.read(min(size or 1000, 1000))


@pytest.mark.django_db
def test_a_slow_stream_is_stored_like_bytes() -> None:
    data = os.urandom(2 * sealed.CHUNK + 5)
    assert files.store(Dribble(data), purpose="test").sha256 == sha256_hex(data)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(size=st.integers(0, 3 * sealed.CHUNK + 7), jumps=st.lists(st.tuples(st.integers(0, 250000), st.integers(0, 99))))
def test_reading_from_any_place_gives_what_is_there(tmp_path: Path, size: int, jumps: list[tuple[int, int]]) -> None:
    data, name, key = os.urandom(size), new_id(), os.urandom(32)
    assert sealed.write(Folder(tmp_path), name, key, io.BytesIO(data)).size == size
    with io.BufferedReader(sealed.SealedReader(Folder(tmp_path), name, key, size)) as reader:
        for place, length in jumps:
            reader.seek(place)
            assert reader.read(length) == data[place : place + length]


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(size=st.integers(0, 2 * sealed.CHUNK + 7), data=st.data())
def test_any_changed_bit_and_any_cut_is_noticed(tmp_path: Path, size: int, data: st.DataObject) -> None:
    name, key = new_id(), os.urandom(32)
    sealed.write(Folder(tmp_path), name, key, io.BytesIO(bytes(size)))
    path = Folder(tmp_path).path_of(name)
    content = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    if data.draw(st.booleans()):
        content[place] ^= 1 << data.draw(st.integers(0, 7))
    else:
        del content[place:]
    path.write_bytes(content)
    with pytest.raises(files.FileBroken):
        read_all(tmp_path, name, key, size)


def read_all(folder: Path, name: UUID, key: bytes, size: int) -> Any:
    reader = sealed.SealedReader(Folder(folder), name, key, size)
    with reader:
        reader.check()
        reader.readall()


def test_chunks_cannot_change_places_nor_a_file_stand_in_for_another(tmp_path: Path) -> None:
    name, other, key, size = new_id(), new_id(), os.urandom(32), 3 * sealed.CHUNK
    for each in (name, other):
        sealed.write(Folder(tmp_path), each, key, io.BytesIO(bytes(size)))
    path = Folder(tmp_path).path_of(name)
    head, body = path.read_bytes()[: sealed.HEADER_OCTETS], path.read_bytes()[sealed.HEADER_OCTETS :]
    chunk = sealed.SEALED_CHUNK
    path.write_bytes(head + body[chunk : 2 * chunk] + body[:chunk] + body[2 * chunk :])
    with pytest.raises(files.FileBroken):
        read_all(tmp_path, name, key, size)
    path.write_bytes(Folder(tmp_path).path_of(other).read_bytes())
    with pytest.raises(files.FileBroken):
        read_all(tmp_path, name, key, size)


@pytest.mark.django_db
def test_a_lost_file_or_a_swapped_key_is_broken_and_an_unknown_one_unknown(folder: Path) -> None:
    lost, swapped = files.store(b"one", purpose="test"), files.store(b"two", purpose="test")
    Folder(folder).path_of(lost.id).unlink()
    StoredFile.objects.filter(pk=swapped.id).update(wrapped_key=StoredFile.objects.get(pk=lost.id).wrapped_key)
    for ref in (lost, swapped):
        with pytest.raises(files.FileBroken):
            files.open(ref.id)
    with pytest.raises(files.FileUnknown):
        files.read(new_id())


@pytest.mark.django_db
def test_a_changed_row_is_noticed() -> None:
    ref = files.store(b"agreement", purpose="test")
    StoredFile.objects.filter(pk=ref.id).update(sha256=sha256_hex(b"another"))
    with pytest.raises(files.FileBroken):
        files.read(ref.id)


class Explosive(io.BytesIO):
    """A stream that fails after some chunks, with the error it is given."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(bytes(5 * sealed.CHUNK))
        self.error = error

    def read(self, size: int | None = -1, /) -> Any:
        if self.tell() > 2 * sealed.CHUNK:
            raise self.error
        return super().read(size)


@pytest.mark.django_db
def test_a_stream_that_breaks_leaves_nothing(folder: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        files.store(Explosive(ZeroDivisionError()), purpose="test")
    assert bytes_on_disk(folder) == []
    assert not StoredFile.objects.exists()


@pytest.mark.django_db
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs Linux")
def test_a_full_disk_is_said_and_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real_open = os.open

    def open_full(path: str, flags: int, *args: Any, **options: Any) -> int:
        return real_open("/dev/full" if flags & os.O_CREAT else path, flags & ~os.O_EXCL, *args, **options)

    monkeypatch.setattr(os, "open", open_full)
    with pytest.raises(files.StorageFull):
        files.store(bytes(3 * sealed.CHUNK), purpose="test")
    assert bytes_on_disk(folder) == []
    assert not StoredFile.objects.exists()


@pytest.mark.django_db
def test_a_folder_that_is_a_file_is_said(folder: Path) -> None:
    folder.write_text("in the way")
    with pytest.raises(files.StorageFailed):
        files.store(b"agreement", purpose="test")


@pytest.mark.django_db
def test_a_database_that_fails_leaves_no_bytes(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: Any) -> None:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(StoredFile.objects, "create", fail)
    with pytest.raises(OperationalError):
        files.store(b"agreement", purpose="test")
    assert bytes_on_disk(folder) == []


def in_a_transaction_that_fails(act: Callable[[], object]) -> Any:
    with transaction.atomic():
        act()
        raise ZeroDivisionError


@pytest.mark.django_db(transaction=True)
def test_destroying_takes_row_and_bytes_but_not_when_the_transaction_fails(folder: Path) -> None:
    ref = files.store(b"photograph", purpose="test")
    with pytest.raises(ZeroDivisionError):
        in_a_transaction_that_fails(lambda: files.destroy(ref.id))
    assert files.read(ref.id) == b"photograph"
    files.destroy(ref.id)
    files.destroy(ref.id)
    assert bytes_on_disk(folder) == []
    with pytest.raises(files.FileUnknown):
        files.read(ref.id)


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_store_is_invisible_and_swept_after_a_day(folder: Path) -> None:
    kept = files.store(b"kept", purpose="test")
    with pytest.raises(ZeroDivisionError):
        in_a_transaction_that_fails(lambda: files.store(b"never committed", purpose="test"))
    assert StoredFile.objects.count() == 1
    assert files.sweep() == 0, "it may belong to a transaction that is still open"
    yesterday = time.time() - 25 * 3600
    for path in bytes_on_disk(folder):
        os.utime(path, (yesterday, yesterday))
    assert files.sweep() == 1
    assert files.read(kept.id) == b"kept"
