"""Where keys, timestamps and revocation information of the command line come from."""

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from cryptography import x509

from paraphe.kernel.errors import DomainError
from paraphe.pki import pkcs12
from paraphe.pki.ports import HashSigner, RevocationInfo, RevocationSource, TimestampSource

Sources = tuple[TimestampSource | None, RevocationSource | None, list[x509.Certificate]]


class NotUsable(DomainError):
    """What was said on the command line cannot be done here; ``params["what"]`` says which part."""

    code = "not_usable"


def credential(options: argparse.Namespace) -> HashSigner:
    """Return the signer that was named. Raises NotUsable, Pkcs12Password, Pkcs12Unusable and those of the token."""
    signer = _from_token(options) if options.pkcs11 else _from_file(options)
    now = datetime.now(UTC)
    if not signer.certificate.not_valid_before_utc <= now <= signer.certificate.not_valid_after_utc:
        raise NotUsable(
            what="certificate_not_in_force",
            since=f"{signer.certificate.not_valid_before_utc:%Y-%m-%d}",
            until=f"{signer.certificate.not_valid_after_utc:%Y-%m-%d}",
        )
    return signer


def secret(variable: str) -> str:
    """Return what is in an environment variable. Raises NotUsable where it is not set."""
    found = os.environ.get(variable)
    if found is None:
        raise NotUsable(what="variable", variable=variable)
    return found


def sources(options: argparse.Namespace, signer: HashSigner) -> Sources:
    """Return timestamps, revocation information and roots, as the command line names them. Raises NotUsable."""
    roots = [one for one in signer.chain if one.issuer == one.subject]
    if options.tsa is None:
        if options.level not in (None, "B-B"):
            raise NotUsable(what="tsa_missing", level=options.level)
        return None, None, roots
    scheme, _, folder = options.tsa.partition(":")
    if scheme == "demo":
        from paraphe.cli.demo_pki import load_demo

        demo = load_demo(Path(folder))
        return demo.timestamps, _with_lists(options.crl, demo.revocation), list({*roots, *demo.roots})
    if scheme not in ("http", "https"):
        raise NotUsable(what="tsa", tsa=options.tsa)
    from paraphe.wire.revocation import Fetcher
    from paraphe.wire.timestamps import HttpTimestamps

    try:
        timestamps = HttpTimestamps(options.tsa)
    except ValueError:
        raise NotUsable(what="tsa", tsa=options.tsa) from None
    return timestamps, _with_lists(options.crl, Fetcher()), roots


@dataclass(frozen=True)
class ListsFirst:
    """Revocation lists from files, signed by the issuer that is asked about; ``otherwise`` for all other issuers."""

    lists: Sequence[x509.CertificateRevocationList]
    otherwise: RevocationSource

    def revocation_info(self, certificate: x509.Certificate, issuer: x509.Certificate) -> RevocationInfo:
        """Return the list of ``issuer``, else what the other source says. Raises RevocationUnavailable."""
        from cryptography.hazmat.primitives.serialization import Encoding

        for one in self.lists:
            if one.issuer == issuer.subject and one.is_signature_valid(issuer.public_key()):  # type: ignore[arg-type]
                return RevocationInfo(crl=one.public_bytes(Encoding.DER))
        return self.otherwise.revocation_info(certificate, issuer)


def _with_lists(paths: Sequence[Path], otherwise: RevocationSource) -> RevocationSource:
    if not paths:
        return otherwise
    return ListsFirst([_list(path) for path in paths], otherwise)


def _list(path: Path) -> x509.CertificateRevocationList:
    data = _read(path)
    try:
        return x509.load_pem_x509_crl(data) if data.startswith(b"-----") else x509.load_der_x509_crl(data)
    except ValueError:
        raise NotUsable(what="crl", file=str(path)) from None


def _from_file(options: argparse.Namespace) -> HashSigner:
    password = secret(options.p12_pass_env) if options.p12_pass_env else None
    return pkcs12.load(_read(options.p12), password, pss=options.pss)


def _from_token(options: argparse.Namespace) -> HashSigner:
    """Open a token named by a PKCS#11 URI (RFC 7512 §2.3): token, object, module-path, pin-source=env:VAR."""
    named = urlsplit(options.pkcs11)
    path = dict(part.partition("=")[::2] for part in named.path.split(";") if part)
    query = dict(parse_qsl(named.query))
    if named.scheme != "pkcs11" or "token" not in path or "module-path" not in query:
        raise NotUsable(what="pkcs11")
    label = unquote(path["object"]) if "object" in path else None
    pin = _pin(query)
    from paraphe.pki.pkcs11 import open_token

    return open_token(query["module-path"], unquote(path["token"]), pin, label, pss=options.pss)


def _pin(query: Mapping[str, str]) -> str:
    kind, _, name = query.get("pin-source", "").partition(":")
    if kind == "env" and name:
        return secret(name)
    if kind == "file" and name:
        return _read(Path(name)).decode("utf-8", "replace").strip()
    raise NotUsable(what="pin")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotUsable(what="file", file=str(path), reason=error.strerror) from None
