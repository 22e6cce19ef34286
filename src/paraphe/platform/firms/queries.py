"""What can be read of what a firm set."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings

from paraphe.floor.files import api as files
from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.firms.errors import FirmClosed, MayNotChange
from paraphe.platform.firms.models import Closing, FirmOptions
from paraphe.platform.firms.values import CHANGEABLE, Limits, Options


@dataclass(frozen=True)
class LastChange:
    """Who changed the options last, and when."""

    person: accounts.Person
    at: datetime


@dataclass(frozen=True)
class ClosingView:
    """Who closed the firm, and when."""

    person: accounts.Person
    at: datetime


def limits() -> Limits:
    """Return what the operator allows at most."""
    return Limits(retention_days=settings.DOCUMENT_DAYS, max_pdf_mb=settings.MAX_PDF_BYTES // 1_000_000)


def options(firm: accounts.Firm) -> Options:
    """Return what ``firm`` set, defaults where it set nothing, never more than the operator allows today."""
    most = limits()
    row = FirmOptions.objects.filter(firm_id=firm.pk).first()
    found = Options(retention_days=most.retention_days, max_pdf_mb=most.max_pdf_mb)
    if row is None:
        return found
    # An option that a later version of the platform no longer has is left where it is.
    kept: dict[str, Any] = {name: _read(value) for name, value in row.changed.items() if name in CHANGEABLE}
    found = replace(found, **kept, version=row.version, has_logo=row.logo_file is not None)
    return replace(
        found,
        retention_days=min(found.retention_days, most.retention_days),
        max_pdf_mb=min(found.max_pdf_mb, most.max_pdf_mb),
    )


def last_change(firm: accounts.Firm) -> LastChange | None:
    """Return who changed the options of ``firm`` last, None when nobody did."""
    row = FirmOptions.objects.filter(firm_id=firm.pk).select_related("changed_by").first()
    return LastChange(row.changed_by, row.changed_at) if row else None


def logo(firm: accounts.Firm) -> bytes:
    """Return the logo of ``firm`` as PNG. Raises NotFound when it has none."""
    row = FirmOptions.objects.filter(firm_id=firm.pk).exclude(logo_file=None).first()
    if row is None or row.logo_file is None:
        raise NotFound(kind="logo")
    return files.read(row.logo_file)


def may_change(person: accounts.Person, firm: accounts.Firm) -> bool:
    """Tell whether ``person`` may change what ``firm`` set: its accountants, a council's secretary general."""
    return accounts.administers(person, firm)


def decides(person: accounts.Person, firm: accounts.Firm) -> bool:
    """Tell whether ``person`` is an accountant of ``firm`` who is on the roll: he alone binds it, or leaves."""
    return any(own.pk == firm.pk for own in accounts.own_firms(person))


def is_closed(firm: accounts.Firm) -> bool:
    """Tell whether ``firm`` left the service: what it has can be read until its day, nothing can be added."""
    return Closing.objects.filter(firm_id=firm.pk).exists()


def closing(firm: accounts.Firm) -> ClosingView | None:
    """Return who closed ``firm`` and when, None while it is not closed."""
    row = Closing.objects.filter(firm_id=firm.pk).select_related("closed_by").first()
    return ClosingView(row.closed_by, row.closed_at) if row else None


def expect_accountant(person: accounts.Person, firm: accounts.Firm) -> None:
    """Raise NotFound for who does not work in ``firm``, MayNotChange for who may not decide for it."""
    _expect(decides(person, firm), person, firm)


def expect_administrator(person: accounts.Person, firm: accounts.Firm) -> None:
    """Raise NotFound for who does not work in ``firm``, MayNotChange for who may not change what it set."""
    _expect(may_change(person, firm), person, firm)


def _expect(allowed: bool, person: accounts.Person, firm: accounts.Firm) -> None:
    if allowed:
        return
    if any(membership.firm_id == firm.pk for membership in accounts.memberships_of(person)):
        raise MayNotChange()
    raise NotFound(kind="firm")


def expect_not_closed(firm: accounts.Firm) -> None:
    """Raise FirmClosed when ``firm`` left."""
    if is_closed(firm):
        raise FirmClosed()


def _read(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value
