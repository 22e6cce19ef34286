"""What those are told whom a standing mandate names: that they may release now, or no longer; in its transaction."""

from typing import Final

from django.conf import settings
from django.utils import translation

from paraphe.floor.messaging import api as messaging
from paraphe.platform.accounts import api as accounts
from paraphe.platform.sealing.models import StandingMandate

TEMPLATES: Final = "platform_sealing/mail"


def given(mandate: StandingMandate) -> None:
    """Tell everybody whom it names what he may release now, unless he wants no such mail; each once."""
    _write(mandate, "standing_given")


def withdrawn(mandate: StandingMandate) -> None:
    """Tell them that they may release nothing under it any more, unless they want no such mail; each once."""
    _write(mandate, "standing_withdrawn")


def _write(mandate: StandingMandate, what: str) -> None:
    for person in mandate.people.exclude(pk=mandate.granted_by_id):
        if accounts.wants(person, "mandate"):
            _tell(mandate, person, what)


def _tell(mandate: StandingMandate, person: accounts.Person, what: str) -> None:
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
                    "mandate": mandate,
                    "address": f"{settings.SITE_URL}/cachets/",
                },
                key=f"{what}:{mandate.pk}:{person.pk}",
                language=language,
            )
    except messaging.AddressRefused:
        # An address that takes no e-mail keeps no mandate from being given or withdrawn.
        return
