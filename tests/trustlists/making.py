"""Trusted lists as a Member State would publish them, signed by keys of the test PKI."""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from signxml.algorithms import SignatureMethod
from signxml.xades.xades import XAdESSigner

from paraphe.pki.keys import SoftwareSigner

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
LISTS = "https://lists.test/eu.xml"
FRANCE = "https://lists.test/fr.xml"
SCHEMA = "http://uri.etsi.org/02231/v2#"
MORE = "http://uri.etsi.org/02231/v2/additionaltypes#"
STATUS = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/"


@dataclass(frozen=True)
class Instance:
    """One status of a service since a time."""

    status: str
    since: datetime
    kind: str = "CA/QC"
    name: str = "Certificats qualifiés"


def text64(certificate: x509.Certificate) -> str:
    return base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()


def pointer(location: str, territory: str, signers: list[x509.Certificate]) -> str:
    identities = "".join(f"<DigitalId><X509Certificate>{text64(one)}</X509Certificate></DigitalId>" for one in signers)
    return f"""<OtherTSLPointer><ServiceDigitalIdentities><ServiceDigitalIdentity>{identities}</ServiceDigitalIdentity>
      </ServiceDigitalIdentities><TSLLocation>{location}</TSLLocation><AdditionalInformation>
      <OtherInformation><SchemeTerritory>{territory}</SchemeTerritory></OtherInformation>
      <OtherInformation><a:MimeType xmlns:a="{MORE}">application/vnd.etsi.tsl+xml</a:MimeType></OtherInformation>
      </AdditionalInformation></OtherTSLPointer>"""


def service(certificate: x509.Certificate, *instances: Instance) -> str:
    """Return a service with its present status and the history before it."""

    def information(one: Instance, identity: str) -> str:
        return f"""<ServiceTypeIdentifier>http://uri.etsi.org/TrstSvc/Svctype/{one.kind}</ServiceTypeIdentifier>
          <ServiceName><Name xml:lang="fr">{one.name}</Name></ServiceName>{identity}
          <ServiceStatus>{STATUS}{one.status}</ServiceStatus>
          <StatusStartingTime>{one.since:%Y-%m-%dT%H:%M:%SZ}</StatusStartingTime>"""

    identity = f"""<ServiceDigitalIdentity><DigitalId><X509Certificate>{text64(certificate)}</X509Certificate>
      </DigitalId></ServiceDigitalIdentity>"""
    history = "".join(
        f"<ServiceHistoryInstance>{information(one, '')}</ServiceHistoryInstance>" for one in instances[1:]
    )
    return f"""<TSPService><ServiceInformation>{information(instances[0], identity)}</ServiceInformation>
      <ServiceHistory>{history}</ServiceHistory></TSPService>"""


def trusted_list(
    territory: str,
    *,
    sequence: int = 1,
    services: str = "",
    pointers: str = "",
    pivots: tuple[str, ...] = (),
    next_update: datetime | None = NOW + timedelta(days=90),
    version: str = "5",
) -> bytes:
    """Return a list without its signature."""
    uris = "".join(f'<URI xml:lang="en">{one}</URI>' for one in pivots)
    until = f"<dateTime>{next_update:%Y-%m-%dT%H:%M:%SZ}</dateTime>" if next_update else ""
    return f"""<TrustServiceStatusList xmlns="{SCHEMA}"><SchemeInformation>
      <TSLVersionIdentifier>{version}</TSLVersionIdentifier><TSLSequenceNumber>{sequence}</TSLSequenceNumber>
      <SchemeInformationURI>{uris}</SchemeInformationURI><SchemeTerritory>{territory}</SchemeTerritory>
      <PointersToOtherTSL>{pointers}</PointersToOtherTSL>
      <ListIssueDateTime>{NOW - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}</ListIssueDateTime>
      <NextUpdate>{until}</NextUpdate></SchemeInformation>
      <TrustServiceProviderList><TrustServiceProvider><TSPInformation><TSPName>
      <Name xml:lang="fr">Confiance Essai</Name><Name xml:lang="en">Test Trust</Name></TSPName></TSPInformation>
      <TSPServices>{services}</TSPServices></TrustServiceProvider></TrustServiceProviderList>
      </TrustServiceStatusList>""".encode()


def signed(data: bytes, signer: SoftwareSigner) -> bytes:
    """Return the list with an enveloped XAdES signature."""
    method = SignatureMethod.ECDSA_SHA256
    made = XAdESSigner(signature_algorithm=method).sign(
        etree.fromstring(data), key=signer.private_key, cert=[signer.certificate], always_add_key_value=False
    )
    found: bytes = etree.tostring(made)
    return found
