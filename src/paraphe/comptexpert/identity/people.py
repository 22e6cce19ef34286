"""Who signs in, what is said of him, and who may correct it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import timezone

from paraphe.comptexpert.identity.errors import TooManyAttempts, WrongPassword
from paraphe.comptexpert.identity.models import Account, Attempt, Correction
from paraphe.floor.secrets import keyed_hash
from paraphe.kernel.errors import NotFound

WINDOW: Final = timedelta(minutes=15)
TRIES_PER_IDENTIFIER: Final = 5
# An office behind one address signs in together.
TRIES_PER_ADDRESS: Final = 50
CORRECTABLE: Final = ("given_name", "family_name", "email")


def sign_in(identifier: str, password: str, *, address: str) -> Account:
    """Return whose ``identifier`` and ``password`` these are. Raises WrongPassword, TooManyAttempts.

    The attempt is counted before the password is looked at, so that many at once do not slip through.
    """
    who = keyed_hash(identifier.strip().casefold(), "identity.attempt.who")
    where = keyed_hash(address, "identity.attempt.where")
    since = timezone.now() - WINDOW
    with transaction.atomic():
        Attempt.objects.filter(at__lte=since).delete()
        too_many = (
            Attempt.objects.filter(who=who).count() >= TRIES_PER_IDENTIFIER
            or Attempt.objects.filter(where=where).count() >= TRIES_PER_ADDRESS
        )
        if not too_many:
            Attempt.objects.create(who=who, where=where, at=timezone.now())
    if too_many:
        raise TooManyAttempts(minutes=int(WINDOW.total_seconds() // 60))
    account = Account.objects.filter(identifier=identifier.strip().casefold()).first()
    if account is None:
        make_password(password)  # takes as long as checking one: the time does not tell who has an account
        raise WrongPassword
    if not check_password(password, account.password):
        raise WrongPassword
    Attempt.objects.filter(who=who).delete()
    return account


def account(number: object) -> Account | None:
    """Return the account of that number, None when there is none."""
    return Account.objects.filter(pk=number).first() if isinstance(number, int) else None


def claims(account: Account, scope: str) -> dict[str, Any]:
    """Return what a program that was given ``scope`` may know of ``account``, without the subject."""
    told: dict[str, Any] = {}
    scopes = scope.split()
    if "email" in scopes:
        told |= {"email": account.email, "email_verified": True}
    if "profile" in scopes:
        posts = list(account.posts.select_related("firm").order_by("firm__name"))
        told |= {
            "name": account.full_name,
            "given_name": account.given_name,
            "family_name": account.family_name,
            "paraphe_firms": [
                {
                    "siren": post.firm.siren,
                    "name": post.firm.name,
                    "address": post.firm.address,
                    "kind": post.firm.kind,
                    "role": post.role,
                }
                for post in posts
            ],
            "paraphe_roll": (
                {"number": account.roll_number, "region": account.roll_region} if account.roll_number else None
            ),
            "paraphe_delegations": [
                {"siren": post.firm.siren, "rights": post.rights, "granted_by": post.granted_by}
                for post in posts
                if post.rights
            ],
        }
    return told


def members(council: Account) -> Sequence[Account]:
    """Return the members on the roll of the region that ``council`` governs, by name. Raises NotFound."""
    if not council.governs:
        raise NotFound(kind="region")
    rows = Account.objects.filter(roll_region=council.governs).exclude(roll_number="").prefetch_related("posts__firm")
    return list(rows.order_by("family_name", "given_name"))


def member(council: Account, number: int) -> Account:
    """Return one member of the region that ``council`` governs. Raises NotFound, also for members of other regions."""
    found = next((one for one in members(council) if one.pk == number), None)
    if found is None:
        raise NotFound(kind="member")
    return found


def correct(council: Account, number: int, values: Mapping[str, str]) -> tuple[str, ...]:
    """Correct names or e-mail of a member, and return the fields that changed. Raises NotFound.

    Programs learn it at the next sign-in of the member.
    """
    one = member(council, number)
    changed = tuple(name for name in CORRECTABLE if name in values and values[name] != getattr(one, name))
    if changed:
        with transaction.atomic():
            Account.objects.filter(pk=one.pk).update(**{name: values[name] for name in changed})
            Correction.objects.create(account=one, by=council, fields=list(changed), at=timezone.now())
    return changed


def strike_off(council: Account, number: int) -> None:
    """Take a member off the roll. Raises NotFound. Programs learn it at his next sign-in or from the directory."""
    one = member(council, number)
    with transaction.atomic():
        Account.objects.filter(pk=one.pk).update(roll_number="", roll_region="")
        Correction.objects.create(account=one, by=council, fields=["roll"], at=timezone.now())


def end_post(council: Account, number: int, siren: str) -> str:
    """Note that a member left the firm of ``siren``, and return its name. Raises NotFound."""
    one = member(council, number)
    post = one.posts.select_related("firm").filter(firm__siren=siren).first()
    if post is None:
        raise NotFound(kind="post")
    with transaction.atomic():
        post.delete()
        Correction.objects.create(account=one, by=council, fields=["posts"], at=timezone.now())
    return post.firm.name


def last_correction(account: Account) -> Correction | None:
    """Return the last correction of ``account``, None when there was none."""
    return account.corrections.select_related("by").order_by("-at", "-pk").first()
