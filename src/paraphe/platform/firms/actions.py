"""What is changed of a firm's options, and its leaving. Only an accountant of the firm does it."""

from collections.abc import Mapping
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.kernel.actor import Actor
from paraphe.pdf import api as pdf
from paraphe.platform.accounts import api as accounts
from paraphe.platform.evidence import api as evidence
from paraphe.platform.firms.errors import ChangedMeanwhile, FirmClosed, LogoRefused, SirenMismatch
from paraphe.platform.firms.models import Closing, FirmOptions
from paraphe.platform.firms.queries import (
    expect_accountant,
    expect_administrator,
    expect_not_closed,
    last_change,
    limits,
    options,
)
from paraphe.platform.firms.rules import checked
from paraphe.platform.firms.values import CHANGEABLE, Options

LOGO_PURPOSE: Final = "firms.logo"
MAX_LOGO_BYTES: Final = 2_000_000


def change(
    *, actor: Actor, person: accounts.Person, firm: accounts.Firm, changes: Mapping[str, object], seen_version: int
) -> Options:
    """Change options of ``firm`` as they were read in version ``seen_version``, and return them as they are now.

    Raises NotFound, MayNotChange, FirmClosed, ChangedMeanwhile (nothing is changed), OptionsRefused.
    """
    expect_administrator(person, firm)
    expect_not_closed(firm)
    present = options(firm)
    if present.version != seen_version:
        raise _meanwhile(firm)
    wanted = checked(present, changes, limits())
    different = {name for name in CHANGEABLE if getattr(wanted, name) != getattr(present, name)}
    if not different:
        return present
    with transaction.atomic():
        row = _row(firm, person)
        values = {**row.changed, **{name: getattr(wanted, name) for name in sorted(different)}}
        # One UPDATE decides between two tabs: the second finds another version and changes nothing.
        moved = FirmOptions.objects.filter(pk=row.pk, version=seen_version).update(
            version=F("version") + 1, changed=values, changed_by=person, changed_at=timezone.now()
        )
        if not moved:
            raise _meanwhile(firm)
        _note(firm, actor, "firm:options-changed", options=sorted(different), version=seen_version + 1)
    return options(firm)


def set_logo(*, actor: Actor, person: accounts.Person, firm: accounts.Firm, data: bytes) -> None:
    """Take a PNG or JPEG as the logo of ``firm``: drawn anew, so that nothing else that the file carries is kept.

    Raises NotFound, MayNotChange, FirmClosed, LogoRefused.
    """
    expect_administrator(person, firm)
    expect_not_closed(firm)
    if not data:
        raise LogoRefused(reason="empty")
    if len(data) > MAX_LOGO_BYTES:
        raise LogoRefused(reason="too_large", limit=MAX_LOGO_BYTES)
    try:
        image = pdf.clean_image(data)
    except pdf.BadImage as error:
        raise LogoRefused(reason=str(error.params["reason"]).replace(" ", "_")) from None
    _replace_logo(actor, person, firm, image)


def remove_logo(*, actor: Actor, person: accounts.Person, firm: accounts.Firm) -> None:
    """Take the logo away; where there is none nothing changes. Raises NotFound, MayNotChange, FirmClosed."""
    expect_administrator(person, firm)
    expect_not_closed(firm)
    if options(firm).has_logo:
        _replace_logo(actor, person, firm, None)


def close(*, actor: Actor, person: accounts.Person, firm: accounts.Firm, typed_siren: str) -> None:
    """Close ``firm``: nothing can be added any more, what it has stays readable until its day.

    Raises NotFound, MayNotChange, SirenMismatch unless the SIREN was typed, FirmClosed when it is closed already.
    """
    expect_accountant(person, firm)
    if "".join(typed_siren.split()) != firm.siren:
        raise SirenMismatch()
    try:
        with transaction.atomic():
            Closing.objects.create(firm_id=firm.pk, closed_by=person, closed_at=timezone.now())
            _note(firm, actor, "firm:closed")
    except IntegrityError:
        raise FirmClosed() from None


def reopen(*, actor: Actor, firm_id: int) -> bool:
    """Let a firm that left come back, and tell whether it had left. The registration asks it when terms are signed."""
    with transaction.atomic():
        gone, _ = Closing.objects.filter(firm_id=firm_id).delete()
        if gone:
            evidence.record("firm:reopened", actor=actor, subjects={"firm": str(firm_id)})
    return bool(gone)


def _replace_logo(actor: Actor, person: accounts.Person, firm: accounts.Firm, image: bytes | None) -> None:
    with transaction.atomic():
        row = FirmOptions.objects.select_for_update().get(pk=_row(firm, person).pk)
        if row.logo_file is not None:
            files.destroy(row.logo_file)
        row.logo_file = files.store(image, purpose=LOGO_PURPOSE).id if image is not None else None
        row.changed_by, row.changed_at = person, timezone.now()
        row.save(update_fields=["logo_file", "changed_by", "changed_at"])
        _note(firm, actor, "firm:options-changed", options=["logo"], version=row.version)


def _row(firm: accounts.Firm, person: accounts.Person) -> FirmOptions:
    defaults = {"changed_by": person, "changed_at": timezone.now()}
    return FirmOptions.objects.get_or_create(firm_id=firm.pk, defaults=defaults)[0]


def _meanwhile(firm: accounts.Firm) -> ChangedMeanwhile:
    last = last_change(firm)
    return ChangedMeanwhile(
        version=options(firm).version, by=last.person.pk if last else None, at=last.at if last else None
    )


def _note(firm: accounts.Firm, actor: Actor, tag: str, **data: object) -> None:
    evidence.record(tag, actor=actor, subjects={"firm": str(firm.pk)}, data=dict(data))
