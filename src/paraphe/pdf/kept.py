"""What a signed file holds to prove its signatures: taken out, so that it can be kept beside a record."""

import base64
import json
from dataclasses import dataclass
from typing import Any

from pyhanko.sign.validation import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError

from paraphe.pdf.opening import Buffer, open_reader, refusing
from paraphe.pdf.reading import ask_reader
from paraphe.pdf.values import Source

READ_SECONDS = 30.0


@dataclass(frozen=True)
class KeptProofs:
    """Certificates, OCSP answers, revocation lists and timestamp tokens, as DER, each once."""

    certificates: tuple[bytes, ...]
    ocsps: tuple[bytes, ...]
    crls: tuple[bytes, ...]
    timestamps: tuple[bytes, ...]


def kept_proofs(source: Source) -> KeptProofs:
    """Return what ``source`` holds to prove its signatures, read in the reading process. Raises a PdfRefused."""
    found = json.loads(ask_reader({"verb": "proofs", "password": None}, source, b"", READ_SECONDS))
    return KeptProofs(**{name: tuple(base64.b64decode(one) for one in values) for name, values in found.items()})


def proofs_here(buffer: Buffer) -> bytes:
    """Return what ``kept_proofs`` reads, as JSON; in the reading process. Raises Damaged."""
    reader = open_reader(buffer)
    with refusing():
        found: dict[str, list[bytes]] = {"certificates": [], "ocsps": [], "crls": [], "timestamps": []}
        try:
            store = DocumentSecurityStore.read_dss(reader)
            found["certificates"] = [one.dump() for one in store.load_certs()]
            found["ocsps"] = [one.get_object().data for one in store.ocsps]
            found["crls"] = [one.get_object().data for one in store.crls]
        except NoDSSFoundError:
            pass
        for signature in reader.embedded_signatures:
            found["certificates"] += [one.chosen.dump() for one in signature.signed_data["certificates"]]
            found["timestamps"] += _tokens(signature)
    once = {name: list(dict.fromkeys(values)) for name, values in found.items()}
    return json.dumps({name: [base64.b64encode(one).decode() for one in once[name]] for name in once}).encode()


def _tokens(signature: Any) -> list[bytes]:
    """Return the token that a document timestamp is, or those over a signature (RFC 3161 appendix A)."""
    if signature.sig_object.get("/Type") == "/DocTimeStamp":
        return [signature.pkcs7_content.rstrip(b"\x00")]
    attributes = signature.signer_info["unsigned_attrs"]
    return [
        token.dump()
        for attribute in attributes or []
        if attribute["type"].native == "signature_time_stamp_token"
        for token in attribute["values"]
    ]
