"""The first page of the private space: what waits, what runs, what is new."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents import api as documents
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.firms import api as firms
from paraphe.platform.sealing import api as sealing
from paraphe.platform.signing import api as signing
from paraphe.platform.web.credit.summary import summary
from paraphe.platform.web.documents.gate import FirmRequest, in_private_space
from paraphe.platform.web.firm.banner import banner

#: How many documents each part shows.
SHOWN: Final = 5
#: States in which a batch of seals goes on only when somebody does something.
WAITING: Final = ("draft", "releasing", "paused")
#: From so many days before its end a certificate is spoken of in warning; as at the trust site.
RENEWABLE: Final = timedelta(days=90)


@dataclass(frozen=True)
class Certificate:
    """What the first page says of the certificate; the trust site is not asked for it."""

    holder: signing.HolderView
    ending: bool
    over: bool


@require_GET
@in_private_space
def home(request: FirmRequest) -> HttpResponse:
    """Show what waits for the person in his firm."""
    person, firm = request.person, request.firm
    rights = frozenset[accounts.Right]() if firms.is_closed(firm) else accounts.rights(person, firm)
    context = {
        "firm": firm,
        "person": person,
        "rights": rights,
        "may_add": bool(rights & {"sign", "prepare"}),
        "collections": envelopes.home(person, firm),
        "most": envelopes.COUNTED,
        "batches": _batches(request, rights),
        "certificate": _certificate(person),
        "certificate_due": request.without_certificate,
        "credit": summary(person, firm),
        "administers": firms.may_change(person, firm),
        "decides": firms.decides(person, firm),
        "banner": banner(person, firm),
        **_documents(request, rights),
    }
    return render(request, "platform_home/home.html", context)


def _documents(request: FirmRequest, rights: frozenset[accounts.Right]) -> Mapping[str, object]:
    where = (request.person, request.firm)
    waiting = documents.waiting_to_sign(*where) if "sign" in rights else 0
    unsigned = documents.Filters(state="unsigned")
    return {
        "waiting": waiting,
        "most_waiting": documents.MOST_COUNTED,
        "most_together": documents.MOST_AT_ONCE,
        "to_sign": documents.page_of(*where, unsigned, limit=SHOWN).rows if waiting else (),
        "ending": documents.ending_soon(*where),
        "recent": documents.page_of(*where, documents.Filters(), limit=SHOWN).rows,
    }


def _batches(request: FirmRequest, rights: frozenset[accounts.Right]) -> Sequence[sealing.BatchView]:
    """Return the newest batches that wait for somebody."""
    if not rights & {"seal", "prepare"}:
        return ()
    return [one for one in sealing.listing(request.person, request.firm) if one.state in WAITING][:SHOWN]


def _certificate(person: accounts.Person) -> Certificate | None:
    try:
        holder = signing.holder_of(person.pk)
    except signing.NoCredential:
        return None
    left = holder.not_after - timezone.now()
    return Certificate(holder, ending=left < RENEWABLE, over=left < timedelta())
