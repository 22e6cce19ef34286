"""The mail to a firm whose credit falls under the warning: once, and again only after it was above."""

from contextlib import suppress

from django.conf import settings
from django.db import transaction
from django.utils import translation

from paraphe.floor.messaging import api as messaging
from paraphe.platform.accounts import api as accounts
from paraphe.platform.credit.ledger import warning_cents
from paraphe.platform.credit.models import Account
from paraphe.platform.credit.queries import is_free
from paraphe.platform.credit.rules import euros

AT_ONCE = 200


def warn_low() -> int:
    """Write to the accountants of each firm whose credit fell under the warning; return how many firms."""
    if is_free():
        return 0
    low = Account.objects.filter(kind=Account.Kind.AVAILABLE, warns=True, cents__lt=warning_cents())
    return sum(_warn(account_id) for account_id in list(low.values_list("pk", flat=True)[:AT_ONCE]))


def _warn(account_id: int) -> bool:
    with transaction.atomic():
        row = Account.objects.filter(pk=account_id, warns=True, cents__lt=warning_cents())
        # Claimed by the row count: two workers at once write one mail.
        if not row.update(warns=False):
            return False
        account = Account.objects.select_related("firm").get(pk=account_id)
        assert account.firm is not None  # noqa: S101 - only firms have cents
        for person in accountants(account.firm):
            if not accounts.wants(person, "credit_low"):
                continue
            # One bad address must not keep the others from knowing.
            with suppress(messaging.AddressRefused), translation.override(accounts.language_of(person)):
                _write(person, account.firm, account.cents or 0)
    return True


def accountants(firm: accounts.Firm) -> list[accounts.Person]:
    """Return the accountants of ``firm`` who are on the roll."""
    rows = accounts.Membership.objects.filter(firm=firm, role="accountant", ended_at=None).select_related("person")
    return [row.person for row in rows.order_by("person_id") if accounts.is_on_roll(row.person)]


def _write(person: accounts.Person, firm: accounts.Firm, cents: int) -> None:
    messaging.send_template(
        to=person.email,
        template="platform_credit/mail/low",
        context={
            "person": person,
            "firm": firm,
            "left": euros(cents),
            "warning": euros(warning_cents()),
            "credit_url": f"{settings.SITE_URL}/espace/credit/",
        },
        language=accounts.language_of(person),
    )
