"""The lines of a bulk launch, one collection after the other; each once, however often the work begins anew."""

import uuid
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import DomainError
from paraphe.platform.envelopes import colleagues
from paraphe.platform.envelopes.bulk_lists import LEFT_OUT
from paraphe.platform.envelopes.errors import NotReady, WrongState
from paraphe.platform.envelopes.launch import launch
from paraphe.platform.envelopes.models import Bulk, BulkLine, Envelope
from paraphe.platform.envelopes.queries import view
from paraphe.platform.envelopes.tables import Line, read_table
from paraphe.platform.envelopes.templates import use_template

#: Longer than 1,000 lines take.
STOPPED_AFTER: Final = timedelta(hours=1)


def go_on(bulk_id: uuid.UUID) -> None:
    """Launch what is not launched yet; each line once, however often this is called."""
    bulk = Bulk.objects.filter(pk=bulk_id, ended_at=None).select_related("firm", "person", "template").first()
    if bulk is None:
        return
    who: dict[str, Any] = {"actor": Actor("person", str(bulk.person_id)), "person": bulk.person, "firm": bulk.firm}
    for line in _lines(bulk):
        _make(bulk, line, who)
    for row in bulk.lines.filter(failure="", envelope__state=Envelope.State.DRAFT):
        _launch(row, who)
    _end(bulk)


def resume() -> None:
    """Go on with bulk launches that stopped: their job was given up, or its worker died."""
    stopped = Bulk.objects.filter(ended_at=None, started_at__lt=timezone.now() - STOPPED_AFTER)
    for bulk_id in list(stopped.values_list("pk", flat=True)[:20]):
        go_on(bulk_id)


def _lines(bulk: Bulk) -> list[Line]:
    """Return the lines that have no collection yet; without its template, which was deleted, there are none."""
    if bulk.template is None or bulk.file_id is None:
        return []
    done = set(bulk.lines.exclude(failure="", envelope=None).values_list("number", flat=True))
    table = read_table(files.read(bulk.file_id), view(bulk.template).recipients)
    return [line for line in table.good if line.number not in done]


def _make(bulk: Bulk, line: Line, who: dict[str, Any]) -> None:
    """Make the draft of a line and launch it; the draft and the row that says so are one."""
    with transaction.atomic():
        row, _made = BulkLine.objects.get_or_create(bulk=bulk, number=line.number)
        if row.envelope_id is not None or row.failure or bulk.template_id is None:
            return
        try:
            draft = use_template(**who, template_id=bulk.template_id, people=line.people, title=line.title)
        except DomainError as error:
            row.failure = error.code[:60]
        else:
            row.envelope_id = draft.id
        row.save()
    _launch(row, who)


def _launch(row: BulkLine, who: dict[str, Any]) -> None:
    if row.envelope_id is None:
        return
    try:
        launch(**who, envelope_id=row.envelope_id)
    except WrongState:
        # Launched before this process was killed, or by somebody from its own page.
        return
    except NotReady as error:
        BulkLine.objects.filter(pk=row.pk).update(failure=error.problems[0].code[:60])
    except DomainError as error:
        BulkLine.objects.filter(pk=row.pk).update(failure=error.code[:60])


def _end(bulk: Bulk) -> None:
    """End it; the addresses of people whose collections are made are in these, and kept nowhere else."""
    with transaction.atomic():
        held = Bulk.objects.select_for_update().get(pk=bulk.pk)
        if held.ended_at is not None:
            return
        lost = bulk.lines.filter(envelope=None).exclude(failure="").exists() and bulk.template_id is not None
        if held.file_id is not None and not lost:
            files.destroy(held.file_id)
            held.file_id = None
        held.ended_at = timezone.now()
        held.save(update_fields=["file_id", "ended_at"])
        if failed := bulk.lines.exclude(failure__in=["", LEFT_OUT]).count():
            colleagues.bulk_stopped(held, failed)
