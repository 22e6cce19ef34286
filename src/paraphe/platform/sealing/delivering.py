"""Sealed files to the people whom they are for, each by a link of his own: matched first, shown, then sent.

A file is matched with a contact of the firm by its name (e-mail, or given and family name in any order), or by the
lines of a CSV (file;e-mail;name). What matches nobody, or more than one, is listed and goes to nobody.
"""

import csv
import io
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from paraphe.floor.files import api as files
from paraphe.floor.messaging import api as messaging
from paraphe.floor.secrets import keyed_hash
from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import NotFound
from paraphe.kernel.ids import new_token
from paraphe.platform.accounts import api as accounts
from paraphe.platform.contacts import api as contacts
from paraphe.platform.firms import api as firms
from paraphe.platform.sealing import rules
from paraphe.platform.sealing.batches import note, releasable
from paraphe.platform.sealing.errors import BadMatching, WrongBatchState
from paraphe.platform.sealing.models import Batch, Delivery, Item
from paraphe.platform.sealing.queueing import enqueue

TOKEN_PURPOSE = "sealing.delivery-link"  # noqa: S105 - the name of a purpose
MOST_CSV = 10_000_000
SENT_AT_ONCE = 50


@dataclass(frozen=True)
class Recipient:
    """To whom a file goes."""

    name: str
    email: str
    language: str = "fr"


@dataclass(frozen=True)
class Match:
    """A file and whom it goes to; None with why not: ``nobody``, ``several``, ``no_email``, ``unknown_file``."""

    path: str
    item: int | None
    recipient: Recipient | None
    reason: str = ""


@dataclass(frozen=True)
class Received:
    """What a person to whom a file was delivered sees."""

    firm: str
    name: str
    file_name: str
    size: int
    sha256: str
    sealed_at: datetime | None
    until: datetime


def match(person: accounts.Person, firm: accounts.Firm, batch_id: uuid.UUID, table: bytes | None = None) -> list[Match]:
    """Return whom each sealed file would go to; ``table`` is a CSV, without it names of files decide.

    Raises NotFound, MayNot, WrongBatchState, BadMatching.
    """
    batch = _ended(person, firm, batch_id)
    sealed = Item.objects.filter(batch=batch, state=Item.State.SEALED).order_by("path")
    items = list(sealed.values_list("pk", "path"))
    return _by_table(items, table) if table is not None else _by_names(items, _people(person, firm))


def send(
    *, actor: Actor, person: accounts.Person, firm: accounts.Firm, batch_id: uuid.UUID, matches: Sequence[Match]
) -> int:
    """Have every matched file delivered; one that was delivered before is not again. Return how many are new.

    Raises NotFound, MayNot, WrongBatchState.
    """
    batch = _ended(person, firm, batch_id)
    now, new = timezone.now(), 0
    known = set(batch.deliveries.values_list("item_id", flat=True))
    wanted = [one for one in matches if one.recipient and one.item is not None and one.item not in known]
    for start in range(0, len(wanted), 200):
        with transaction.atomic():
            for one in wanted[start : start + 200]:
                new += _make(batch, one, now)
    with transaction.atomic():
        if new:
            enqueue("send_deliveries", batch.pk)
        note(batch, actor, "batch:delivering", count=new)
    return new


def send_waiting(batch_id: uuid.UUID) -> bool:
    """Write the next e-mails of a batch; tell whether there are more. Each is written once."""
    batch = Batch.objects.select_related("firm").filter(pk=batch_id).first()
    if batch is None:
        return False
    waiting = list(
        batch.deliveries.filter(sent_at=None, failed="").order_by("pk").select_related("item")[:SENT_AT_ONCE]
    )
    for one in waiting:
        _send_one(batch, one)
    return len(waiting) == SENT_AT_ONCE


def received(token: str, *, open_it: bool = False) -> Received:
    """Return what the link of a delivery leads to; ``open_it`` notes that it was taken. Raises NotFound."""
    one = _of_token(token)
    if open_it and one.opened_at is None:
        with transaction.atomic():
            if Delivery.objects.filter(pk=one.pk, opened_at=None).update(opened_at=timezone.now()):
                note(one.batch, Actor("recipient", str(one.pk)), "batch:received", delivery=str(one.pk))
    item = one.item
    return Received(
        firm=one.batch.firm.name,
        name=str(one.name),
        file_name=item.path.rsplit("/", 1)[-1],
        size=item.result_size,
        sha256=item.result_sha256,
        sealed_at=item.sealed_at,
        until=timezone.make_aware(datetime.combine(one.batch.delete_on, datetime.min.time())),
    )


def received_file(token: str) -> bytes:
    """Return the sealed file of a link. Raises NotFound."""
    one = _of_token(token)
    if one.item.result is None:
        raise NotFound(kind="delivery")
    return files.read(one.item.result)


