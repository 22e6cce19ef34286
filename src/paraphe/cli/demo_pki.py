"""``paraphe demo-pki``: certificates to try things with; and what stamps and revokes by them on this machine alone."""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12

from paraphe.kernel.clock import Clock, SystemClock
from paraphe.kernel.digests import sha256
from paraphe.kernel.errors import DomainError
from paraphe.pki import build, crl, keys, lint, profiles, tsp
from paraphe.pki import pkcs12 as key_files
from paraphe.pki.errors import RevocationUnavailable
from paraphe.pki.ports import RevocationInfo
from paraphe.pki.profiles import Profile, ProfileSettings
from paraphe.pki.subjects import NaturalPerson, Organisation, Subject, Unit

POLICY_ARC = "1.3.6.1.4.1.99999.1"
POLICY = f"{POLICY_ARC}.3"
OPERATOR = Organisation("Paraphe (démonstration)", "NTRFR-000000000")
FIRM = Organisation("Cabinet Démonstration", "NTRFR-000000000")
MAX_DAYS = 1825
ALGORITHMS = ("P-256", "P-384", "RSA-2048", "RSA-3072", "RSA-4096")
BEGINS_BEFORE = timedelta(hours=1)
"""A clock on another machine may be a little behind."""


class DemoExists(DomainError):
    """The folder holds a demonstration PKI already, which is never overwritten."""

    code = "demo_exists"


class DemoMissing(DomainError):
    """The folder holds no demonstration PKI, or only part of one."""

    code = "demo_missing"


@dataclass(frozen=True)
class DemoPki:
    """What ``--tsa demo:DIR`` gives: timestamps and revocation lists made here, and the root to trust."""

    timestamps: "DemoTimestamps"
    revocation: "DemoRevocation"
    roots: Sequence[x509.Certificate]


@dataclass(frozen=True)
class DemoTimestamps:
    """A time-stamping unit in this process (RFC 3161)."""

    unit: keys.SoftwareSigner
    clock: Clock

    def timestamp(self, digest: bytes) -> bytes:
        """Return a token over the SHA-256 ``digest`` at the time of the clock."""
        nonce = build.new_serial()
        request = tsp.parse_request(tsp.build_request(digest, nonce))
        answer = tsp.build_response(
            request, self.unit, serial=build.new_serial(), gen_time=self.clock.now(), policy=POLICY
        )
        return tsp.parse_response(answer, digest, nonce)


@dataclass(frozen=True)
class DemoRevocation:
    """The root's revocation list, made when it is asked for: nothing is revoked."""

    root: x509.Certificate
    key: keys.PrivateKey
    clock: Clock

    def revocation_info(self, certificate: x509.Certificate, issuer: x509.Certificate) -> RevocationInfo:
        """Return an empty list, good for a week. Raises RevocationUnavailable for another issuer."""
        if issuer != self.root:
            raise RevocationUnavailable(reason="not the demonstration root")
        now = self.clock.now()
        number = int(now.timestamp())
        return RevocationInfo(crl=crl.build_crl(self.root, self.key, number, now, now + timedelta(days=7), []))


def add_commands(commands: Any) -> None:
    """Add ``demo-pki`` to the words of the command line."""
    purpose = "make a root, a signer, a seal and a time-stamping unit to try things with"
    command = commands.add_parser("demo-pki", help=purpose, description=purpose)
    command.add_argument("folder", type=Path, metavar="DIR", help="an empty folder, or one to make")
    command.add_argument("--algorithm", choices=ALGORITHMS, default="P-256")
    command.add_argument("--days", type=_days, default=365, help="how long the certificates are good (1 to 1825)")
    command.set_defaults(answer=answer)


def answer(options: argparse.Namespace, _environment: object) -> int:
    """Make the files and name them: 0 done, 2 when the folder cannot take them."""
    try:
        written = create(options.folder, algorithm=options.algorithm, days=options.days)
    except DemoExists:
        print(
            f"Paraphe: {options.folder} is not empty; choose another folder, nothing is overwritten.", file=sys.stderr
        )
        return 2
    except OSError as error:
        print(f"Paraphe: {options.folder} cannot be written to ({error.strerror}).", file=sys.stderr)
        return 2
    for path in written:
        print(path)
    print("The PKCS#12 files have no password. Trust root.pem for trials only.", file=sys.stderr)
    return 0


def _days(text: str) -> int:
    found = int(text)
    if not 1 <= found <= MAX_DAYS:
        raise ValueError(text)
    return found


