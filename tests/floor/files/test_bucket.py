"""Files in a bucket, against a server that speaks S3; moved there and back; what is refused at the start."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
import time_machine
from django.utils import timezone
from moto.server import ThreadedMotoServer

from paraphe.floor.files import api as files
from paraphe.floor.files import bucket as buckets
from paraphe.floor.files.bucket import Bucket, BucketSettings
from paraphe.floor.files.models import StoredFile
from paraphe.floor.files.shelf import Folder
from paraphe.floor.files.shelves import check_store
from paraphe.kernel.ids import new_id

pytestmark = pytest.mark.enable_socket


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def where(endpoint: str, settings: Any, tmp_path: Path) -> BucketSettings:
    """A fresh bucket, and a site that keeps its files there."""
    found = BucketSettings(
        f"cabinet-{new_id().hex[:12]}", "paraphe/platform/", endpoint, "eu-west-3", "alice", "secret"
    )
    client(found).create_bucket(
        Bucket=found.bucket,
        CreateBucketConfiguration={"LocationConstraint": found.region},  # as a person would
    )
    settings.SITE_DIR = tmp_path
    settings.FILES_STORE = "s3"
    settings.FILES_S3 = (found.bucket, found.prefix, found.endpoint, found.region, found.key, found.secret)
    return found


def client(where: BucketSettings) -> Any:
    return boto3.client(
        "s3", endpoint_url=where.endpoint, region_name=where.region, aws_access_key_id=where.key,
        aws_secret_access_key=where.secret,
    )  # fmt: skip


def kept(where: BucketSettings) -> list[str]:
    return [one["Key"] for one in client(where).list_objects_v2(Bucket=where.bucket).get("Contents", ())]


def begun(where: BucketSettings) -> int:
    return len(client(where).list_multipart_uploads(Bucket=where.bucket).get("Uploads", ()))


def content(where: BucketSettings, key: str) -> bytes:
    data: bytes = client(where).get_object(Bucket=where.bucket, Key=key)["Body"].read()
    return data


@pytest.mark.django_db
@pytest.mark.parametrize("size", [0, 1, 100_000, buckets.PART + 70_000, 2 * buckets.PART + 5])
def test_what_is_stored_comes_back_whole_and_is_sealed_there(where: BucketSettings, size: int) -> None:
    data = os.urandom(size)
    ref = files.store(data, purpose="test")
    assert files.read(ref.id) == data
    [key] = kept(where)
    assert key == f"paraphe/platform/{ref.id.hex[:2]}/{ref.id.hex}"
    assert size < 16 or data[:64] not in content(where, key)
    with files.open(ref.id) as file:
        for place in (size // 2, 0, max(size - 100, 0)):
            file.seek(place)
            assert file.read(100) == data[place : place + 100]
    assert begun(where) == 0


@pytest.mark.django_db
def test_a_stream_that_breaks_leaves_neither_object_nor_parts(where: BucketSettings) -> None:
    class Breaks:
        left = buckets.PART + 100_000

        def read(self, size: int, /) -> bytes:
            self.left -= size
            if self.left < 0:
                raise ZeroDivisionError
            return bytes(size)

    with pytest.raises(ZeroDivisionError):
        files.store(Breaks(), purpose="test")
    assert (kept(where), begun(where), StoredFile.objects.count()) == ([], 0, 0)


@pytest.mark.django_db(transaction=True)
def test_destroyed_is_gone_and_a_lost_object_is_broken(where: BucketSettings) -> None:
    gone, lost = files.store(b"photograph", purpose="test"), files.store(b"letter", purpose="test")
    files.destroy(gone.id)
    client(where).delete_object(Bucket=where.bucket, Key=Bucket(where).key_of(lost.id))
    assert kept(where) == []
    with pytest.raises(files.FileBroken):
        files.read(lost.id)


@pytest.mark.django_db
def test_a_store_that_is_away_is_said_as_such_and_nothing_is_kept(where: BucketSettings, settings: Any) -> None:
    ref = files.store(b"letter", purpose="test")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        away = replace(where, endpoint=f"http://127.0.0.1:{taken.getsockname()[1]}")
        settings.FILES_S3 = (away.bucket, away.prefix, away.endpoint, away.region, away.key, away.secret)
        for act in (lambda: files.store(b"more", purpose="test"), lambda: files.read(ref.id), files.sweep):
            with pytest.raises(files.StorageAway):
                act()
        assert ["cannot be used" in one.msg for one in check_store(None)] == [True]
    assert StoredFile.objects.count() == 1


@pytest.mark.django_db
def test_a_bucket_that_is_not_there_stops_the_start_with_a_sentence(where: BucketSettings, settings: Any) -> None:
    assert check_store(None) == []
    settings.FILES_S3 = ("another", *settings.FILES_S3[1:])
    [said] = check_store(None)
    assert "s3://another/paraphe/platform/" in said.msg
    assert "NoSuchBucket" in said.msg
    with pytest.raises(files.StorageFailed):
        files.store(b"letter", purpose="test")


@pytest.mark.django_db(transaction=True)
def test_the_sweep_takes_what_is_nobodys_and_nothing_of_the_other_site(where: BucketSettings) -> None:
    ours = files.store(b"letter", purpose="test")
    orphan = new_id()
    Bucket(where).put(orphan, lambda output: output.write(b"never committed"))
    client(where).put_object(Bucket=where.bucket, Key=f"paraphe/trust/00/{new_id().hex}", Body=b"of the trust site")
    assert files.sweep() == 0, "it may belong to a transaction that is still open"
    client(where).create_multipart_upload(Bucket=where.bucket, Key="paraphe/platform/00/half")
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=True):
        assert files.sweep() == 2
    assert files.read(ours.id) == b"letter"
    assert len(kept(where)) == 2
    assert begun(where) == 0


@pytest.mark.django_db
def test_files_move_to_the_bucket_and_back_each_read_again(
    where: BucketSettings, settings: Any, tmp_path: Path
) -> None:
    settings.FILES_STORE = "disk"
    letters = {files.store(os.urandom(size), purpose="test"): size for size in (0, 10, 300_000, buckets.PART + 1)}
    broken = files.store(b"photograph", purpose="test")
    folder = Folder(tmp_path / "files")
    folder.path_of(broken.id).write_bytes(b"overwritten")
    disk, bucket = files.shelf_called("disk"), files.shelf_called("s3")

    first = {one.id: one.status for one in files.move(disk, bucket)}
    assert first == {**{ref.id: "copied" for ref in letters}, broken.id: "broken"}
    assert {one.status for one in files.move(disk, bucket) if one.id != broken.id} == {"there"}
    settings.FILES_STORE = "s3"
    assert [len(files.read(ref.id)) for ref in letters] == list(letters.values())

    for ref in letters:
        folder.remove(ref.id)
    StoredFile.objects.filter(pk=broken.id).delete()
    assert {one.status for one in files.move(bucket, disk)} == {"copied"}
    settings.FILES_STORE = "disk"
    assert [len(files.read(ref.id)) for ref in letters] == list(letters.values())


@pytest.mark.django_db
def test_a_store_without_the_files_of_the_database_is_refused_at_the_start(
    where: BucketSettings, settings: Any
) -> None:
    settings.FILES_STORE = "disk"
    files.store(b"letter", purpose="test")
    assert check_store(None) == []
    settings.FILES_STORE = "s3"
    [said] = check_store(None)
    assert "paraphe files move" in said.msg
    assert kept(where) == [], "the probe was taken away"


@pytest.mark.django_db
def test_a_database_that_is_not_that_of_the_files_is_not_swept_by(
    where: BucketSettings, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FILES_STORE = "disk"
    monkeypatch.setattr("paraphe.floor.files.api.MOST_ORPHANS", 3)
    for _ in range(5):
        files.store(b"letter", purpose="test")
    StoredFile.objects.all().delete()
    with pytest.raises(files.SweepDoubtful):
        files.sweep(older_than_seconds=-1)
    assert files.sweep(older_than_seconds=-1, however_many=True) == 5


KILLED = """
import sys, time
from paraphe.floor.files.bucket import Bucket, BucketSettings
from uuid import UUID

def slowly(output):
    for number in range(10_000):
        output.write(bytes(1 << 20))
        print(number, flush=True)
        time.sleep(0.01)

Bucket(BucketSettings(*sys.argv[1:7])).put(UUID(int=7), slowly)
"""


def test_a_sender_killed_in_the_middle_leaves_no_object(where: BucketSettings) -> None:
    words = [where.bucket, where.prefix, where.endpoint, where.region, where.key, where.secret]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    sender = subprocess.Popen(
        [sys.executable, "-c", KILLED, *words], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert sender.stdout is not None
    while int(sender.stdout.readline()) < buckets.PART >> 20:
        continue
    deadline = time.monotonic() + 20
    while not begun(where):
        assert time.monotonic() < deadline
    sender.kill()
    sender.wait()
    sender.stdout.close()
    assert kept(where) == []
    assert Bucket(where).clear_drafts(-60) == 1
    assert begun(where) == 0
