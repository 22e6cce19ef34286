"""pyHanko signs a real PDF through our CSC API over a real connection; others than we verify it."""

import asyncio
import io
import shutil
import subprocess
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import connections
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.csc_signer import (
    CSCAuthorizationInfo,
    CSCAuthorizationManager,
    CSCServiceSessionInfo,
    CSCSigner,
    fetch_certs_in_csc_credential,
)
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from reportlab.pdfgen.canvas import Canvas

from paraphe.trust.ca import api as ca
from paraphe.trust.clients import api as clients
from tests.trust.http.conversation import SHA256_OID
from tests.trust.remote.holders import alices_credential, code_on_telephone, platform

pytestmark = pytest.mark.django_db(transaction=True)


class Signer(CSCSigner):
    """pyHanko speaks version 1 of the API; these are the names of version 2."""

    async def format_csc_signing_req(self, tbs_hashes: list[str], digest_algorithm: str) -> dict:
        request = await super().format_csc_signing_req(tbs_hashes, digest_algorithm)
        request["hashes"], request["hashAlgorithmOID"] = request.pop("hash"), request.pop("hashAlgo")
        return {**request, "operationMode": "S"}


class Holder(CSCAuthorizationManager):
    """Alice, who reads the code on her telephone and gives it to the signing application."""

    def __init__(self, *args: Any, session: aiohttp.ClientSession, wrong: bool = False) -> None:
        super().__init__(*args)
        self.session, self.wrong = session, wrong

    async def authorize_signature(self, hash_b64s: list[str]) -> CSCAuthorizationInfo:
        await self._post("credentials/getChallenge", {"authObjectID": "OTP"})
        code = await asyncio.to_thread(_read_telephone)
        asked = {
            "numSignatures": len(hash_b64s),
            "hashes": hash_b64s,
            "hashAlgorithmOID": SHA256_OID,
            "authData": [{"id": "OTP", "value": "nonsense" if self.wrong else code}],
        }
        return self.parse_csc_auth_response(await self._post("credentials/authorize", asked))

    async def _post(self, method: str, body: dict) -> dict:
        url = self.csc_session_info.endpoint_url(method)
        body = {"credentialID": self.csc_session_info.credential_id, **body}
        async with self.session.post(url, json=body, headers=self.auth_headers) as answer:
            if answer.status == 204:
                return {}
            given: dict = await answer.json()
            return given


class OlderHolder(Holder):
    """The same, with a signing application of version 1."""

    async def authorize_signature(self, hash_b64s: list[str]) -> CSCAuthorizationInfo:
        await self._post("credentials/sendOTP", {})
        code = await asyncio.to_thread(_read_telephone)
        request = self.format_csc_auth_request(num_signatures=len(hash_b64s), hash_b64s=hash_b64s, otp=code)
        return self.parse_csc_auth_response(await self._post("credentials/authorize", request))


def _read_telephone() -> str:
    """Look into the outbox from a thread of its own, and leave no connection behind."""
    try:
        return code_on_telephone()
    finally:
        connections.close_all()


async def _sign(
    base: str, token: str, credential_id: str, pdfs: list[bytes], *, version: str = "v2", **how: Any
) -> list[bytes]:
    info = CSCServiceSessionInfo(base, credential_id, token, api_ver=version)
    holder, signing = (OlderHolder, CSCSigner) if version == "v1" else (Holder, Signer)
    async with aiohttp.ClientSession() as session:
        credential = await fetch_certs_in_csc_credential(session, info)
        signer = signing(session, holder(info, credential, session=session, **how), batch_size=len(pdfs))
        meta = PdfSignatureMetadata(field_name="Signature", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
        written = await asyncio.gather(
            *(PdfSigner(meta, signer).async_sign_pdf(IncrementalPdfFileWriter(io.BytesIO(data))) for data in pdfs)
        )
    return [output.getvalue() for output in written]


def _pdf(title: str) -> bytes:
    buffer = io.BytesIO()
    page = Canvas(buffer)
    page.drawString(72, 720, title)
    page.save()
    return buffer.getvalue()


@pytest.fixture
def told(transactional_db: None, hierarchy: Path) -> tuple[str, str]:
    """A token of the platform and the identifier of Alice's credential."""
    token, _scopes = clients.issue_token(platform(), ["service"])
    return token, str(alices_credential().pk)


@pytest.mark.parametrize("version", ["v2", "v1"])
def test_three_documents_with_one_code(live_server: Any, told: tuple[str, str], tmp_path: Path, version: str) -> None:
    """In version 1 pyHanko's signer is used as it is, without a line of ours."""
    pdfs = [_pdf(title) for title in ("Lettre de mission", "Rapport", "Bilan")]
    signed = asyncio.run(_sign(live_server.url, *told, pdfs, version=version))
    root = x509.Certificate.load(ca.root().public_bytes(Encoding.DER))
    for data in signed:
        signature = PdfFileReader(io.BytesIO(data)).embedded_signatures[0]
        trust = ValidationContext(trust_roots=[root], allow_fetching=False)
        status = validate_pdf_signature(signature, signer_validation_context=trust)
        assert status.bottom_line, status.pretty_print_details()
        assert "Alice Martin" in signature.signer_cert.subject.human_friendly
    assert shutil.which("pdfsig"), "poppler-utils is needed"
    document = tmp_path / "signed.pdf"
    document.write_bytes(signed[0])
    said = subprocess.run(["pdfsig", "-nocert", document], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid." in said
    assert "Total document signed" in said


def test_a_wrong_code_signs_nothing(live_server: Any, told: tuple[str, str]) -> None:
    with pytest.raises(SigningError):
        asyncio.run(_sign(live_server.url, *told, [_pdf("Lettre de mission")], wrong=True))
