"""Which shelf this site has, by its settings, and whether what is on it is what its database speaks of."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import DatabaseError, connection

from paraphe.floor.files.errors import FileBroken, StorageFailed, StorageFull
from paraphe.floor.files.models import StoredFile
from paraphe.floor.files.shelf import Folder, Shelf
from paraphe.kernel.ids import new_id

LOOKED_AT = 3
"""Files of the database that are looked for at every start."""


def shelf() -> Shelf:
    """Return the shelf of this site."""
    return shelf_called(settings.FILES_STORE)


def shelf_called(store: str) -> Shelf:
    """Return the shelf of this site on ``disk`` or in ``s3``, whichever it uses."""
    if store == "s3":
        return _bucket(*settings.FILES_S3)
    return Folder(Path(settings.SITE_DIR) / "files")


@lru_cache(maxsize=4)
def _bucket(*where: str) -> Shelf:
    # Imported here: who keeps files on disk does not load it.
    from paraphe.floor.files.bucket import Bucket, BucketSettings

    return Bucket(BucketSettings(*where))


def check_store(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Return what is wrong with the store of files: it is written to, read and looked into, before anything else."""
    if settings.FILES_STORE == "s3" and find_spec("boto3") is None:
        return [Error("PARAPHE_FILES is s3: install paraphe[s3].", id="files.E001")]
    try:
        return [Error(sentence, id=f"files.{code}") for code, sentence in _found(shelf())]
    except (StorageFailed, StorageFull) as error:
        reason = error.params.get("reason", error.code)
        return [Error(f"The store of files ({shelf().name}) cannot be used: {reason}.", id="files.E002")]


def _found(place: Shelf) -> Iterator[tuple[str, str]]:
    probe, said = new_id(), b"paraphe"
    place.put(probe, lambda output: output.write(said))
    try:
        opened = place.open(probe)
        try:
            if opened.read_at(0, len(said)) != said:
                yield "E003", f"The store of files ({place.name}) does not give back what it is given."
        finally:
            opened.close()
    except FileBroken:
        yield "E003", f"The store of files ({place.name}) does not keep what it is given."
    finally:
        place.remove(probe)
    newest = _newest()
    if newest and not any(_there(place, file_id) for file_id in newest):
        yield (
            "E004",
            f"The files of this database are not in {place.name}: was PARAPHE_FILES or the data folder changed without "
            "moving them? See 'paraphe files move' in docs/operations.md.",
        )


def _newest() -> list[Any]:
    """Return the newest files of the database; none before its first migration."""
    try:
        if StoredFile._meta.db_table not in connection.introspection.table_names():
            return []
        return list(StoredFile.objects.order_by("-created_at").values_list("pk", flat=True)[:LOOKED_AT])
    except DatabaseError:
        # Whether there is a database at all is somebody else's check.
        return []


def _there(place: Shelf, file_id: Any) -> bool:
    try:
        place.open(file_id).close()
    except FileBroken:
        return False
    return True
