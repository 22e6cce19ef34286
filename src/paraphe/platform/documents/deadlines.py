"""The documents whose day has come."""

from contextlib import suppress
from uuid import UUID

from django.utils import timezone

from paraphe.kernel.actor import SYSTEM
from paraphe.platform.documents import orders
from paraphe.platform.documents.actions import destroy
from paraphe.platform.documents.errors import Held
from paraphe.platform.documents.models import Document
from paraphe.platform.documents.signature import PURPOSE
from paraphe.platform.signing import api as signing

AT_ONCE = 500


def delete_due() -> int:
    """Delete the documents whose day has come and that nobody holds; return how many.

    One whose signature is authorised and being made waits for the next time: what somebody paid for is not thrown away.
    """
    orders.apply_all()
    deleted, last = 0, UUID(int=0)
    due = Document.objects.filter(delete_on__lte=timezone.localdate(), held_at=None).order_by("pk")
    while rows := list(due.filter(pk__gt=last)[:AT_ONCE]):
        last = rows[-1].pk
        for document in rows:
            reference = str(document.pk)
            if signing.busy(purpose=PURPOSE, reference=reference):
                continue
            signing.withdraw(purpose=PURPOSE, reference=reference)
            with suppress(Held):
                destroy(document, SYSTEM)
                deleted += 1
    return deleted
