"""Name constraints (RFC 5280 §4.2.1.10): which names an authority may certify."""

import ipaddress
from collections.abc import Sequence
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.x509.oid import NameOID

from paraphe.pdf.verdict.certificates import Certificate

CHECKED = (x509.DirectoryName, x509.DNSName, x509.RFC822Name, x509.UniformResourceIdentifier, x509.IPAddress)


class Names:
    """Every name of one certificate: subject, addresses in it, alternative names."""

    def __init__(self, certificate: Certificate) -> None:
        subject = certificate.parsed.subject
        self._names: list[x509.GeneralName] = [x509.DirectoryName(subject)] if list(subject) else []
        other = certificate.extension(x509.SubjectAlternativeName)
        if isinstance(other, x509.SubjectAlternativeName):
            self._names += list(other)
        else:
            addresses = subject.get_attributes_for_oid(NameOID.EMAIL_ADDRESS)
            self._names += [x509.RFC822Name(str(one.value)) for one in addresses if str(one.value).isascii()]

    def allowed(self, limits: x509.NameConstraints) -> bool:
        """Tell whether every name lies inside what is permitted and outside what is excluded."""
        return all(self._one(name, limits) for name in self._names)

    def _one(self, name: x509.GeneralName, limits: x509.NameConstraints) -> bool:
        permitted = _of(type(name), limits.permitted_subtrees)
        excluded = _of(type(name), limits.excluded_subtrees)
        if (permitted or excluded) and not isinstance(name, CHECKED):
            # A kind of name whose limits are not understood here: what is not understood is not allowed.
            return False
        if any(_inside(name, one) for one in excluded):
            return False
        return not permitted or any(_inside(name, one) for one in permitted)


def _of(kind: type[x509.GeneralName], subtrees: Sequence[x509.GeneralName] | None) -> list[x509.GeneralName]:
    return [one for one in subtrees or () if isinstance(one, kind)]


def _inside(name: x509.GeneralName, tree: x509.GeneralName) -> bool:
    if isinstance(name, x509.DirectoryName) and isinstance(tree, x509.DirectoryName):
        above = [_relative(one) for one in tree.value.rdns]
        return [_relative(one) for one in name.value.rdns][: len(above)] == above
    if isinstance(name, x509.IPAddress) and isinstance(tree, x509.IPAddress):
        return _address_inside(name, tree)
    value, limit = str(name.value).lower(), str(tree.value).lower()
    if isinstance(name, x509.RFC822Name):
        host = value.rpartition("@")[2]
        return value == limit if "@" in limit else _mail_host(host, limit)
    if isinstance(name, x509.UniformResourceIdentifier):
        host = (urlsplit(value).hostname or "").lower()
        return bool(host) and _mail_host(host, limit)
    return not limit or value == limit or value.endswith("." + limit.lstrip("."))


def _mail_host(host: str, limit: str) -> bool:
    """Compare hosts as for addresses and locators: a leading dot means any host below, else that host alone."""
    return host.endswith(limit) if limit.startswith(".") else host == limit


def _address_inside(name: x509.IPAddress, tree: x509.IPAddress) -> bool:
    network = tree.value
    if not isinstance(network, ipaddress.IPv4Network | ipaddress.IPv6Network):
        return False
    return isinstance(name.value, ipaddress.IPv4Address | ipaddress.IPv6Address) and name.value in network


def _relative(one: x509.RelativeDistinguishedName) -> frozenset[tuple[str, str]]:
    """Return a relative name as it is compared: without regard to case and doubled spaces (§7.1)."""
    return frozenset((part.oid.dotted_string, " ".join(str(part.value).casefold().split())) for part in one)
