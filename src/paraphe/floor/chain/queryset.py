"""What may be asked of a log."""

from typing import Any, NoReturn

from django.db import models

from paraphe.floor.chain.errors import EntryRefused


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Reads only; the database has triggers that say the same to everybody else."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Refuse."""
        raise EntryRefused(reason="append_only")

    def delete(self) -> NoReturn:
        """Refuse."""
        raise EntryRefused(reason="append_only")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        raise EntryRefused(reason="append_only")

    def bulk_create(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: entries are written one by one, by ``append``."""
        raise EntryRefused(reason="append_only")
