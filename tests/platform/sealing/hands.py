"""What the tests of batches share: a firm with a seal, payslips, a batch that is filled and released."""

import io
import uuid
from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from typing import Any

from django.utils import timezone
from reportlab.pdfgen.canvas import Canvas

from paraphe.floor.jobs import worker
from paraphe.platform.accounts import api as accounts
from paraphe.platform.sealing import api as sealing
from paraphe.platform.sealing.models import Batch
from tests.platform.conftest import ACTOR, give_certificate
from tests.support import cast
from tests.support.small_trust import SmallTrust

STATE = "what-comes-back"


@cache
def payslip(number: int) -> bytes:
    """Return a payslip as payroll software writes it; each another one."""
    target = io.BytesIO()
    canvas = Canvas(target, invariant=1)
    canvas.drawString(60, 780, "Bulletin de paie")
    canvas.drawString(60, 760, f"Matricule : {number:05d}")
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def person(one: cast.CastPerson, trust: SmallTrust | None = None) -> accounts.Person:
    """Return somebody on the platform; with ``trust`` he has a certificate."""
    found = cast.sign_in(one)
    if trust is not None:
        give_certificate(found.pk, trust)
    return found


def with_seal(trust: SmallTrust) -> tuple[accounts.Person, accounts.Firm]:
    """Return Alice and her firm, which has a seal."""
    trust.seals.forget()
    alice = person(cast.ALICE, trust)
    firm = cast.firm(cast.MARTIN)
    address = sealing.ask_seal(actor=ACTOR, person=alice, firm=firm, state=STATE)
    sealing.seal_returned(person=alice, **trust.seals.approve(address))
    return alice, firm


def options(**changes: Any) -> sealing.Options:
    """Return how payslips are sealed."""
    values = {"title": "Paies", "purpose": "Bulletins de paie", "retention_days": 20, "kind": "payslip", "level": "B-T"}
    return sealing.Options(**{**values, **changes})


def a_batch(who: accounts.Person, firm: accounts.Firm, **changes: Any) -> uuid.UUID:
    """Return an empty batch."""
    return sealing.create(actor=ACTOR, person=who, firm=firm, options=options(**changes), locale="fr")


def fill(who: accounts.Person, firm: accounts.Firm, batch: uuid.UUID, files: Iterable[tuple[str, bytes]]) -> Any:
    """Bring files into a batch and have them looked at."""
    taken = sealing.add(
        person=who, firm=firm, batch_id=batch, brought=[sealing.Brought(name, [data]) for name, data in files]
    )
    worker.drain()
    return taken


def payslips(count: int, folder: str = "") -> list[tuple[str, bytes]]:
    """Return names and bytes of payslips."""
    return [(f"{folder}bulletin {number:03d}.pdf", payslip(number)) for number in range(count)]


def released(who: accounts.Person, firm: accounts.Firm, batch: uuid.UUID, trust: SmallTrust) -> None:
    """Have ``who`` release a batch at the trust site; nothing is sealed yet."""
    address = sealing.begin_release(actor=ACTOR, person=who, firm=firm, batch_id=batch, state=STATE)
    sealing.release_returned(person=who, **trust.seals.approve(address))


def done(batch: uuid.UUID) -> Batch:
    """Let the workers do what there is, and return the batch."""
    worker.drain()
    return Batch.objects.get(pk=batch)


def standing_for(alice: accounts.Person, firm: accounts.Firm, other: accounts.Person, trust: SmallTrust) -> None:
    """Have Alice sign a standing mandate that names ``other``."""
    address = sealing.ask_standing(
        actor=ACTOR, person=alice, firm=firm, purpose="Bulletins de paie", most=500,
        last_day=timezone.localdate() + timedelta(days=20), mobiles={other.pk: "06 98 76 54 32"}, state=STATE,
    )  # fmt: skip
    sealing.standing_returned(person=alice, **trust.seals.approve(address))