def load_demo(folder: Path, clock: Clock | None = None) -> DemoPki:
    """Return what the files of ``create`` in ``folder`` can do. Raises DemoMissing."""
    clock = clock or SystemClock()
    try:
        root = x509.load_pem_x509_certificate((folder / "root.pem").read_bytes())
        key = serialization.load_pem_private_key((folder / "root-key.pem").read_bytes(), None)
        unit = key_files.load((folder / "tsa.p12").read_bytes())
    except (OSError, ValueError, DomainError) as error:
        raise DemoMissing(folder=str(folder)) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise DemoMissing(folder=str(folder))
    return DemoPki(DemoTimestamps(unit, clock), DemoRevocation(root, key, clock), [root])


def create(folder: Path, *, algorithm: str = "P-256", days: int = 365, clock: Clock | None = None) -> list[Path]:
    """Write a root, a signer, a seal and a time-stamping unit into ``folder`` and return the files.

    The PKCS#12 files have no password: what anybody may try needs none. Raises DemoExists, OSError.
    """
    clock = clock or SystemClock()
    if folder.exists() and any(folder.iterdir()):
        raise DemoExists(folder=str(folder))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    begin = clock.now().replace(microsecond=0) - BEGINS_BEFORE
    maker = _Maker(folder, algorithm, begin, timedelta(days=days))
    return maker.write()


class _Maker:
    """Makes one demonstration PKI."""

    def __init__(self, folder: Path, algorithm: str, begin: datetime, life: timedelta) -> None:
        self._folder, self._algorithm, self._begin, self._life = folder, algorithm, begin, life
        self._settings = ProfileSettings(POLICY_ARC, "", "", "", "", OPERATOR)
        self._written: list[Path] = []

    def write(self) -> list[Path]:
        """Make every key and certificate, write them, return the files."""
        root = self._issue(profiles.root_profile, Unit("Racine de démonstration, sans valeur", OPERATOR), None)
        self._file("root.pem", root.certificate.public_bytes(Encoding.PEM))
        self._file("root-key.pem", _pem(root.private_key))
        person = NaturalPerson(
            "Alice", "Démonstration", "alice@demonstration.invalid", "PARAPHE-DEMO", organisation=FIRM
        )
        self._leaf("signer", profiles.natural_person_profile, person, root)
        self._leaf("seal", profiles.legal_person_seal_profile, Unit("Cabinet Démonstration", FIRM), root)
        self._leaf("tsa", profiles.tsa_profile, Unit("Horodatage de démonstration", OPERATOR), root)
        return self._written

    def _leaf(self, name: str, profile: Any, subject: Subject, root: keys.SoftwareSigner) -> None:
        made = self._issue(profile, subject, root)
        self._file(f"{name}.pem", made.certificate.public_bytes(Encoding.PEM))
        packed = pkcs12.serialize_key_and_certificates(
            name.encode(), made.private_key, made.certificate, [root.certificate], NoEncryption()
        )
        self._file(f"{name}.p12", packed)

    def _issue(self, make: Any, subject: Subject, issuer: keys.SoftwareSigner | None) -> keys.SoftwareSigner:
        profile: Profile = make(self._settings)
        private = _new_key(self._algorithm)
        end = self._begin + (self._life if issuer else self._life + timedelta(days=1))
        tbs = build.prepare_certificate(
            profile,
            subject,
            keys.checked_key(private.public_key()),
            issuer.certificate if issuer else None,
            build.new_serial(),
            self._begin,
            end,
        )
        lint.lint_tbs(tbs, profile)
        above = issuer.private_key if issuer else private
        algorithm = keys.algorithm_of(keys.checked_key(above.public_key()))
        certificate = build.assemble_certificate(tbs, keys.sign_digest(above, algorithm, sha256(tbs)), algorithm)
        build.compare(certificate, tbs)
        return keys.SoftwareSigner(private, certificate, [issuer.certificate] if issuer else [])

    def _file(self, name: str, data: bytes) -> None:
        path = self._folder / name
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        self._written.append(path)


def _new_key(algorithm: str) -> keys.PrivateKey:
    if algorithm.startswith("RSA-"):
        return rsa.generate_private_key(65537, int(algorithm.removeprefix("RSA-")))
    return ec.generate_private_key(ec.SECP384R1() if algorithm == "P-384" else ec.SECP256R1())


def _pem(key: keys.PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
