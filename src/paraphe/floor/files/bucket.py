"""Sealed bytes in a bucket that speaks the S3 protocol. Needs the extra ``s3`` (boto3).

An object is there whole or not at all: small files are one request, large ones parts that become one object at the
end; what was begun and never finished is given up by the sweep. Every upload carries a checksum that the store checks
(CRC-32, from boto3).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, TypeVar, cast
from uuid import UUID

from paraphe.floor.files.errors import FileBroken, StorageAway, StorageFailed, StorageFull
from paraphe.floor.files.shelf import Place, identifier

PART = 8 << 20
"""Bytes of a part, held in memory while a large file is sent; 10,000 parts at most: 80 GB."""
WINDOW = 1 << 20
"""Bytes that are read ahead, so that a file is not asked for in pieces of 64 KiB."""
SECONDS = 10
ATTEMPTS = 3
ABSENT = frozenset(("NoSuchKey", "404", "NotFound"))
FULL = frozenset(("QuotaExceeded", "XMinioStorageFull", "EntityTooLarge", "InsufficientCapacity", "507"))
REFUSING = frozenset(("AccessDenied", "NoSuchBucket", "InvalidAccessKeyId", "SignatureDoesNotMatch", "403"))
T = TypeVar("T")


@dataclass(frozen=True)
class BucketSettings:
    """Where the bucket is and who asks. ``prefix`` keeps two sites in one bucket apart."""

    bucket: str
    prefix: str
    endpoint: str
    """Empty for Amazon's own."""
    region: str
    key: str
    """Empty: what the environment and the machine give (roles)."""
    secret: str


class Bucket:
    """A shelf in a bucket."""

    def __init__(self, settings: BucketSettings) -> None:
        self._settings = settings
        self._client = _client(settings)
        self.name = f"s3://{settings.bucket}/{settings.prefix}"

    def key_of(self, file_id: UUID) -> str:
        """Return the name of the object."""
        return f"{self._settings.prefix}{file_id.hex[:2]}/{file_id.hex}"

    def put(self, file_id: UUID, write: Callable[[BinaryIO], T]) -> T:
        """Send what is written, part by part."""
        sending = _Sending(self._client, self._settings.bucket, self.key_of(file_id))
        try:
            written = write(cast(BinaryIO, sending))
            sending.finish()
        except BaseException:
            sending.give_up()
            raise
        return written

    def open(self, file_id: UUID) -> Place:
        """Read the beginning of the object, and learn its size."""
        return _Opened(self._client, self._settings.bucket, self.key_of(file_id), file_id)

    def remove(self, file_id: UUID) -> None:
        """Delete the object."""
        _told(lambda: self._client.delete_object(Bucket=self._settings.bucket, Key=self.key_of(file_id)))

    def old(self, older_than_seconds: float) -> Iterator[UUID]:
        """Yield the objects that are older, a thousand a request."""
        limit = datetime.now(UTC) - timedelta(seconds=older_than_seconds)
        for one in self._listed("list_objects_v2", "Contents"):
            found = identifier(str(one["Key"]).rpartition("/")[2])
            if found is not None and one["LastModified"] < limit and one["Key"] == self.key_of(found):
                yield found

    def clear_drafts(self, older_than_seconds: float) -> int:
        """Give up uploads in parts that nobody finished: the store keeps, and counts, their parts."""
        limit = datetime.now(UTC) - timedelta(seconds=older_than_seconds)
        given_up = 0
        for one in list(self._listed("list_multipart_uploads", "Uploads")):
            if one["Initiated"] < limit:
                named = {"Bucket": self._settings.bucket, "Key": one["Key"], "UploadId": one["UploadId"]}
                _told(partial(self._client.abort_multipart_upload, **named))
                given_up += 1
        return given_up

    def _listed(self, verb: str, what: str) -> Iterator[dict[str, Any]]:
        pages = self._client.get_paginator(verb).paginate(Bucket=self._settings.bucket, Prefix=self._settings.prefix)
        waiting = iter(pages)
        while (page := _told(lambda: next(waiting, None))) is not None:
            yield from page.get(what, ())


