"""Reading a trusted list (ETSI TS 119 612 v2.2.1): pointers to other lists, services and their history."""

import base64
import binascii
from collections.abc import Iterator
from datetime import UTC, datetime

from lxml import etree

from paraphe.trustlists.errors import ListUnreadable
from paraphe.trustlists.values import Pointer, Purpose, TrustedList, TrustedService

NAMES = {
    "t": "http://uri.etsi.org/02231/v2#",
    "a": "http://uri.etsi.org/02231/v2/additionaltypes#",
}
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
MAX_BYTES = 60_000_000
STATUS = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/"
TYPE = "http://uri.etsi.org/TrstSvc/Svctype/"
MIME_TYPE = "application/vnd.etsi.tsl+xml"
# §5.5.4 and Annex D.5.6; the three others were the good ones before Regulation (EU) 910/2014 applied (1 July 2016).
GRANTED = {"granted", "undersupervision", "accredited", "supervisionincessation"}
PURPOSES: dict[str, Purpose] = {"CA/QC": "certificates", "TSA/QTST": "timestamps"}
VERSIONS = {"5", "6"}


def parse(data: bytes) -> etree._Element:
    """Return the root element of ``data``: no entity, no document type, nothing fetched. Raises ListUnreadable."""
    if len(data) > MAX_BYTES:
        raise ListUnreadable(reason="too large", limit=MAX_BYTES)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        raise ListUnreadable(reason="no XML") from None
    if root.getroottree().docinfo.doctype:
        raise ListUnreadable(reason="document type")
    return root


def read(root: etree._Element) -> TrustedList:
    """Return what the list says. Raises ListUnreadable where a part that must be there is not."""
    try:
        return _read(root)
    except (ValueError, AttributeError, IndexError, binascii.Error, OverflowError):
        raise ListUnreadable(reason="parts are missing or wrong") from None


def _read(root: etree._Element) -> TrustedList:
    scheme = _one(root, "t:SchemeInformation")
    if _text(scheme, "t:TSLVersionIdentifier") not in VERSIONS:
        raise ListUnreadable(reason="version")
    territory = _text(scheme, "t:SchemeTerritory")
    ends = scheme.findtext("t:NextUpdate/t:dateTime", namespaces=NAMES)
    next_update = _time(ends) if ends else None
    return TrustedList(
        territory=territory,
        sequence=int(_text(scheme, "t:TSLSequenceNumber")),
        issued=_time(_text(scheme, "t:ListIssueDateTime")),
        next_update=next_update,
        pointers=tuple(_pointers(scheme)),
        services=tuple(_services(root, territory, next_update)),
        pivots=tuple(_pivots(scheme)),
    )


def _pointers(scheme: etree._Element) -> Iterator[Pointer]:
    for one in scheme.iterfind("t:PointersToOtherTSL/t:OtherTSLPointer", NAMES):
        kinds = [found.text for found in one.iterfind("t:AdditionalInformation//a:MimeType", NAMES)]
        if MIME_TYPE not in kinds:
            continue
        found = one.iterfind("t:ServiceDigitalIdentities/t:ServiceDigitalIdentity/t:DigitalId/t:X509Certificate", NAMES)
        yield Pointer(
            location=_text(one, "t:TSLLocation"),
            territory=one.findtext("t:AdditionalInformation//t:SchemeTerritory", default="", namespaces=NAMES),
            signers=tuple(base64.b64decode("".join((each.text or "").split()), validate=True) for each in found),
        )


def _pivots(scheme: etree._Element) -> Iterator[str]:
    """Yield the addresses of earlier lists of lists, newest first, as the Commission publishes them."""
    for uri in scheme.iterfind("t:SchemeInformationURI/t:URI", NAMES):
        address = (uri.text or "").strip()
        if address.endswith(".xml"):
            yield address


def _services(root: etree._Element, territory: str, next_update: datetime | None) -> Iterator[TrustedService]:
    for provider in root.iterfind("t:TrustServiceProviderList/t:TrustServiceProvider", NAMES):
        name = _english(provider, "t:TSPInformation/t:TSPName/t:Name")
        for service in provider.iterfind("t:TSPServices/t:TSPService", NAMES):
            yield from _one_service(service, name, territory, next_update)


def _one_service(
    service: etree._Element, provider: str, territory: str, next_update: datetime | None
) -> Iterator[TrustedService]:
    """Yield one value for each certificate and each time in which the service had a good status."""
    present = _one(service, "t:ServiceInformation")
    history = service.findall("t:ServiceHistory/t:ServiceHistoryInstance", NAMES)
    certificates = {
        base64.b64decode("".join((found.text or "").split()), validate=True)
        for found in service.iterfind(".//t:ServiceDigitalIdentity/t:DigitalId/t:X509Certificate", NAMES)
    }
    # An outdated list says nothing of what came after it: it stays good for the times before.
    ends = next_update
    for instance in [present, *history]:
        since = _time(_text(instance, "t:StatusStartingTime"))
        purpose = PURPOSES.get(_text(instance, "t:ServiceTypeIdentifier").removeprefix(TYPE))
        status = _text(instance, "t:ServiceStatus").removeprefix(STATUS)
        if purpose and status in GRANTED:
            label = _english(instance, "t:ServiceName/t:Name")
            for certificate in sorted(certificates):
                yield TrustedService(certificate, purpose, provider, label, territory, since, ends)
        ends = since


def _one(parent: etree._Element, path: str) -> etree._Element:
    found = parent.find(path, NAMES)
    if found is None:
        raise ListUnreadable(reason="a part is missing", part=path)
    return found


def _text(parent: etree._Element, path: str) -> str:
    return (_one(parent, path).text or "").strip()


def _english(parent: etree._Element, path: str) -> str:
    """Return a name in English where there is one, else the first."""
    found = parent.findall(path, NAMES)
    chosen = next((one for one in found if one.get(XML_LANG) == "en"), found[0] if found else None)
    return " ".join((chosen.text or "").split()) if chosen is not None else ""


def _time(text: str) -> datetime:
    found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return found if found.tzinfo else found.replace(tzinfo=UTC)
