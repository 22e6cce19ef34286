"""The report as ETSI TS 119 102-2 V1.2.1 has it: one ValidationReport for a file, one part for each signature."""

import base64
import hashlib
import re
from datetime import UTC, datetime
from xml.etree import ElementTree as Tree

from paraphe.pdf.values import Report, SignatureReport

NAMESPACE = "http://uri.etsi.org/19102/v1.2.1#"
XMLDSIG = "http://www.w3.org/2000/09/xmldsig#"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
URN = "urn:etsi:019102"
PARAPHE = "urn:paraphe:report"
PROCESSES = {"B-B": "Basic", "PKCS7-B": "Basic", "B-T": "LTVM", "PKCS7-T": "LTVM", "B-LT": "LTVM", "PKCS7-LT": "LTVM"}
"""Validation processes of EN 319 102-1: basic, with time and long-term material; with archived data for the rest."""
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def etsi_report(report: Report) -> bytes:
    """Return the XML of ``report``, UTF-8 with its declaration. It is not signed.

    For a file without signature there is an empty report: the standard has no indication for that.
    """
    for prefix, name in (("vr", NAMESPACE), ("ds", XMLDSIG)):
        Tree.register_namespace(prefix, name)
    root = Tree.Element(_tag("ValidationReport"))
    known: dict[bytes, str] = {}
    for number, one in enumerate(report.signatures, 1):
        _signature(root, one, report, number, known)
    if known:
        objects = _add(root, "SignatureValidationObjects")
        for der, identifier in known.items():
            _object(objects, der, identifier)
    body: bytes = Tree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return body


def _signature(root: Tree.Element, one: SignatureReport, report: Report, number: int, known: dict[bytes, str]) -> None:
    for certificate in one.path:
        known.setdefault(certificate.der, f"C-{hashlib.sha256(certificate.der).hexdigest()}")
    part = _add(root, "SignatureValidationReport")
    identifier = _add(part, "SignatureIdentifier", id=f"S-{number}")
    _add(identifier, "HashOnly", "false")
    _add(identifier, "DocHashOnly", "false")
    _add(identifier, "DAIdentifier", one.field)
    _times(part, one, report)
    document = _add(part, "SignersDocument")
    _digest(document, report.digest)
    attributes = _add(part, "SignatureAttributes")
    if one.claimed_at is not None:
        _add(_add(attributes, "SigningTime", Signed="true"), "Time", _time(one.claimed_at))
    if one.path:
        signer = _add(part, "SignerInformation")
        _add(signer, "SignerCertificate", VOReference=known[one.path[0].der])
        _add(signer, "Signer", one.path[0].subject)
    quality = _add(part, "SignatureQuality")
    _add(quality, "SignatureQualityInformation", f"{PARAPHE}:level:{one.level}")
    process = _add(part, "SignatureValidationProcess")
    _add(process, "SignatureValidationProcessID", f"{URN}:validationprocess:{PROCESSES.get(one.level, 'LTA')}")
    _status(part, one, known)


def _times(part: Tree.Element, one: SignatureReport, report: Report) -> None:
    now = report.validated_at or datetime.now(UTC)
    info = _add(part, "ValidationTimeInfo")
    _add(info, "ValidationTime", _time(now))
    best = _add(info, "BestSignatureTime")
    proved = one.time_source in ("timestamp", "document_timestamp") and one.signed_at is not None
    _add(best, "POETime", _time(one.signed_at if proved and one.signed_at else now))
    _add(best, "TypeOfProof", f"{URN}:poetype:validation")


def _status(part: Tree.Element, one: SignatureReport, known: dict[bytes, str]) -> None:
    status = _add(part, "SignatureValidationStatus")
    _add(status, "MainIndication", f"{URN}:mainindication:{one.indication.lower()}")
    if one.sub_indication is not None:
        _add(status, "SubIndication", f"{URN}:subindication:{one.sub_indication}")
    data = _add(status, "AssociatedValidationReportData")
    if one.path:
        chain = _add(data, "CertificateChain")
        _add(chain, "SigningCertificate", VOReference=known[one.path[0].der])
        trusted = one.trusted and len(one.path) > 1
        for certificate in one.path[1 : -1 if trusted else None]:
            _add(chain, "IntermediateCertificate", VOReference=known[certificate.der])
        if trusted:
            _add(chain, "TrustAnchor", VOReference=known[one.path[-1].der])
    if one.findings:
        more = _add(data, "AdditionalValidationReportData")
        for finding in one.findings:
            entry = _add(more, "ReportData")
            _add(entry, "Type", f"{PARAPHE}:finding")
            _add(entry, "Value", finding.code)


def _object(objects: Tree.Element, der: bytes, identifier: str) -> None:
    one = _add(objects, "ValidationObject", id=identifier)
    _add(one, "ObjectType", f"{URN}:validationObject:certificate")
    representation = _add(one, "ValidationObjectRepresentation")
    _add(representation, "base64", base64.b64encode(der).decode())


def _digest(holder: Tree.Element, digest: str) -> None:
    both = _add(holder, "DigestAlgAndValue")
    Tree.SubElement(both, f"{{{XMLDSIG}}}DigestMethod", {"Algorithm": SHA256})
    value = Tree.SubElement(both, f"{{{XMLDSIG}}}DigestValue")
    value.text = base64.b64encode(bytes.fromhex(digest)).decode()


def _add(holder: Tree.Element, name: str, text: str | None = None, **attributes: str) -> Tree.Element:
    found = Tree.SubElement(holder, _tag(name), attributes)
    if text is not None:
        found.text = UNWRITABLE.sub("\ufffd", text)
    return found


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