class _Sending:
    """An object on its way: nothing is sent before there is a part of it, nothing is there before the end."""

    def __init__(self, client: Any, bucket: str, key: str) -> None:
        self._client, self._named = client, {"Bucket": bucket, "Key": key}
        self._held = SpooledTemporaryFile(max_size=PART + (1 << 20))  # noqa: SIM115 - closed by finish and give_up
        self._upload = ""
        self._tags: list[dict[str, Any]] = []

    def write(self, data: bytes) -> int:
        """Hold ``data``; send a part when there is enough for one. Raises the errors of the store."""
        self._held.write(data)
        if self._held.tell() >= PART:
            self._send_part()
        return len(data)

    def finish(self) -> None:
        """Send what is left and make the object. Raises the errors of the store."""
        if not self._upload:
            self._held.seek(0)
            _told(lambda: self._client.put_object(**self._named, Body=self._held.read()))
        else:
            if self._held.tell():
                self._send_part()
            parts = {"Parts": self._tags}
            _told(
                lambda: self._client.complete_multipart_upload(
                    **self._named, UploadId=self._upload, MultipartUpload=parts
                )
            )
        self._held.close()

    def give_up(self) -> None:
        """Let go of what was sent. What cannot be reached now is given up by the sweep."""
        self._held.close()
        try:
            if self._upload:
                _told(lambda: self._client.abort_multipart_upload(**self._named, UploadId=self._upload))
            else:
                # A refusal may have come after the object was made: it is nobody's.
                _told(lambda: self._client.delete_object(**self._named))
        except (StorageAway, StorageFailed, StorageFull):
            return

    def _send_part(self) -> None:
        if not self._upload:
            begun = _told(lambda: self._client.create_multipart_upload(**self._named))
            self._upload = begun["UploadId"]
        number = len(self._tags) + 1
        self._held.seek(0)
        body = self._held.read()
        sent = _told(
            lambda: self._client.upload_part(**self._named, UploadId=self._upload, PartNumber=number, Body=body)
        )
        self._tags.append({"PartNumber": number, "ETag": sent["ETag"]})
        self._held.seek(0)
        self._held.truncate()


class _Opened:
    """An object that is read in windows."""

    def __init__(self, client: Any, bucket: str, key: str, file_id: UUID) -> None:
        self._client, self._named, self._file = client, {"Bucket": bucket, "Key": key}, file_id
        self._start = 0
        self._window, self.size = self._fetch(0, WINDOW)

    def read_at(self, start: int, length: int) -> bytes:
        inside = start - self._start
        if not inside >= 0 or inside + length > len(self._window):
            if start >= self.size:
                return b""
            self._window, _ = self._fetch(start, max(length, WINDOW))
            self._start, inside = start, 0
        return self._window[inside : inside + length]

    def close(self) -> None:
        self._window = b""

    def _fetch(self, start: int, length: int) -> tuple[bytes, int]:
        """Return bytes of the object and its size. Raises FileBroken when it is not there, StorageAway."""

        def ask() -> tuple[bytes, int]:
            answer = self._client.get_object(**self._named, Range=f"bytes={start}-{start + length - 1}")
            return answer["Body"].read(), int(answer["ContentRange"].rpartition("/")[2])

        return _told(ask, FileBroken(file=str(self._file), reason="missing"))


def _client(settings: BucketSettings) -> Any:
    # Imported here: without the extra, and without a bucket, nobody needs it.
    import boto3
    from botocore.config import Config

    known = {"aws_access_key_id": settings.key, "aws_secret_access_key": settings.secret} if settings.key else {}
    return boto3.session.Session().client(
        "s3",
        endpoint_url=settings.endpoint or None,
        region_name=settings.region,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path" if settings.endpoint else "auto"},
            connect_timeout=SECONDS,
            read_timeout=6 * SECONDS,
            retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
        ),
        **known,
    )


def _told(act: Callable[[], T], absent: FileBroken | None = None) -> T:
    """Return what ``act`` returns; errors of boto3 become ours."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return act()
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if absent is not None and code in ABSENT:
            raise absent from None
        if code in FULL:
            raise StorageFull from error
        if code in REFUSING or 400 <= _status(error) < 500:
            raise StorageFailed(reason=code) from error
        raise StorageAway(reason=code) from error
    except BotoCoreError as error:
        # The text may hold an address with a key in it: only its kind is told.
        raise StorageAway(reason=type(error).__name__) from error


def _status(error: Any) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
