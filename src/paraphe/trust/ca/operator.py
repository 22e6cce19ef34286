"""What the operator's settings say about certificates: names, addresses, policies, and which authority signs what."""

from collections.abc import Callable

from django.conf import settings

from paraphe.pki import profiles
from paraphe.pki.profiles import Profile, ProfileSettings
from paraphe.pki.subjects import Organisation, Unit
from paraphe.trust.ca.errors import ProfileUnknown
from paraphe.trust.register import api as register

SUBSCRIBER_PROFILES: dict[str, tuple[register.Slug, Callable[[ProfileSettings], Profile]]] = {
    "natural-person": ("natural", profiles.natural_person_profile),
    "invited-person": ("natural", profiles.invited_person_profile),
    "one-shot": ("natural", profiles.one_shot_profile),
    "legal-person-seal": ("legal", profiles.legal_person_seal_profile),
    "evidence-seal": ("legal", profiles.evidence_seal_profile),
}
AUTHORITY_PROFILES: dict[register.Slug, Callable[[ProfileSettings], Profile]] = {
    "root": profiles.root_profile,
    "natural": profiles.natural_ca_profile,
    "legal": profiles.legal_ca_profile,
}
SERVICE_PROFILES: dict[register.Role, Callable[[ProfileSettings], Profile]] = {
    "ocsp": profiles.ocsp_profile,
    "tsa": profiles.tsa_profile,
}
AUTHORITY_NAMES: dict[register.Slug, str] = {
    "root": "Paraphe Root CA",
    "natural": "Paraphe Natural Persons CA",
    "legal": "Paraphe Legal Persons CA",
}


def organisation() -> Organisation:
    """Return who operates this installation; the country is the one of its registration number."""
    return Organisation(settings.OPERATOR_NAME, settings.OPERATOR_ID, settings.OPERATOR_ID[3:5])


def unit(common_name: str) -> Unit:
    """Return the name of an authority or service of the operator."""
    return Unit(common_name, organisation())


def subscriber_profile(name: str) -> tuple[register.Slug, Profile]:
    """Return who issues certificates of profile ``name``, and the profile. Raises ProfileUnknown."""
    if name not in SUBSCRIBER_PROFILES:
        raise ProfileUnknown(profile=name)
    slug, make = SUBSCRIBER_PROFILES[name]
    return slug, make(profile_settings(slug))


def profile_named(name: str, issuer: register.Slug) -> Profile:
    """Return the profile of this name under the issuer that signed a certificate. Raises ProfileUnknown."""
    if name in SUBSCRIBER_PROFILES:
        return subscriber_profile(name)[1]
    makers = [*AUTHORITY_PROFILES.values(), *SERVICE_PROFILES.values()]
    found = [made for make in makers if (made := make(profile_settings(issuer))).name == name]
    if not found:
        raise ProfileUnknown(profile=name)
    return found[0]


def authority_profile(slug: register.Slug) -> Profile:
    """Return the profile of the certificate of an authority; the root signs all of them."""
    return AUTHORITY_PROFILES[slug](profile_settings("root"))


def service_profile(role: register.Role, slug: register.Slug) -> Profile:
    """Return the profile of a service of authority ``slug``."""
    return SERVICE_PROFILES[role](profile_settings(slug))


def profile_settings(issuer: register.Slug) -> ProfileSettings:
    """Return the addresses and policies that go into certificates which authority ``issuer`` signs."""
    url = settings.SITE_URL
    return ProfileSettings(
        policy_arc=settings.POLICY_OID_ARC,
        aia_url=f"{url}/ca/{issuer}.cer",
        crl_url=register.list_address(issuer),
        # The root answers by its list only: its key is not there to certify a responder whenever one is due.
        ocsp_url="" if issuer == "root" else f"{url}/ocsp/{issuer}",
        cps_url=f"{url}/cps/",
        organisation=organisation(),
    )
