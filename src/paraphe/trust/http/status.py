"""OCSP (RFC 6960 appendix A), revocation lists and issuer certificates (RFC 5280 §4.2.1.13, §4.2.2.1) over HTTP."""

import base64
import binascii
from datetime import timedelta
from typing import cast
from urllib.parse import unquote

from cryptography.hazmat.primitives.serialization import Encoding
from django.db import Error as DatabaseAway
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
OCSP_KEPT = timedelta(minutes=5)
CRL_KEPT = timedelta(minutes=10)
CERTIFICATE_CACHE = "public, max-age=86400"


@csrf_exempt
@require_POST
def ocsp_post(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer one OCSPRequest in the body."""
    if slug not in SLUGS:
        return bodies.plain(404, "There is no such issuer.")
    if not bodies.is_of_type(request, REQUEST):
        return bodies.plain(415, f"The body must be of type {REQUEST}.")
    return bodies.binary(status.ocsp_reply(bodies.body(request), cast(register.Slug, slug)).content, RESPONSE)


@require_safe
def ocsp_get(request: HttpRequest, slug: str, encoded: str) -> HttpResponse:
    """Answer one OCSPRequest in the address: base64, then URL-encoded (sometimes twice); caches may keep it a little.

    Minutes, where RFC 5019 §6.1 would allow until the answer ends: a revocation is to be seen soon.
    """
    if slug not in SLUGS:
        return bodies.plain(404, "There is no such issuer.")
    try:
        der = base64.b64decode(unquote(encoded), validate=True) if len(encoded) <= bodies.MAX_BODY else b""
    except (binascii.Error, ValueError):
        der = b""
    reply = status.ocsp_reply(der, cast(register.Slug, slug))
    if reply.this_update is None or reply.next_update is None:
        return bodies.binary(reply.content, RESPONSE)
    return bodies.cacheable(
        request, reply.content, RESPONSE, since=reply.this_update, until=reply.next_update, kept=OCSP_KEPT
    )


@require_safe
def revocation_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the current CertificateList of an issuer: ``natural``, or one part of it: ``natural-8-3``."""
    slug, _dash, part = slug.partition("-")
    if not status.is_list(slug, part):
        return bodies.plain(404, "There is no such list.")
    try:
        edition = status.current_edition(cast(register.Slug, slug), part)
    except (status.ListUnavailable, DatabaseAway):
        answer = bodies.plain(503, "The revocation list cannot be had now.")
        answer["Retry-After"] = "10"
        return answer
    return bodies.cacheable(
        request,
        edition.content,
        "application/pkix-crl",
        since=edition.this_update,
        until=edition.next_update,
        kept=CRL_KEPT,
    )


@require_safe
def issuer_certificate(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the certificate of an issuer."""
    try:
        _, certificate = register.issuer(cast(register.Slug, slug))
    except register.AuthorityUnknown:
        return bodies.plain(404, "There is no such issuer.")
    return bodies.binary(certificate.public_bytes(Encoding.DER), "application/pkix-cert", cache=CERTIFICATE_CACHE)


@require_safe
def issuer_pem(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the certificate of an issuer in PEM, for people and their tools."""
    try:
        _, certificate = register.issuer(cast(register.Slug, slug))
    except register.AuthorityUnknown:
        return bodies.plain(404, "There is no such issuer.")
    pem = certificate.public_bytes(Encoding.PEM)
    return bodies.binary(pem, "application/x-pem-file", cache=CERTIFICATE_CACHE)


urlpatterns = [
    path("ocsp/<slug:slug>", ocsp_post, name="ocsp"),
    path("ocsp/<slug:slug>/<path:encoded>", ocsp_get, name="ocsp-get"),
    path("crl/<slug:slug>.crl", revocation_list, name="crl"),
    path("ca/<slug:slug>.pem", issuer_pem, name="issuer-pem"),
    path("ca/<slug:slug>.cer", issuer_certificate, name="issuer-certificate"),
]
