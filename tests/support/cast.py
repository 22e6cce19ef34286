"""The cast of the tests: the people of the demonstration, ready to sign in on the platform.

``claims_of(ALICE)`` is what the provider tells; ``sign_in(ALICE)`` makes the person on the platform;
``sign_in_client(client, ALICE)`` gives a test client the session of that person.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from paraphe.comptexpert.identity.cast import (
    ALICE,
    BOB,
    CAST,
    CHLOE,
    COUNCIL,
    ETIENNE,
    FIDUCIAIRE,
    FIRMS,
    GARNIER,
    HUGO,
    INES,
    JEANNE,
    LE_GALL,
    LUCIE,
    MALLORY,
    MARC,
    MARTIN,
    NORA,
    OCEAN,
    PAUL,
    REGION,
    CastFirm,
    CastPerson,
    Post,
)

if TYPE_CHECKING:
    from django.test import Client

    from paraphe.platform.accounts.models import Firm, Person

__all__ = [
    "ALICE",
    "BOB",
    "CAST",
    "CHLOE",
    "COUNCIL",
    "ETIENNE",
    "FIDUCIAIRE",
    "FIRMS",
    "GARNIER",
    "HUGO",
    "INES",
    "ISSUER",
    "JEANNE",
    "LE_GALL",
    "LUCIE",
    "MALLORY",
    "MARC",
    "MARTIN",
    "MOBILES",
    "NORA",
    "OCEAN",
    "PAUL",
    "REGION",
    "CastFirm",
    "CastPerson",
    "Post",
    "claims_of",
    "firm",
    "replace",
    "sign_in",
    "sign_in_client",
]

ISSUER: Final = "http://localhost:8002"
# As people type them.
MOBILES: Final = {
    ALICE.identifier: "06 12 34 56 78",
    ETIENNE.identifier: "07.56.78.90.12",
    BOB.identifier: "+33 6 23 45 67 89",
    MARC.identifier: "0033 6 34 56 78 90",
    JEANNE.identifier: "0645678901",
}


def claims_of(person: CastPerson, **changes: Any) -> dict[str, Any]:
    """Return the verified claims of ``person``, with ``changes`` to them; a change to ``None`` leaves a claim empty."""
    return {"iss": ISSUER, "sub": f"sub-{person.identifier}", "acr": "1", "amr": ["pwd"], **person.claims(), **changes}


def sign_in(person: CastPerson, **changes: Any) -> "Person":
    """Return ``person`` on the platform, as after a sign-in."""
    from paraphe.platform.accounts import api as accounts

    return accounts.sign_in(claims_of(person, **changes))


def firm(one: CastFirm) -> "Firm":
    """Return the row of a firm of which somebody signed in before."""
    from paraphe.platform.accounts.models import Firm

    return Firm.objects.get(siren=one.siren)


def sign_in_client(client: "Client", person: CastPerson, **changes: Any) -> "Person":
    """Give ``client`` the session of ``person`` on the platform, and return the person."""
    from paraphe.platform.accounts import api as accounts
    from paraphe.platform.web.account.access import PERSON_KEY, SESSION_KEY

    signed_in = sign_in(person, **changes)
    session = client.session
    session[PERSON_KEY] = signed_in.pk
    session[SESSION_KEY] = str(accounts.open_session(signed_in, address="127.0.0.1", agent="a browser"))
    session.save()
    return signed_in
