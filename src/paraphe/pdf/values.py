"""Values that go through the door of the library: what is wanted, what was found. Nothing here computes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from cryptography import x509

from paraphe.pdf.ink import Ink

Source = bytes | Path
"""A PDF: its bytes, or a file that is read where it lies (up to 2 GB) and never written to."""

Kind = Literal["signature", "seal"]
SignatureKind = Literal["signature", "seal", "timestamp"]
SigningLevel = Literal["B-B", "B-T", "B-LT", "B-LTA"]
Level = Literal[
    "B-B", "B-T", "B-LT", "B-LTA", "PKCS7-B", "PKCS7-T", "PKCS7-LT", "PKCS7-LTA", "timestamp", "none"
]  # fmt: skip
"""What a signature reached: PAdES (ETSI EN 319 142-1 §6), the older CMS forms of ISO 32000-2 §12.8.3.3, neither."""
Indication = Literal["TOTAL-PASSED", "INDETERMINATE", "TOTAL-FAILED"]
SubIndication = Literal[
    "FORMAT_FAILURE", "HASH_FAILURE", "SIG_CRYPTO_FAILURE", "REVOKED", "EXPIRED", "NOT_YET_VALID",
    "SIG_CONSTRAINTS_FAILURE", "CHAIN_CONSTRAINTS_FAILURE", "CERTIFICATE_CHAIN_GENERAL_FAILURE",
    "CRYPTO_CONSTRAINTS_FAILURE", "CRYPTO_CONSTRAINTS_FAILURE_NO_POE", "POLICY_PROCESSING_ERROR",
    "TIMESTAMP_ORDER_FAILURE", "NO_SIGNING_CERTIFICATE_FOUND", "NO_CERTIFICATE_CHAIN_FOUND",
    "NO_CERTIFICATE_CHAIN_FOUND_NO_POE", "REVOKED_NO_POE", "REVOKED_CA_NO_POE", "OUT_OF_BOUNDS_NO_POE",
    "OUT_OF_BOUNDS_NOT_REVOKED", "NO_POE", "TRY_LATER", "SIGNED_DATA_NOT_FOUND",
]  # fmt: skip
"""ETSI EN 319 102-1 §5.1.3, tables 5 and 6."""
Coverage = Literal["document", "revision", "none"]
Modifications = Literal["none", "permitted", "suspicious", "forbidden"]
TimeSource = Literal["timestamp", "document_timestamp", "claimed", "validation"]


@dataclass(frozen=True)
class Box:
    """A rectangle on a page (index from 0), in points of the page as seen upright, origin at its top left corner.

    As seen: after /Rotate and inside the CropBox, which is what a person sees and points at.
    """

    page: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class PageBox:
    """The size of a page as seen upright, in points; ``rotation`` is its /Rotate, 0, 90, 180 or 270."""

    width_pt: float
    height_pt: float
    rotation: int


@dataclass(frozen=True)
class SignedField:
    """One signature or document timestamp as it says of itself, believed by nobody yet."""

    name: str
    kind: Literal["signature", "timestamp"]
    subfilter: str
    signer: str
    docmdp: int | None
    """The author's limit on changes, 1 to 3 (ISO 32000-2 §12.8.2.2); None for an ordinary signature."""
    page: int | None


@dataclass(frozen=True)
class FormField:
    """One terminal field of the form: ``kind`` is its /FT without the slash; ``locked`` by a signature."""

    name: str
    kind: str
    locked: bool


@dataclass(frozen=True)
class OpenField:
    """A field that the document brought, seen on one page and still empty, which somebody could fill or sign.

    ``label`` is what its author calls it for readers (/TU), empty where he does not.
    """

    name: str
    kind: Literal["signature", "text", "lines", "checkbox"]
    box: Box
    label: str = ""


