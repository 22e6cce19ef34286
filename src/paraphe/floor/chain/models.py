"""The abstract table of a chained log. Each site makes one of its own from it."""

from typing import Any, NoReturn, Self

from django.db import models

from paraphe.floor.chain.errors import EntryRefused
from paraphe.floor.chain.queryset import AppendOnlyQuerySet


class AppendOnly(models.Model):
    """A row that is written once; triggers of the database say the same to everybody else. Personal data: none."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new row. Raises EntryRefused for one that exists."""
        if not self._state.adding:
            raise EntryRefused(reason="append_only")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        raise EntryRefused(reason="append_only")


class ChainedEntry(AppendOnly):
    """One event of an append-only log; its hash covers every field and the hash of the entry before it.

    Personal data: the number of who acted, the network address and user agent of the request. Kept as long as the
    log; writers put numbers and digests in ``subjects`` and ``data``, never names or addresses of people.
    """

    sequence = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    tag = models.CharField(max_length=80, db_index=True)
    actor_kind = models.CharField(max_length=20)
    actor_id = models.CharField(max_length=200)
    actor_address = models.CharField(max_length=64, blank=True)
    actor_agent = models.CharField(max_length=300, blank=True)
    subjects = models.JSONField(default=dict)
    data = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    entry_hash = models.CharField(max_length=64, unique=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["sequence"]

    def __str__(self) -> str:
        return f"{self.sequence} {self.tag}"

    @classmethod
    def rows(cls) -> models.QuerySet[Self]:
        """Return every entry, in order."""
        return models.QuerySet(cls).order_by("sequence")
