"""Anybody checks a document: the verdict for each kind of file, nothing kept, never a failure."""

import base64
import html
import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from paraphe.floor.files.models import StoredFile
from paraphe.pdf import api as pdf
from paraphe.platform.verification import api as verification
from tests.pdf.hands import VECTORS, build
from tests.platform.verification.making import altered, letter, signed
from tests.support.pki import TestPki
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db
ADDRESS = "/verifier/"


def brought(data: bytes, *, name: str = "lettre.pdf", language: str = "fr", **more: str) -> Any:
    client = Client(headers={"accept-language": language})
    return client.post(ADDRESS, {"file": SimpleUploadedFile(name, data, "application/pdf"), **more})


def words(answer: Any) -> str:
    plain = html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).replace("\u00a0", " ")
    return re.sub(r"\s+", " ", plain)


def test_a_good_document_is_said_to_be_good_in_both_languages(trust: SmallTrust) -> None:
    data = signed(trust.pki)
    french, english = brought(data), brought(data, language="en")
    assert french.status_code == english.status_code == 200
    assert "Ce document est signé par Alice Martin" in words(french)
    assert "TOTAL-PASSED" in words(french)
    assert "This document is signed by Alice Martin" in words(english)
    assert french["Cache-Control"].startswith("max-age=0")


def test_the_report_is_in_the_page_in_three_forms(trust: SmallTrust) -> None:
    found = dict(
        re.findall(r'download="([^"]+)" href="data:[^;]+;base64,([^"]+)"', brought(signed(trust.pki)).content.decode())
    )
    content = {name: base64.b64decode(value) for name, value in found.items()}
    assert set(content) == {f"lettre-verification.{one}" for one in ("pdf", "json", "xml")}
    assert json.loads(content["lettre-verification.json"])["indication"] == "TOTAL-PASSED"
    assert len(pdf.inspect(content["lettre-verification.pdf"]).pages) >= 1
    assert b"total-passed" in content["lettre-verification.xml"]


def test_nothing_is_kept(trust: SmallTrust) -> None:
    before = StoredFile.objects.count()
    assert brought(signed(trust.pki)).status_code == 200
    assert StoredFile.objects.count() == before


def test_a_document_that_was_drawn_over_is_shown_beside_what_was_signed(trust: SmallTrust) -> None:
    answer = brought(altered(signed(trust.pki)))
    assert "TOTAL-FAILED" in words(answer)
    assert "n'est pas valable" in words(answer)
    assert "Page 1, telle que signée" in words(answer)
    assert answer.content.count(b'src="data:image/png;base64,') == 2


def test_a_document_of_somebody_unknown_has_nobody_to_vouch_for_it(trust: SmallTrust) -> None:
    answer = brought(signed(TestPki.create(datetime.now(UTC))))
    assert "INDETERMINATE" in words(answer)


def test_a_document_without_signature_is_told_so(trust: SmallTrust) -> None:
    assert "Ce document ne porte pas de signature électronique" in words(brought(letter()))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "Ce fichier est vide"),
        (b"hello", "n'est pas un PDF"),
        (b"%PDF-1.7\n" + bytes(3000), "incomplet"),
        (b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF", "abîmé"),
        (build({1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Kids[]/Count 0>>"}), ""),
    ],
)
def test_what_cannot_be_read_is_refused_by_one_sentence(data: bytes, sentence: str, trust: SmallTrust) -> None:
    answer = brought(data)
    assert answer.status_code in (200, 422)
    assert sentence in words(answer)


def test_no_file_is_asked_for_again() -> None:
    answer = Client().post(ADDRESS, {})
    assert answer.status_code == 422
    assert "Choisissez un fichier PDF" in words(answer)


def test_a_locked_document_asks_for_its_password(trust: SmallTrust) -> None:
    locked = VECTORS / "refused" / "encrypted-user.pdf"
    answer = brought(locked.read_bytes())
    assert answer.status_code == 422
    assert "mot de passe" in words(answer)
    assert brought(locked.read_bytes(), password="wrong").status_code == 422


def test_a_file_over_the_limit_is_refused(trust: SmallTrust, settings: Any) -> None:
    settings.MAX_PDF_BYTES = 1000
    answer = brought(letter())
    assert answer.status_code == 422
    assert "trop lourd" in words(answer)


def test_where_too_much_is_checked_at_once_one_is_asked_to_come_back(trust: SmallTrust) -> None:
    held = [verification._places.acquire(blocking=False) for _ in range(verification.AT_ONCE)]
    try:
        answer = brought(letter())
    finally:
        for _ in held:
            verification._places.release()
    assert (answer.status_code, answer["Retry-After"]) == (503, "20")
    assert brought(letter()).status_code == 200


def test_the_name_of_a_file_is_only_text(trust: SmallTrust) -> None:
    answer = brought(letter(), name='../"><script>alert(1)</script>é\u202e.pdf')
    assert b"<script>alert" not in answer.content
    assert answer.status_code == 200


def test_roots_that_the_operator_names_are_trusted(trust: SmallTrust, settings: Any, tmp_path: Any) -> None:
    from cryptography.hazmat.primitives.serialization import Encoding

    other = TestPki.create(datetime.now(UTC))
    data = signed(other)
    assert "INDETERMINATE" in words(brought(data))
    (tmp_path / "other.pem").write_bytes(other.roots[0].public_bytes(Encoding.PEM))
    settings.VERIFICATION_ROOTS = [tmp_path / "other.pem"]
    assert "TOTAL-PASSED" in words(brought(data))