@dataclass(frozen=True)
class Inspection:
    """What is in a PDF that can be read.

    ``warnings`` are codes of what can change its appearance or deserves a question to a person: ``scripts``,
    ``launch_actions``, ``hidden_layers``, ``embedded_files``, ``fonts_not_embedded``, ``external_content``,
    ``form_fields``, ``certified``, ``rebuilt`` (the cross-reference was damaged and has been rebuilt).
    ``refusal``: the code of the error that ``prepare`` would raise, None when the file can be signed.
    """

    version: str
    size: int
    pages: tuple[PageBox, ...]
    signed_fields: tuple[str, ...]
    empty_fields: tuple[str, ...]
    warnings: tuple[str, ...]
    signatures: tuple[SignedField, ...] = ()
    form_fields: tuple[FormField, ...] = ()
    open_fields: tuple[OpenField, ...] = ()
    encryption: Literal["none", "password", "public_key"] = "none"
    permissions: tuple[str, ...] = ()
    """What an encrypted document lets its reader do (ISO 32000-2 §7.6.4.2)."""
    pdfa: str = ""
    """Part and conformance that the metadata claim, such as ``2B``; empty for none."""
    tagged: bool = False
    linearized: bool = False
    cross_reference: Literal["table", "stream", "hybrid", "rebuilt"] = "table"
    revisions: int = 1
    refusal: str | None = None


@dataclass(frozen=True)
class FieldLock:
    """Which form fields may not change after this signature (FieldMDP, ISO 32000-2 §12.8.2.4)."""

    action: Literal["all", "include", "exclude"]
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class SignatureSettings:
    """How one signature is to be: where it is seen (``box`` None: nowhere), whose, why."""

    box: Box | None = None
    """Where the signature is seen; None for an invisible one."""
    signer_name: str = ""
    """Name in the appearance and in the signature dictionary."""
    firm: str = ""
    """Firm in the appearance; may be empty."""
    signed_at: datetime | None = None
    """Time in the appearance, an aware datetime in the zone to show; None for no line. The proof is the timestamp."""
    language: str = "fr"
    """Language of the appearance, ``fr`` or ``en``."""
    reason: str = ""
    location: str = ""
    field_name: str | None = None
    """An existing empty field to sign, or the name of a new one where there is none; None for a new name."""
    kind: Kind = "signature"
    role: str = ""
    """Role of the signer in the appearance; may be empty."""
    logo: bytes | None = field(default=None, repr=False)
    """PNG or JPEG at the left of the appearance."""
    handwriting: bytes | None = field(default=None, repr=False)
    """PNG or JPEG of a handwritten signature, drawn beside the text."""
    ink: Ink | None = field(default=None, repr=False)
    """The same as lines that a finger drew; instead of the picture where there is both."""
    echoes: tuple[str, ...] = ()
    """Text fields of this signer, empty, that show the same text and lines and on which page the signature is."""
    initials: str = ""
    """Initials at the foot of every page but the one that shows the signature; empty for none."""
    certify: Literal[1, 2, 3] | None = None
    """Certify the document with this DocMDP permission (ISO 32000-2 §12.8.2.2, table 257); only the first may."""
    lock: FieldLock | None = None
    """Form fields that are locked by this signature."""
    password: str | None = field(default=None, repr=False)
    """What opens an encrypted document."""


@dataclass(frozen=True)
class NewField:
    """A field to be placed: ``text`` on one line, ``lines`` on several. ``box`` None: a signature that is not seen.

    ``label`` is what a screen reader reads (ISO 32000-2 table 226, /TU).
    """

    name: str
    kind: Literal["signature", "text", "lines", "checkbox"]
    box: Box | None
    label: str = ""


@dataclass(frozen=True)
class FieldValue:
    """What goes into one form field: ``text`` into a text field, ``checked`` into a box to tick (then no text).

    ``ink`` is drawn beside the text, which stays readable.
    """

    name: str
    text: str = field(default="", repr=False)
    checked: bool | None = None
    ink: Ink | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Finding:
    """One thing that was found, as a stable code with what its sentence needs; ``page`` counts from 0."""

    code: str
    page: int | None = None
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """One change after a signature: what kind of object, which permission allows it or does not, on which page."""

    kind: str
    """Stable code, such as ``form_value``, ``annotation``, ``page_content``, ``dss``, ``signature``."""
    verdict: Literal["permitted", "suspicious", "forbidden"]
    page: int | None = None
    detail: str = ""
    """A name from the file (a field, an object), for people who look closer; never a sentence."""


@dataclass(frozen=True)
class RevocationFact:
    """What is known of the revocation of one certificate of the path, and from where."""

    status: Literal["good", "revoked", "unknown", "not_needed"]
    source: Literal["ocsp", "crl", "none"]
    this_update: datetime | None = None
    produced_by: str = ""
    revoked_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True)
