"""Evidence files: made once, sealed, readable by others, and judged without any server."""

import json
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from pypdfium2 import PdfDocument

from paraphe.pdf import api as pdf
from paraphe.pki.errors import TimestampUnavailable
from paraphe.platform.accounts.models import Firm
from paraphe.platform.evidence import api as evidence
from paraphe.platform.proof import api as proof
from paraphe.platform.proof import checking
from paraphe.platform.proof.errors import NotEvidence
from paraphe.platform.signing import api as signing
from tests.platform.proof.conftest import COLLECTION, CONSENT, ETIENNE, Told, happened
from tests.support.pdfa import findings
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db
Make = Callable[[], bytes]


def checked(data: bytes, tmp_path: Path, trust: SmallTrust | None, *beside: Path) -> checking.Checked:
    path = tmp_path / "proof.pdf"
    path.write_bytes(data)
    return checking.check(path, trust.pki.roots if trust else [], datetime.now(UTC), beside)


def words_of(data: bytes) -> str:
    document = PdfDocument(data)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_the_file_passes_alone_and_with_its_document(
    sealed: Make, told: Told, trust: SmallTrust, tmp_path: Path
) -> None:
    letter, other = tmp_path / "letter.pdf", tmp_path / "other.pdf"
    letter.write_bytes(told.signed)
    other.write_bytes(b"%PDF-1.7 of somebody else")
    data = sealed()
    found = checked(data, tmp_path, trust, letter)
    assert (found.indication, found.faults) == ("PASSED", ())
    assert [one.indication for one in found.documents] == ["TOTAL-PASSED"]
    assert found.anchors[-1].position == len(found.record["chain"]["events"]) == 16
    [seal] = [one for one in found.seal.signatures if one.kind == "seal"]
    assert seal.level == "B-LTA"
    assert checked(data, tmp_path, trust, other).indication == "FAILED"
    assert checked(data, tmp_path, None).indication == "INDETERMINATE"


def test_a_judge_reads_who_when_what_and_how(sealed: Make) -> None:
    text = words_of(sealed())
    for word in (
        "Dossier de preuve",
        "Chloé Durand",
        "Cabinet Martin, SIREN 123456782",
        "192.0.2.7",
        "iPhone",
        CONSENT,
    ):
        assert word in text
    assert "pages 1, 2, 3" in " ".join(text.split())


def test_it_carries_what_proves_it(sealed: Make, told: Told) -> None:
    inside = {one.name: one for one in pdf.attached_files(sealed())}
    assert inside["consent-fr.txt"].data.decode() == CONSENT
    assert inside["record.json"].relationship == "Data"
    people = json.loads(inside["record.json"].data)["recipients"]
    assert people[0]["certificate"] is None
    assert people[1]["certificate"]["holder"].startswith("Étienne Le Gall")
    assert {name.split("-")[0] for name in inside} >= {"certificate", "ocsp", "timestamp", "anchor"}


def test_others_find_nothing_wrong(sealed: Make, trust: SmallTrust, tmp_path: Path) -> None:
    data, path, root = sealed(), tmp_path / "proof.pdf", tmp_path / "ca.pem"
    path.write_bytes(data)
    root.write_bytes(trust.pki.roots[0].public_bytes(Encoding.PEM))
    assert findings(data) == []
    subprocess.run(["qpdf", "--check", path], check=True, capture_output=True)
    subprocess.run(["mutool", "info", path], check=True, capture_output=True)
    told = subprocess.run(["pdfsig", "-nocert", path], check=False, capture_output=True, text=True).stdout
    assert "Signature is Valid" in told
    assert "Total document signed" in told


def test_openssl_verifies_the_timestamp_over_the_chain(sealed: Make, trust: SmallTrust, tmp_path: Path) -> None:
    inside = {one.name: one.data for one in pdf.attached_files(sealed())}
    [*_, anchor] = json.loads(inside["record.json"])["chain"]["anchors"]
    (tmp_path / "token").write_bytes(inside[anchor["token"]])
    (tmp_path / "root.pem").write_bytes(trust.pki.roots[0].public_bytes(Encoding.PEM))
    above = trust.pki.authorities["legal"].signer.certificate
    (tmp_path / "above.pem").write_bytes(above.public_bytes(Encoding.PEM))
    words = ["openssl", "ts", "-verify", "-token_in", "-in", "token", "-CAfile", "root.pem", "-untrusted", "above.pem"]
    said = {}
    for digest in (anchor["head"], "00" * 32):
        run = subprocess.run([*words, "-digest", digest], check=False, cwd=tmp_path, capture_output=True, text=True)
        said[digest] = "Verification: OK" in run.stdout
    assert list(said.values()) == [True, False]


def test_asked_twice_it_is_made_once(told: Told, trust: SmallTrust) -> None:
    first, second = proof.build(told.facts), proof.build(told.facts)
    assert first.id == second.id
    before = trust.uses_of_the_key
    assert [proof.advance(first.id), proof.advance(first.id)] == [True, True]
    assert trust.uses_of_the_key == before + 1
    [event] = evidence.history(envelope=str(COLLECTION)).filter(tag="envelope:proved")
    assert event.data["sha256"] == proof.of_collection(COLLECTION)[0].sha256


@pytest.mark.parametrize(
    "path", ["/tsa", "/enrolment/v1/evidence-seal", "/csc/v2/credentials/authorize", "/csc/v2/signatures/signHash"]
)
def test_what_does_not_answer_is_waited_for(path: str, told: Told, trust: SmallTrust, tmp_path: Path) -> None:
    asked = proof.build(told.facts)
    trust.faults[path] = "down"
    with pytest.raises((TimestampUnavailable, signing.TrustUnavailable)):
        proof.advance(asked.id)
    [waiting] = proof.waiting()
    assert waiting.failure in ("timestamp_unavailable", "trust_unavailable")
    with pytest.raises(proof.ProofUnsealed):
        proof.content(asked.id)
    trust.faults.clear()
    assert proof.advance(asked.id)
    assert checked(proof.content(asked.id), tmp_path, trust).indication == "PASSED"