def _ended(person: accounts.Person, firm: accounts.Firm, batch_id: uuid.UUID) -> Batch:
    batch = releasable(person, firm, batch_id)
    if batch.state not in (Batch.State.DONE, Batch.State.CANCELLED) or batch.emptied_at is not None:
        raise WrongBatchState(state=batch.state)
    return batch


def _people(person: accounts.Person, firm: accounts.Firm) -> list[contacts.ContactData]:
    return [one.data for one in contacts.everybody(person, firm)]


def _by_names(items: Sequence[tuple[int, str]], people: Sequence[contacts.ContactData]) -> list[Match]:
    book = [
        (
            one.email.casefold(),
            rules.folded(f"{one.given_name} {one.family_name}") if one.given_name and one.family_name else "",
            rules.folded(f"{one.family_name} {one.given_name}") if one.given_name and one.family_name else "",
        )
        for one in people
    ]
    found = []
    for number, path in items:
        hits = rules.matched(path, book)
        emails = {people[hit].email for hit in hits}
        if len(emails) == 1 and (one := people[hits[0]]).email:
            name = f"{one.given_name} {one.family_name}".strip() or one.company
            found.append(Match(path, number, Recipient(name, one.email, one.language)))
        else:
            reason = "nobody" if not hits else "several" if len(emails) > 1 else "no_email"
            found.append(Match(path, number, None, reason))
    return found


def _by_table(items: Sequence[tuple[int, str]], table: bytes) -> list[Match]:
    numbers = {path: number for number, path in items}
    short: dict[str, list[str]] = {}
    for _number, path in items:
        short.setdefault(path.rsplit("/", 1)[-1], []).append(path)
    found: dict[str, Match] = {}
    strange = []
    for name, email, words in _lines(table):
        paths = [name] if name in numbers else short.get(name, [])
        if len(paths) != 1:
            strange.append(Match(name[:200], None, None, "unknown_file" if not paths else "several"))
        elif "@" not in email:
            found[paths[0]] = Match(paths[0], numbers[paths[0]], None, "no_email")
        elif paths[0] in found:
            found[paths[0]] = Match(paths[0], numbers[paths[0]], None, "several")
        else:
            found[paths[0]] = Match(paths[0], numbers[paths[0]], Recipient(words or email, email))
    rest = [Match(path, number, None, "nobody") for number, path in items if path not in found]
    return [*found.values(), *rest, *strange[:200]]


def _lines(table: bytes) -> Iterator[tuple[str, str, str]]:
    """Yield file, e-mail and name of each line; a heading is left out. Raises BadMatching."""
    if len(table) > MOST_CSV:
        raise BadMatching(reason="too_long")
    try:
        text = table.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = table.decode("cp1252", "replace")
    first = text.split("\n", 1)[0]
    separator = max(";,\t", key=first.count)
    if not first.count(separator):
        raise BadMatching(reason="columns")
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text), delimiter=separator)):
            cells = [cell.strip() for cell in row] + ["", "", ""]
            if not any(cells) or (number == 0 and "@" not in cells[1]):
                continue
            yield cells[0], cells[1], cells[2]
    except csv.Error:
        raise BadMatching(reason="unreadable") from None


def _make(batch: Batch, one: Match, now: datetime) -> int:
    if one.recipient is None or one.item is None:
        return 0
    try:
        with transaction.atomic():
            Delivery.objects.create(
                batch=batch, item_id=one.item, name=one.recipient.name[:200], email=one.recipient.email,
                language=one.recipient.language if one.recipient.language in ("fr", "en") else "fr", created_at=now,
            )  # fmt: skip
    except IntegrityError:  # sent in another tab at this moment
        return 0
    return 1


def _send_one(batch: Batch, one: Delivery) -> None:
    token = new_token()
    with transaction.atomic():
        rows = Delivery.objects.filter(pk=one.pk, sent_at=None)
        if not rows.update(sent_at=timezone.now(), token_hash=keyed_hash(token, TOKEN_PURPOSE)):
            return
        try:
            with translation.override(one.language):
                messaging.send_template(
                    to=str(one.email),
                    template="platform_sealing/mail/delivery",
                    context={
                        "name": one.name,
                        "firm": batch.firm,
                        "sender": firms.options(batch.firm).sender_name or batch.firm.name,
                        "purpose": batch.purpose,
                        "until": batch.delete_on,
                        "address": f"{settings.SITE_URL}/recu/{token}/",
                    },
                    key=f"sealing-delivery:{one.pk}",
                    language=one.language,
                )
        except messaging.AddressRefused:
            rows = Delivery.objects.filter(pk=one.pk)
            rows.update(sent_at=None, token_hash="", failed="address")


def _of_token(token: str) -> Delivery:
    known = keyed_hash(token, TOKEN_PURPOSE) if 20 <= len(token) <= 100 else ""
    rows = Delivery.objects.select_related("batch__firm", "item")
    found = rows.filter(token_hash=known).first() if known else None
    if found is None:
        raise NotFound(kind="delivery")
    return found
