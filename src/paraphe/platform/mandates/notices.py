"""What somebody is told of a mandate that he was given or that was withdrawn, in the transaction in which it was."""

from typing import Final

from django.conf import settings
from django.utils import translation

from paraphe.floor.messaging import api as messaging
from paraphe.platform.accounts import api as accounts
from paraphe.platform.mandates.deeds import RIGHTS
from paraphe.platform.mandates.models import Mandate

TEMPLATES: Final = "platform_mandates/mail"


def given(mandate: Mandate) -> None:
    """Tell who may act now what he may do, unless he wants no such mail; once."""
    _write(mandate, "given")


def withdrawn(mandate: Mandate) -> None:
    """Tell who may act no longer, unless he wants no such mail; once."""
    _write(mandate, "withdrawn")


def _write(mandate: Mandate, what: str) -> None:
    person = accounts.person(mandate.person_id)
    if not accounts.wants(person, "mandate"):
        return
    language = accounts.language_of(person)
    try:
        with translation.override(language):
            messaging.send_template(
                to=person.email,
                template=f"{TEMPLATES}/{what}",
                context={
                    "person": person,
                    "firm": mandate.firm,
                    "grantor": mandate.granted_by,
                    "rights": [str(RIGHTS[one]) for one in mandate.rights],
                    "starts_on": mandate.starts_on,
                    "ends_on": mandate.ends_on,
                    "url": f"{settings.SITE_URL}/espace/delegations/{mandate.pk}/",
                },
                key=f"mandate-{what}:{mandate.pk}",
                language=language,
            )
    except messaging.AddressRefused:
        # An address that takes no e-mail keeps no mandate from being given or withdrawn.
        return
