"""The table of stored files."""

import uuid

from django.db import models


class StoredFile(models.Model):
    """One sealed file. The row is what makes it visible: bytes on disk without a row are nobody's.

    Personal data: none in the row; the file behind it may be a signed document or the photograph of an identity
    document. ``wrapped_key`` is the only way into the file: deleting the row destroys the file wherever copies of the
    sealed bytes may lie. It goes when the room that stored it calls ``destroy``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(max_length=60)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    wrapped_key = models.BinaryField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.purpose} {self.id}"
