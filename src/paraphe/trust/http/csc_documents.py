"""``signatures/signDoc`` (CSC v2 §11.11): PAdES over digests of byte ranges, or over whole PDF files.

The activation data must be for what the holder could see: the digests of the byte ranges, or the SHA-256 of each file.
This method takes larger bodies than the others, and reads them itself.
"""

import base64
import binascii
import json

from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from pydantic import ValidationError

from paraphe.kernel.digests import sha256
from paraphe.kernel.errors import DomainError
from paraphe.pdf import api as pdf
from paraphe.pki.ports import SignatureAlgorithm
from paraphe.trust.http.csc_answers import ALGORITHMS, RequestRefused, answered, refusal
from paraphe.trust.http.csc_parts import check_bearer, digests_of, identifier, signer_of, wrong_parameter
from paraphe.trust.http.csc_schemas import Document, DocumentDigests, SignDoc
from paraphe.trust.remote import api as remote

#: Octets of a body; base64 makes a third more of the documents.
LONGEST_BODY = 48_000_000
LEVELS: dict[str, pdf.SigningLevel] = {
    "ades-b-b": "B-B",
    "ades-b-t": "B-T",
    "ades-b-lt": "B-LT",
    "ades-b-lta": "B-LTA",
}
ENVELOPES = ("Certification", "Revision")


@csrf_exempt
def sign_doc(request: HttpRequest) -> HttpResponse:
    """Sign documents or digests of them, once."""
    try:
        if request.method != "POST":
            raise RequestRefused("There is no such method")
        check_bearer(request)  # before a body of this size is read
        body = _read(request)
        if body.operationMode != "S":
            raise RequestRefused("Invalid parameter operationMode")
        return answered(_documents(request, body) if body.documents else _digests(request, body))
    except pdf.PdfRefused as error:
        return refusal(RequestRefused(f"Invalid parameter document ({error.code})"))
    except remote.DigestNotAuthorised:
        return refusal(RequestRefused("documentDigests or documents are not authorized by the SAD"))
    except DomainError as error:
        return refusal(error)


def _digests(request: HttpRequest, body: SignDoc) -> dict[str, object]:
    if not body.documentDigests:
        raise RequestRefused("Empty documentDigests and documents objects")
    [asked] = body.documentDigests
    level = _level(asked)
    if level not in ("B-B", "B-T"):
        raise RequestRefused("Invalid parameter conformance_level")
    wanted = digests_of(asked.hashes, asked.hashAlgorithmOID)
    redemption = _redemption(request, body, asked)
    made = remote.sign_byte_ranges(redemption, wanted, timestamped=level == "B-T")
    return {"SignatureObject": [_base64(one) for one in made], **_validation(body, redemption)}


def _documents(request: HttpRequest, body: SignDoc) -> dict[str, object]:
    if body.documentDigests:
        raise RequestRefused("Both documentDigests and documents parameters passed")
    if len({one.signAlgo for one in body.documents}) != 1:
        raise RequestRefused("Invalid parameter signAlgo")
    orders = [
        remote.DocumentOrder(_decoded(one.document), _level(one), one.signed_envelope_property == "Certification")
        for one in body.documents
    ]
    if len({sha256(order.data) for order in orders}) != len(orders):
        raise RequestRefused("Invalid parameter documents")
    redemption = _redemption(request, body, body.documents[0])
    made = remote.sign_documents(redemption, orders)
    return {"DocumentWithSignature": [_base64(one) for one in made], **_validation(body, redemption)}


def _redemption(request: HttpRequest, body: SignDoc, asked: Document | DocumentDigests) -> remote.Redemption:
    client, sad = signer_of(request, body.SAD)
    return remote.Redemption(
        sad, identifier(body.credentialID, "credentialID"), client.client_id, _algorithm(asked), body.clientData
    )


def _validation(body: SignDoc, asked: remote.Redemption) -> dict[str, object]:
    if not body.returnValidationInfo:
        return {}
    found = remote.validation_info(remote.credential_of(asked.client_id, asked.credential_id))
    told = {"certificates": found.certificates, "ocsp": found.ocsp, "crl": found.crl}
    return {"validationInfo": {name: [_base64(one) for one in values] for name, values in told.items()}}


def _algorithm(asked: Document | DocumentDigests) -> SignatureAlgorithm:
    if asked.signAlgo not in ALGORITHMS:
        raise RequestRefused("Invalid parameter signAlgo")
    return ALGORITHMS[asked.signAlgo]


def _level(asked: Document | DocumentDigests) -> pdf.SigningLevel:
    if asked.signature_format != "P":
        raise RequestRefused("Invalid parameter signature_format")
    if asked.signed_envelope_property not in ENVELOPES:
        raise RequestRefused("Invalid parameter signed_envelope_property")
    level = LEVELS.get(asked.conformance_level.lower())
    if level is None:
        raise RequestRefused("Invalid parameter conformance_level")
    if asked.signed_props:
        raise RequestRefused("Invalid parameter signed_props")
    return level


def _read(request: HttpRequest) -> SignDoc:
    refused = RequestRefused("The body is not a JSON object, or too large")
    try:
        data = request.read(LONGEST_BODY + 1)
        if len(data) > LONGEST_BODY:
            raise refused
        value = json.loads(data)
        return SignDoc.model_validate(value, strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        raise wrong_parameter(first["loc"], first["type"]) from None
    except (ValueError, RecursionError, UnreadablePostError, OSError):
        raise refused from None


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise RequestRefused("Invalid Base64 documents string parameter") from None


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")
