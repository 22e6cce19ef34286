"""The documents whose day has come."""

from contextlib import suppress

from django.utils import timezone

from paraphe.kernel.actor import SYSTEM
from paraphe.platform.documents.actions import destroy
from paraphe.platform.documents.errors import Held
from paraphe.platform.documents.models import Document

AT_ONCE = 500


def delete_due() -> int:
    """Delete the documents whose day has come and that nobody holds; return how many."""
    deleted = 0
    due = Document.objects.filter(delete_on__lte=timezone.localdate(), held_at=None)
    while rows := list(due.order_by("pk")[:AT_ONCE]):
        for document in rows:
            with suppress(Held):
                destroy(document, SYSTEM)
                deleted += 1
    return deleted
