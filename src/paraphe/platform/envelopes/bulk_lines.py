"""The lines of a bulk launch, one collection after the other; each once, however often the work begins anew."""

import uuid
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import DomainError
from paraphe.platform.envelopes.errors import NotReady, WrongState
from paraphe.platform.envelopes.launch import launch
from paraphe.platform.envelopes.models import Bulk, BulkLine
from paraphe.platform.envelopes.queries import view
from paraphe.platform.envelopes.tables import Line, read_table
from paraphe.platform.envelopes.templates import use_template

#: Longer than 500 lines take.
STOPPED_AFTER: Final = timedelta(hours=1)


def go_on(bulk_id: uuid.UUID) -> None:
    """Launch what is not launched yet; each line once, however often this is called."""
    bulk = Bulk.objects.filter(pk=bulk_id, ended_at=None).select_related("firm", "person", "template").first()
    if bulk is None or bulk.file_id is None:
        return
    actor = Actor("person", str(bulk.person_id))
    template = bulk.template
    # Without its template, which was deleted meanwhile, there is nothing more to launch.
    for line in read_table(files.read(bulk.file_id), view(template).recipients).lines if template else ():
        _launch_line(bulk, line, actor)
    with transaction.atomic():
        # The addresses of all these people are in their collections now.
        files.destroy(bulk.file_id)
        Bulk.objects.filter(pk=bulk.pk).update(ended_at=timezone.now(), file_id=None)


def resume() -> None:
    """Go on with bulk launches that stopped: their job was given up, or its worker died."""
    stopped = Bulk.objects.filter(ended_at=None, started_at__lt=timezone.now() - STOPPED_AFTER)
    for bulk_id in list(stopped.values_list("pk", flat=True)[:20]):
        go_on(bulk_id)


def _launch_line(bulk: Bulk, line: Line, actor: Actor) -> None:
    who: dict[str, Any] = {"actor": actor, "person": bulk.person, "firm": bulk.firm}
    with transaction.atomic():
        row, made = BulkLine.objects.get_or_create(bulk=bulk, number=line.number)
        if made and bulk.template_id is not None:
            try:
                draft = use_template(**who, template_id=bulk.template_id, people=line.people, title=line.title)
            except DomainError as error:
                row.failure = error.code[:60]
            else:
                row.envelope_id = draft.id
            row.save()
    if row.envelope_id is None or row.failure:
        return
    try:
        launch(**who, envelope_id=row.envelope_id)
    except WrongState:
        # Launched before this process was killed.
        return
    except NotReady as error:
        BulkLine.objects.filter(pk=row.pk).update(failure=error.problems[0].code[:60])
    except DomainError as error:
        BulkLine.objects.filter(pk=row.pk).update(failure=error.code[:60])
