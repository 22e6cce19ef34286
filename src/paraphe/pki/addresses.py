"""Where a certificate says that more can be learnt of it (RFC 5280 §4.2.1.13 and §4.2.2.1)."""

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID


def ocsp_addresses(certificate: x509.Certificate) -> list[str]:
    """Return the addresses of its OCSP responders."""
    return _access(certificate, AuthorityInformationAccessOID.OCSP)


def issuer_addresses(certificate: x509.Certificate) -> list[str]:
    """Return the addresses of its issuer's certificate (caIssuers)."""
    return _access(certificate, AuthorityInformationAccessOID.CA_ISSUERS)


def crl_addresses(certificate: x509.Certificate) -> list[str]:
    """Return the addresses of its revocation lists."""
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except (x509.ExtensionNotFound, ValueError):
        return []
    return [
        name.value
        for point in points
        for name in point.full_name or []
        if isinstance(name, x509.UniformResourceIdentifier)
    ]


def _access(certificate: x509.Certificate, method: x509.ObjectIdentifier) -> list[str]:
    try:
        entries = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    except (x509.ExtensionNotFound, ValueError):
        return []
    return [
        entry.access_location.value
        for entry in entries
        if entry.access_method == method and isinstance(entry.access_location, x509.UniformResourceIdentifier)
    ]