def test_an_activation_that_ended_is_asked_for_anew(told: Told, trust: SmallTrust) -> None:
    asked = proof.build(told.facts)
    trust.faults["/csc/v2/signatures/signHash"] = (400, {"error": "invalid_request"})
    with pytest.raises(signing.TrustRefused):
        proof.advance(asked.id)
    trust.faults.clear()
    assert proof.advance(asked.id)


def test_an_attestation_says_nothing_of_others(told: Told, trust: SmallTrust, tmp_path: Path) -> None:
    asked = proof.attest(told.facts, "etienne", "letter")
    proof.advance(asked.id)
    data = proof.content(asked.id)
    text = words_of(data)
    record = next(one for one in pdf.attached_files(data) if one.name == "record.json").data.decode()
    assert "Attestation de signature" in text
    assert "Étienne Le Gall" in text
    for secret in ("Chloé", "chloe", "192.0.2.7", "iPhone"):
        assert secret not in text
        assert secret not in record
    found = checked(data, tmp_path, trust)
    assert (found.indication, found.faults) == ("PASSED", ())


def test_a_person_is_erased_and_everything_made_before_stays_valid(
    sealed: Make, told: Told, firm: Firm, trust: SmallTrust, tmp_path: Path
) -> None:
    before = sealed()
    evidence.erase("chloe")
    assert evidence.verify() is None
    assert evidence.verify_envelope(str(COLLECTION)) is None
    assert evidence.verify_firm(str(firm.pk)) is None
    assert checked(before, tmp_path, trust).indication == "PASSED"
    later = proof.attest(told.facts, "chloe", "letter")
    proof.advance(later.id)
    found = checked(proof.content(later.id), tmp_path, trust)
    assert (found.indication, found.erased) == ("PASSED", 6)


def test_what_somebody_wrote_is_shown_until_it_is_erased(
    sealed: Make, told: Told, firm: Firm, trust: SmallTrust, tmp_path: Path
) -> None:
    about = {"firm": str(firm.pk), "envelope": str(COLLECTION), "recipient": "etienne"}
    evidence.record("recipient:asked", actor=ETIENNE, subjects=about, private={"question": "Pourquoi cette annexe ?"})
    data = sealed()
    assert "question Pourquoi cette annexe ?" in " ".join(words_of(data).split())
    evidence.erase("etienne")
    later = proof.attest(told.facts, "etienne", "letter")
    proof.advance(later.id)
    text = " ".join(words_of(proof.content(later.id)).split())
    assert "annexe" not in text
    assert "données personnelles effacées" in text
    assert checked(data, tmp_path, trust).indication == "PASSED"


def test_the_chain_of_the_firm_is_timestamped_hourly(told: Told, firm: Firm, trust: SmallTrust) -> None:
    assert proof.anchor_heads() == 1
    assert proof.anchor_heads() == 0
    happened("ceremony:opened", ETIENNE, firm, "etienne")
    trust.faults["/tsa"] = "down"
    with pytest.raises(TimestampUnavailable):
        proof.anchor_heads()
    trust.faults.clear()
    assert proof.anchor_heads() == 1
    assert len(evidence.anchors(str(firm.pk))) == 2


def _without(events: list[Any]) -> None:
    del events[4]


def _other(events: list[Any]) -> None:
    events[4]["entry"]["data"]["page"] = 9


def _forged(events: list[Any]) -> None:
    from paraphe.kernel.links import entry_hash

    events[4]["entry"]["data"]["page"] = 9
    events[4]["entry"]["entry_hash"] = events[4]["entry_hash"] = entry_hash(events[4]["entry"])


def _swapped(events: list[Any]) -> None:
    events[4], events[5] = events[5], events[4]


def _shortened(events: list[Any]) -> None:
    del events[-1]


def _elsewhere(events: list[Any]) -> None:
    events[2]["disclosed"]["values"]["address"] = "203.0.113.99"


@pytest.mark.parametrize(
    ("change", "kind", "position"),
    [
        (_without, "missing", 5),
        (_other, "changed", 5),
        (_forged, "changed", 5),
        (_swapped, "moved", 5),
        (_shortened, "unanchored", 15),
        (_elsewhere, "undisclosed", 3),
    ],
    ids=["taken out", "changed", "changed with its hash", "in another order", "the end cut", "another address"],
)
def test_what_was_done_to_the_record_is_named(
    change: Callable[[list[Any]], None], kind: str, position: int, sealed: Make, trust: SmallTrust
) -> None:
    attached = {one.name: one.data for one in pdf.attached_files(sealed())}
    record = checking.read_record(attached)
    assert checking.judge_record(record, attached, trust.pki.roots)[0] == []
    change(record["chain"]["events"])
    fault = checking.judge_record(record, attached, trust.pki.roots)[0][0]
    assert (fault.kind, fault.position) == (kind, position)


def test_one_changed_byte_breaks_the_seal(sealed: Make, trust: SmallTrust, tmp_path: Path) -> None:
    data = bytearray(sealed())
    at = data.index(b"/Title")
    data[at + 9] ^= 1
    assert checked(bytes(data), tmp_path, trust).indication == "FAILED"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{",
        b'{"format": "paraphe-evidence", "version": 2}',
        b'{"format": "paraphe-evidence", "version": 1}',
    ],
)
def test_what_is_no_record_is_refused(data: bytes) -> None:
    with pytest.raises(NotEvidence):
        checking.read_record({"record.json": data})
