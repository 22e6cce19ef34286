"""The front page of the trust site."""

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from paraphe.trust.pages.home import statement
from paraphe.trust.register import api as register

AUTHORITIES = (
    ("root", _("Autorité racine"), _("C'est elle que l'on ajoute à son logiciel de lecture.")),
    ("natural", _("Autorité des personnes physiques"), _("Émet les certificats de signature.")),
    ("legal", _("Autorité des personnes morales"), _("Émet les certificats de cachet.")),
)


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Tell what this site is, and show its authorities with their fingerprints."""
    found: dict[str, x509.Certificate | None] = {
        authority.slug: authority.certificate for authority in register.authorities()
    }
    authorities = [
        {
            "slug": slug,
            "label": label,
            "help": help_text,
            "subject": readable(certificate.subject),
            "until": certificate.not_valid_after_utc,
            "fingerprint": fingerprint(certificate),
        }
        for slug, label, help_text in AUTHORITIES
        if (certificate := found.get(slug)) is not None
    ]
    context = {"authorities": authorities, "policy_arc": settings.POLICY_OID_ARC, "demo": settings.DEMONSTRATION}
    return render(request, "trust/home.html", context)


def readable(name: x509.Name) -> str:
    """Return common name and organisation, as people say them."""
    values = [name.get_attributes_for_oid(oid) for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)]
    return ", ".join(str(found[0].value) for found in values if found)


def fingerprint(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of ``certificate`` as readers show it: pairs of capitals, apart."""
    return certificate.fingerprint(hashes.SHA256()).hex(" ").upper()


@require_GET
def practices(request: HttpRequest) -> HttpResponse:
    """Show the certification practice statement, to which every certificate leads."""
    context = {"chapters": statement.chapters(), "version": statement.version()}
    return render(request, "trust/statement.html", context)
