"""Requests that somebody reported: kept, told to the operator, who can stop the collection."""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from paraphe.floor.messaging import api as messaging
from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import NotFound
from paraphe.platform.envelopes import access, ending, links, rules
from paraphe.platform.envelopes.errors import BadOptions, LinkDead
from paraphe.platform.envelopes.models import Envelope, Recipient, Report

REASONS: Final = ("unknown_sender", "unexpected", "fraud", "data", "other")
LONGEST_TEXT: Final = 1000
STOPPED: Final = "operator"


@dataclass(frozen=True)
class Reported:
    """What a recipient sees before he reports: who asks for what."""

    title: str
    firm_name: str
    firm_siren: str
    sender_name: str
    reported: bool


@dataclass(frozen=True)
class OpenReport:
    """A report that no operator answered."""

    id: uuid.UUID
    envelope: uuid.UUID
    firm_name: str
    firm_siren: str
    sender_name: str
    title: str
    state: str
    reason: str
    text: str
    at: datetime


def reportable(token: str) -> Reported:
    """Return what the link of a recipient is about; a collection that ended can be reported too. Raises LinkDead."""
    row = _recipient(token)
    envelope = row.envelope
    done = Report.objects.filter(recipient=row.pk).exists()
    return Reported(envelope.title, envelope.firm.name, envelope.firm.siren, envelope.sender.full_name, done)


def report(token: str, actor: Actor, *, reason: str, text: str) -> None:
    """Keep what a recipient reports, once, and write to the operator. Raises LinkDead, BadOptions."""
    text = rules.clean(text, lines=True)
    if reason not in REASONS or len(text) > LONGEST_TEXT:
        raise BadOptions({"reason": "unknown"} if reason not in REASONS else {"text": "too_long"})
    with transaction.atomic():
        row = _recipient(token)
        envelope = Envelope.objects.select_for_update().get(pk=row.envelope_id)
        made, fresh = Report.objects.get_or_create(
            recipient=row.pk,
            defaults={"envelope": envelope, "reason": reason, "text": text or None, "at": timezone.now()},
        )
        if not fresh:
            return
        if settings.SUPPORT_EMAIL:
            context = {"firm": envelope.firm, "url": f"{settings.SITE_URL}/exploitation/"}
            messaging.send_template(
                settings.SUPPORT_EMAIL, "platform_envelopes/mail/reported", context, key=f"envelope-reported:{made.pk}"
            )
        actor = replace(actor, id=str(row.pk))
        access.note(envelope, actor, "envelope:reported", {"recipient": str(row.pk)}, reason=reason)


def open_reports(limit: int = 100) -> list[OpenReport]:
    """Return reports that no operator answered, the oldest first; for operators."""
    rows = Report.objects.filter(answered_at=None).select_related("envelope__firm", "envelope__sender")
    return [
        OpenReport(
            row.pk,
            row.envelope_id,
            row.envelope.firm.name,
            row.envelope.firm.siren,
            row.envelope.sender.full_name,
            row.envelope.title,
            row.envelope.state,
            row.reason,
            row.text or "",
            row.at,
        )
        for row in rows.order_by("at")[:limit]
    ]


def dismiss(report_id: uuid.UUID, actor: Actor) -> None:
    """Close a report without more; what was asked goes on. Again changes nothing."""
    Report.objects.filter(pk=report_id, answered_at=None).update(answered_at=timezone.now(), answered_by=actor.id)


def stop(report_id: uuid.UUID, actor: Actor) -> None:
    """End the collection that a report is about; those who were asked are told.

    Again changes nothing. Raises NotFound.
    """
    with transaction.atomic():
        known = Report.objects.filter(pk=report_id).first()
        if known is None:
            raise NotFound(kind="report")
        envelope = Envelope.objects.select_for_update().get(pk=known.envelope_id)
        Report.objects.filter(envelope=envelope, answered_at=None).update(
            answered_at=timezone.now(), answered_by=actor.id
        )
        if envelope.state in (Envelope.State.LAUNCHING, Envelope.State.RUNNING):
            access.note(envelope, actor, "envelope:stopped", by=STOPPED)
            ending.end(envelope, Envelope.State.CANCELLED, actor)


def _recipient(token: str) -> Recipient:
    row = Recipient.objects.select_related("envelope__firm", "envelope__sender").filter(token_hash=links.hash_of(token))
    found = row.first()
    if found is None:
        raise LinkDead()
    return found
