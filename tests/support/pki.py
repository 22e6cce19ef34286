"""A public key infrastructure in memory, made with our own library: for tests only."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from paraphe.kernel.digests import sha256
from paraphe.pki import build, crl, keys, lint, ocsp, profiles, tsp
from paraphe.pki.errors import RevocationUnavailable
from paraphe.pki.ports import RevocationInfo
from paraphe.pki.profiles import Profile, ProfileSettings
from paraphe.pki.subjects import NaturalPerson, Organisation, Subject, Unit

OPERATOR = Organisation("Confiance Essai", "NTRFR-732829320")
FIRM = Organisation("Cabinet Martin", "NTRFR-552100554")
POLICY_ARC = "1.3.6.1.4.1.99999.1"
TSA_POLICY = f"{POLICY_ARC}.3"


def settings_of(issuer: str, base: str = "http://confiance.test") -> ProfileSettings:
    """Return the addresses that certificates of ``issuer`` carry in tests; nothing answers there."""
    return ProfileSettings(
        policy_arc=POLICY_ARC,
        aia_url=f"{base}/ca/{issuer}.cer",
        crl_url=f"{base}/crl/{issuer}.crl",
        ocsp_url="" if issuer == "root" else f"{base}/ocsp/{issuer}",
        cps_url="http://confiance.test/",
        organisation=OPERATOR,
    )


@dataclass
class Authority:
    """One authority of the test PKI: its key, its certificate, its responder, what it revoked."""

    slug: str
    signer: keys.SoftwareSigner
    responder: keys.SoftwareSigner | None = None
    revoked: dict[int, datetime] = field(default_factory=dict)
    on_hold: set[int] = field(default_factory=set)


@dataclass
class TestPki:
    """Root → two issuing authorities → people, seals, a time-stamping unit, responders."""

    __test__ = False

    now: datetime
    algorithm: str
    base: str = "http://confiance.test"
    authorities: dict[str, Authority] = field(default_factory=dict)
    signers: dict[str, keys.SoftwareSigner] = field(default_factory=dict)
    tokens: int = 0

    @classmethod
    def create(cls, now: datetime, algorithm: str = "P-256", base: str = "http://confiance.test") -> "TestPki":
        """Make the whole, valid from a day before ``now``."""
        pki = cls(now, algorithm, base)
        pki._authority("root", profiles.root_profile, "Racine d'essai", None)
        pki._authority("natural", profiles.natural_ca_profile, "Personnes physiques, essai", "root")
        pki._authority("legal", profiles.legal_ca_profile, "Personnes morales, essai", "root")
        pki.person("alice", "Alice", "Martin")
        pki.person("bob", "Bob", "Petit")
        pki.person("etienne", "Étienne", "Le Gall-Dubois")
        pki._leaf("seal", "legal", profiles.legal_person_seal_profile, Unit("Cabinet Martin", FIRM))
        pki._leaf("tsu", "legal", profiles.tsa_profile, Unit("Horodatage d'essai", OPERATOR))
        return pki

    def person(self, name: str, given_name: str, surname: str) -> keys.SoftwareSigner:
        """Certify one more person, called ``name`` in tests."""
        subject = NaturalPerson(given_name, surname, f"{name}@cabinet.test", f"PARAPHE-{name}", organisation=FIRM)
        return self._leaf(name, "natural", profiles.natural_person_profile, subject)

    def signer(self, name: str) -> keys.SoftwareSigner:
        """Return the signer called ``name``: alice, bob, etienne, seal, tsu."""
        return self.signers[name]

    @property
    def roots(self) -> list[x509.Certificate]:
        """Return the root, alone in a list."""
        return [self.authorities["root"].signer.certificate]

    @property
    def timestamps(self) -> "LocalTimestamps":
        """Return the time-stamping authority, as a port."""
        return LocalTimestamps(self)

    @property
    def revocation(self) -> "LocalRevocation":
        """Return the responders and lists, as a port."""
        return LocalRevocation(self)

    def revoke(self, name: str, at: datetime) -> None:
        """Revoke the certificate of ``name`` since ``at``."""
        certificate = self.signers[name].certificate
        for authority in self.authorities.values():
            if authority.signer.certificate.subject == certificate.issuer:
                authority.revoked[certificate.serial_number] = at

    def suspend(self, name: str, at: datetime) -> None:
        """Put the certificate of ``name`` on hold since ``at``."""
        self.revoke(name, at)
        for authority in self.authorities.values():
            authority.on_hold |= {self.signers[name].certificate.serial_number} & authority.revoked.keys()

    def renew_responders(self) -> None:
        """Certify the responders of the authorities anew: the certificates before may have ended."""
        for slug, authority in self.authorities.items():
            if authority.responder is not None:
                authority.responder = self._issue(slug, profiles.ocsp_profile, Unit(f"OCSP {slug}", OPERATOR), slug)

    def _authority(self, slug: str, profile: object, common_name: str, issuer: str | None) -> None:
        signer = self._issue(slug if issuer is None else issuer, profile, Unit(common_name, OPERATOR), issuer)
        authority = self.authorities[slug] = Authority(slug, signer)
        if issuer is not None:
            subject = Unit(f"OCSP {common_name}", OPERATOR)
            authority.responder = self._issue(slug, profiles.ocsp_profile, subject, slug)

    def _leaf(self, name: str, issuer: str, profile: object, subject: Subject) -> keys.SoftwareSigner:
        self.signers[name] = self._issue(issuer, profile, subject, issuer)
        return self.signers[name]

    def _issue(self, slug: str, make: object, subject: Subject, issuer: str | None) -> keys.SoftwareSigner:
        profile: Profile = make(settings_of(slug, self.base))  # type: ignore[operator]
        private = ec.generate_private_key(ec.SECP256R1()) if self.algorithm == "P-256" else _rsa_key()
        above = self.authorities[issuer].signer if issuer else None
        begin = self.now - timedelta(days=1)
        tbs = build.prepare_certificate(
            profile,
            subject,
            keys.checked_key(private.public_key()),
            above.certificate if above else None,
            build.new_serial(),
            begin,
            begin + timedelta(days=profile.validity_days),
        )
        lint.lint_tbs(tbs, profile)
        signing_key = above.private_key if above else private
        algorithm = keys.algorithm_of(keys.checked_key(signing_key.public_key()))
        certificate = build.assemble_certificate(tbs, keys.sign_digest(signing_key, algorithm, sha256(tbs)), algorithm)
        build.compare(certificate, tbs)
        lint.lint_certificate(certificate, profile)
        chain: Sequence[x509.Certificate] = [above.certificate, *above.chain] if above else []
        return keys.SoftwareSigner(private, certificate, chain)


@dataclass(frozen=True)
class LocalTimestamps:
    """The time-stamping unit of a test PKI."""

    pki: TestPki

    def timestamp(self, digest: bytes) -> bytes:
        """Return a token over ``digest`` at the time of the PKI."""
        self.pki.tokens += 1
        request = tsp.parse_request(tsp.build_request(digest, self.pki.tokens))
        answer = tsp.build_response(
            request, self.pki.signer("tsu"), serial=self.pki.tokens, gen_time=self.pki.now, policy=TSA_POLICY
        )
        return tsp.parse_response(answer, digest, self.pki.tokens)


@dataclass(frozen=True)
class LocalRevocation:
    """The responders and lists of a test PKI."""

    pki: TestPki

    def revocation_info(self, certificate: x509.Certificate, issuer: x509.Certificate) -> RevocationInfo:
        """Return an OCSP answer, or the list of the root."""
        for authority in self.pki.authorities.values():
            if authority.signer.certificate != issuer:
                continue
            if authority.responder is None:
                return RevocationInfo(crl=self.crl(authority))
            return RevocationInfo(ocsp=self._ocsp(authority, certificate))
        raise RevocationUnavailable(reason="unknown issuer")

    def crl(self, authority: Authority) -> bytes:
        """Return the list of ``authority``."""
        entries = [crl.RevokedEntry(serial, at) for serial, at in authority.revoked.items()]
        key = authority.signer.private_key
        return crl.build_crl(
            authority.signer.certificate, key, 1, self.pki.now, self.pki.now + timedelta(days=7), entries
        )

    def _ocsp(self, authority: Authority, certificate: x509.Certificate) -> bytes:
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.serialization import Encoding
        from cryptography.x509 import ocsp as builder

        asked = builder.OCSPRequestBuilder().add_certificate(certificate, authority.signer.certificate, hashes.SHA1())
        query = ocsp.parse_request(asked.build().public_bytes(Encoding.DER))
        at = authority.revoked.get(certificate.serial_number)
        hold = x509.ReasonFlags.certificate_hold if certificate.serial_number in authority.on_hold else None
        status = ocsp.CertStatus("revoked", at, hold) if at else ocsp.CertStatus("good")
        assert authority.responder is not None
        return ocsp.build_response(
            query,
            [status],
            responder=authority.responder.certificate,
            key=authority.responder.private_key,
            this_update=self.pki.now,
            next_update=self.pki.now + timedelta(days=1),
        )


def _rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 3072)
