"""OCSP (RFC 6960 appendix A), revocation lists and issuer certificates (RFC 5280 §4.2.1.13, §4.2.2.1) over HTTP."""

import base64
import binascii
from typing import cast
from urllib.parse import unquote

from cryptography.hazmat.primitives.serialization import Encoding
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from paraphe.trust.http import bodies
from paraphe.trust.register import api as register
from paraphe.trust.status import api as status

REQUEST = "application/ocsp-request"
RESPONSE = "application/ocsp-response"
SLUGS = ("root", "natural", "legal")
OCSP_CACHE = "public, max-age=300, no-transform, must-revalidate"
CRL_CACHE = "public, max-age=600"
CERTIFICATE_CACHE = "public, max-age=86400"


@csrf_exempt
@require_POST
def ocsp_post(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer one OCSPRequest in the body."""
    if slug not in SLUGS:
        return bodies.plain(404, "There is no such issuer.")
    if not bodies.is_of_type(request, REQUEST):
        return bodies.plain(415, f"The body must be of type {REQUEST}.")
    return bodies.binary(status.ocsp_answer(bodies.body(request), cast(register.Slug, slug)), RESPONSE)


@require_safe
def ocsp_get(request: HttpRequest, slug: str, encoded: str) -> HttpResponse:
    """Answer one OCSPRequest in the address: base64, then URL-encoded (sometimes twice)."""
    if slug not in SLUGS:
        return bodies.plain(404, "There is no such issuer.")
    try:
        der = base64.b64decode(unquote(encoded), validate=True) if len(encoded) <= bodies.MAX_BODY else b""
    except (binascii.Error, ValueError):
        der = b""
    return bodies.binary(status.ocsp_answer(der, cast(register.Slug, slug)), RESPONSE, cache=OCSP_CACHE)


@require_safe
def revocation_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the current CertificateList of an issuer: ``natural``, or one part of it: ``natural-8-3``."""
    slug, _dash, part = slug.partition("-")
    if slug not in SLUGS:
        return bodies.plain(404, "There is no such issuer.")
    try:
        content = status.current_crl(cast(register.Slug, slug), part)
    except status.ListUnavailable:
        answer = bodies.plain(503, "The revocation list cannot be had now.")
        answer["Retry-After"] = "10"
        return answer
    return bodies.binary(content, "application/pkix-crl", cache=CRL_CACHE)


@require_safe
def issuer_certificate(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the certificate of an issuer."""
    try:
        _, certificate = register.issuer(cast(register.Slug, slug))
    except register.AuthorityUnknown:
        return bodies.plain(404, "There is no such issuer.")
    return bodies.binary(certificate.public_bytes(Encoding.DER), "application/pkix-cert", cache=CERTIFICATE_CACHE)


urlpatterns = [
    path("ocsp/<slug:slug>", ocsp_post, name="ocsp"),
    path("ocsp/<slug:slug>/<path:encoded>", ocsp_get, name="ocsp-get"),
    path("crl/<slug:slug>.crl", revocation_list, name="crl"),
    path("ca/<slug:slug>.cer", issuer_certificate, name="issuer-certificate"),
]