class PathCertificate:
    """One certificate of the path, nearest to the signer first."""

    subject: str
    issuer: str
    serial: str
    not_before: datetime
    not_after: datetime
    der: bytes = field(repr=False)
    revocation: RevocationFact = RevocationFact("not_needed", "none")


@dataclass(frozen=True)
class PageDifference:
    """A page that looks different in two revisions; ``boxes`` as seen upright, in points."""

    page: int
    boxes: tuple[Box, ...]


@dataclass(frozen=True)
class SignatureReport:
    """The verdict on one signature or document timestamp.

    ``intact``: the digest and the signature value are right for the bytes that the byte range covers. ``coverage``:
    ``document`` when nothing follows but what PAdES adds (DSS, document timestamps), ``revision`` when other revisions
    follow, ``none`` when the byte range is not what it must be. ``modifications``: the worst of ``changes``.
    ``problems``: codes of the findings that keep it from TOTAL-PASSED; empty for a good one.
    """

    field: str
    kind: SignatureKind
    indication: Indication
    sub_indication: SubIndication | None
    intact: bool
    trusted: bool
    coverage: Coverage
    modifications: Modifications
    level: Level
    signer: str
    signed_at: datetime | None
    """The best time that is proved (``time_source``), else the one that the signer claims."""
    time_source: TimeSource | None
    claimed_at: datetime | None = None
    timestamped_at: datetime | None = None
    timestamped_by: str = ""
    algorithm: str = ""
    """Signature algorithm and key size, such as ``ecdsa-sha256 P-256``."""
    path: tuple[PathCertificate, ...] = ()
    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()
    problems: tuple[str, ...] = ()
    revision: int = 0
    """Which revision it signs, from 1."""
    revision_end: int = 0
    """Bytes from the beginning of the file to the end of that revision."""
    explained: tuple[Box, ...] = ()
    """Where pages may look different since, because of permitted changes."""
    differences: tuple[PageDifference, ...] = ()
    """Pages that look different since, elsewhere."""

    @property
    def ok(self) -> bool:
        """Tell whether this one is good in every respect."""
        return self.indication == "TOTAL-PASSED"


@dataclass(frozen=True)
class Wanted:
    """What was missing in the file and could be fetched: revocation information of ``certificate``, or its issuer."""

    certificate: bytes = field(repr=False)
    issuer: bytes | None = field(default=None, repr=False)
    """DER of the issuer; None when the issuer itself is wanted (RFC 5280 §4.2.2.1, caIssuers)."""


@dataclass(frozen=True)
class Report:
    """The verdict on a file: one report per signature, in the order of signing; the worst is the file's own."""

    indication: Indication | Literal["NO-SIGNATURE"]
    sub_indication: SubIndication | None
    signatures: tuple[SignatureReport, ...]
    findings: tuple[Finding, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    validated_at: datetime | None = None
    digest: str = ""
    """SHA-256 of the file, hexadecimal."""
    judged_before: int = 0
    """How many signatures are not among ``signatures``: they lie in what was judged before."""

    @property
    def ok(self) -> bool:
        """Tell whether there is a signature and all of them are good."""
        return self.indication == "TOTAL-PASSED"


@dataclass(frozen=True)
class Anchor:
    """A certificate that is trusted, and why: ``own``, ``given``, ``eu`` (a trusted list, ETSI TS 119 612)."""

    certificate: x509.Certificate
    origin: Literal["own", "given", "eu"] = "own"
    name: str = ""
    since: datetime | None = None
    until: datetime | None = None
    """The time within which its list trusts it; None for no limit."""


@dataclass(frozen=True)
class ValidationSettings:
    """How a file is judged. Nothing is ever fetched from here: ``Report.wanted`` says what would help."""

    anchors: tuple[Anchor, ...]
    now: datetime
    """The time as of which the verdict is given; times proved in the file are used where there are any."""
    certificates: tuple[bytes, ...] = field(default=(), repr=False)
    ocsps: tuple[bytes, ...] = field(default=(), repr=False)
    crls: tuple[bytes, ...] = field(default=(), repr=False)
    """DER of what the caller knows beside the file."""
    compare_pages: bool = True
    """Whether pages of the signed revision and of the present one are drawn and compared."""
    judged: int = 0
    """How many octets at the beginning were judged before and found good, by who appends to them: signatures that end
    there are not judged again, only whether each of them allows what was added since."""
    password: str | None = field(default=None, repr=False)
