"""Errors of the store of files."""

from paraphe.kernel.errors import DomainError, NotFound


class FileUnknown(NotFound):
    """There is no such file: it never was, or it was destroyed."""


class FileBroken(DomainError):
    """The stored bytes are missing, cut, changed or those of another file."""

    code = "file_broken"


class StorageFull(DomainError):
    """There is no room left on the disk, or the quota is used up. Nothing was kept."""

    code = "storage_full"


class StorageFailed(DomainError):
    """The disk or the store refused (``reason``: what it said). Nothing was kept."""

    code = "storage_failed"


class StorageAway(StorageFailed):
    """The disk or the store cannot be reached now; what was asked for can be tried again."""

    code = "storage_away"


class SweepDoubtful(DomainError):
    """So many are nobody's (``orphans`` of ``files``) that the database is probably not theirs: none was removed."""

    code = "sweep_doubtful"
