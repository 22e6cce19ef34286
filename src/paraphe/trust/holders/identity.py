"""Who is whose: subjects of the registration authority put together to holders, and found again by what they type."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from paraphe.floor.secrets import keyed_hash
from paraphe.kernel.digests import canonical_json
from paraphe.kernel.errors import NotFound
from paraphe.trust.holders import rules
from paraphe.trust.holders.models import Holder, Holding
from paraphe.trust.ra import api as ra


def holder_of(subject: ra.Subject) -> Holder:
    """Return the holder to whom ``subject`` belongs, made now when there is none. Raises NotFound without a mobile."""
    held = Holding.objects.select_related("holder").filter(subject=subject).first()
    if held is not None:
        return held.holder
    if not subject.mobile_sealed:
        raise NotFound(kind="holder")
    mobile, email = ra.mobile_of(subject), subject.email.lower()
    everything = canonical_json(
        {"given_name": subject.given_name, "surname": subject.surname, "email": email, "mobile": mobile}
    )
    defaults = {
        "email_hash": keyed_hash(email, "holders.email"),
        "mobile_hash": keyed_hash(mobile, "holders.mobile"),
        "created_at": timezone.now(),
    }
    identity = keyed_hash(everything, "holders.identity")
    holder, _made = Holder.objects.get_or_create(identity_hash=identity, defaults=defaults)
    try:
        with transaction.atomic():
            Holding.objects.get_or_create(subject=subject, defaults={"holder": holder})
    except IntegrityError:  # the same, a moment earlier, on another thread
        pass
    return holder


def load(holder_id: UUID) -> Holder:
    """Return a holder. Raises NotFound."""
    found = Holder.objects.filter(pk=holder_id).first()
    if found is None:
        raise NotFound(kind="holder")
    return found


def subjects_of(holder: Holder) -> list[ra.Subject]:
    """Return the subjects of a holder, newest first."""
    held = holder.holdings.select_related("subject").order_by("-subject__created_at")
    return [holding.subject for holding in held]


def found_by(typed: str) -> list[ra.Subject]:
    """Return for each telephone behind what somebody typed (e-mail or mobile number) the newest subject.

    Nothing for what is neither and for what is nobody's; three at most: the members of a firm may share an address.
    """
    address = rules.address_of(typed)
    if address is None:
        return []
    kind, value = address
    holders = Holder.objects.filter(**{f"{kind}_hash": keyed_hash(value, f"holders.{kind}")}).order_by("-created_at")
    subjects: dict[str, ra.Subject] = {}
    for holder in holders:
        held = subjects_of(holder)
        if held and held[0].mobile_sealed:
            subjects.setdefault(holder.mobile_hash, held[0])
    return list(subjects.values())[: rules.MOST_TELEPHONES]


def sharing_telephone(holder: Holder) -> list[Holder]:
    """Return the holders who receive codes on the same telephone as ``holder``, the newest first."""
    return list(Holder.objects.filter(mobile_hash=holder.mobile_hash).order_by("-created_at"))
