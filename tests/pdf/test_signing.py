"""The steps of a signature: what they give, what they refuse, what the years between them change."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from functools import cache
from io import BytesIO

import pytest
from asn1crypto import cms
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from paraphe.pdf.api import (
    BadBox,
    Box,
    FieldTaken,
    NoSuchPage,
    Prepared,
    SignatureMismatch,
    SignatureSettings,
    StateBroken,
    augment,
    collect,
    finish,
    inspect,
    prepare,
    signature_place,
)
from paraphe.pki.errors import RevocationUnavailable, TimestampUnavailable
from paraphe.pki.ports import RevocationInfo
from tests.pdf.hands import ALICE, BOX, CLOCK, LATER, NOW, judged, letter, pki, sign
from tests.support.pki import LocalTimestamps, TestPki


@cache
def prepared() -> Prepared:
    alice = pki().signer("alice")
    return prepare(letter(), ALICE, alice.certificate, alice.chain, CLOCK)


def value_of(found: Prepared, name: str = "alice") -> bytes:
    return pki().signer(name).sign_digests([found.digest_to_sign])[0]


class NoTime:
    def timestamp(self, digest: bytes) -> bytes:
        raise TimestampUnavailable()


class NoNews:
    def revocation_info(self, certificate: object, issuer: object) -> RevocationInfo:
        raise RevocationUnavailable()


def with_empty_field(data: bytes, name: str, box: tuple[int, int, int, int]) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(data))
    append_signature_field(writer, SigFieldSpec(name, on_page=0, box=box))
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def test_the_state_waits_as_bytes_and_gives_the_same_file() -> None:
    again = Prepared.from_bytes(prepared().to_bytes())
    assert again == prepared()
    signed = finish(letter(), again, value_of(prepared()), pki().timestamps)
    assert judged(augment(letter(), signed, pki().revocation, pki().roots).whole(letter()), pki().roots, LATER).ok


def test_what_is_signed_is_the_digest_of_the_signed_attributes_over_the_document() -> None:
    found = prepared()
    signed = found.template.signed_attributes(found.document_digest)
    assert found.digest_to_sign == hashlib.sha256(signed).digest()
    attributes = {one["type"].native: one["values"] for one in cms.CMSAttributes.load(signed)}
    whole = found.whole(letter())
    covered = whole[: found.start] + whole[found.end :]
    assert attributes["message_digest"][0].native == hashlib.sha256(covered).digest()
    # PAdES baseline: the certificate is bound, the claimed time is in the signature dictionary and nowhere else.
    assert "signing_certificate_v2" in attributes
    assert "signing_time" not in attributes


def test_the_claimed_time_is_that_of_the_given_clock() -> None:
    assert b"20261123080000Z)" in prepared().tail


@pytest.mark.parametrize(
    "state", [b"", b"PARAPHE-PREPARED-3\n", b"PARAPHE-PREPARED-3\n\x00\x00\x00\x02[]", b"\x80\x04"]
)
def test_bytes_that_are_no_state_are_refused(state: bytes) -> None:
    with pytest.raises(StateBroken):
        Prepared.from_bytes(state)


def test_a_cut_state_is_refused() -> None:
    with pytest.raises(StateBroken):
        Prepared.from_bytes(prepared().to_bytes()[:-10])


def test_a_document_changed_while_it_waited_is_refused() -> None:
    other = letter().replace(b"/Subject", b"/Subjekt")
    assert other != letter()
    with pytest.raises(StateBroken):
        finish(other, prepared(), value_of(prepared()), pki().timestamps)
    with pytest.raises(StateBroken):
        finish(letter() + b"\n", prepared(), value_of(prepared()), pki().timestamps)


def test_what_is_appended_changed_while_it_waited_is_refused() -> None:
    tail = prepared().tail.replace(b"/ETSI.CAdES.detached", b"/adbe.pkcs7.detached")
    assert tail != prepared().tail
    with pytest.raises(StateBroken):
        finish(letter(), replace(prepared(), tail=tail), value_of(prepared()), pki().timestamps)


def test_the_state_is_small_whatever_the_document() -> None:
    large = letter() + b"%" + b" " * 3_000_000 + letter()[letter().rindex(b"startxref") :]
    alice = pki().signer("alice")
    found = prepare(large, ALICE, alice.certificate, alice.chain, CLOCK)
    assert len(found.to_bytes()) < 100_000


def test_a_signature_of_somebody_else_is_refused() -> None:
    with pytest.raises(SignatureMismatch):
        finish(letter(), prepared(), value_of(prepared(), "bob"), pki().timestamps)


def test_a_signature_of_another_document_is_refused() -> None:
    alice = pki().signer("alice")
    other = prepare(letter(), SignatureSettings(signer_name="A"), alice.certificate, alice.chain, CLOCK)
    with pytest.raises(SignatureMismatch):
        finish(letter(), prepared(), value_of(other), pki().timestamps)


@pytest.mark.parametrize("value", [b"", b"\x00" * 64, b"\x30\x06\x02\x01\x01\x02\x01\x01"])
def test_a_signature_that_is_none_is_refused(value: bytes) -> None:
    with pytest.raises(SignatureMismatch):
        finish(letter(), prepared(), value, pki().timestamps)


def test_without_a_timestamp_nothing_is_finished() -> None:
    with pytest.raises(TimestampUnavailable):
        finish(letter(), prepared(), value_of(prepared()), NoTime())


def test_without_revocation_information_nothing_is_augmented() -> None:
    signed = finish(letter(), prepared(), value_of(prepared()), pki().timestamps)
    with pytest.raises(RevocationUnavailable):
        augment(letter(), signed, NoNews(), pki().roots)


def test_without_proofs_inside_they_are_appended() -> None:
    report = judged(sign(letter(), whole=False).data, pki().roots, LATER)
    assert report.ok
    assert report.signatures[0].level == "B-LT"


def test_proofs_that_grew_stale_while_the_person_thought_are_brought_up_to_date() -> None:
    house = TestPki.create(NOW)
    alice = house.signer("alice")
    proofs = collect(alice.certificate, alice.chain, house.timestamps, house.revocation, house.roots)
    waiting = prepare(letter(), ALICE, alice.certificate, alice.chain, CLOCK, proofs)
    house.now = NOW + timedelta(days=2)
    signed = finish(letter(), waiting, alice.sign_digests([waiting.digest_to_sign])[0], house.timestamps)
    data = augment(letter(), signed, house.revocation, house.roots).whole(letter())
    assert len(data) > len(signed.whole(letter()))
    assert judged(data, house.roots, house.now + timedelta(hours=1)).ok


def test_without_stamp_and_proofs_the_levels_say_so() -> None:
    bare = finish(letter(), prepared(), value_of(prepared()), None)
    stamped = finish(letter(), prepared(), value_of(prepared()), pki().timestamps)
    levels = []
    for signed in (bare, stamped):
        (found,) = judged(signed.whole(letter()), pki().roots, LATER).signatures
        assert found.intact
        assert found.problems == ("revocation_unknown",)
        levels.append(found.level)
    assert levels == ["B-B", "B-T"]


def test_a_bare_signature_becomes_complete_too() -> None:
    bare = finish(letter(), prepared(), value_of(prepared()), None)
    report = judged(augment(letter(), bare, pki().revocation, pki().roots).whole(letter()), pki().roots, LATER)
    assert report.ok
    assert report.signatures[0].level == "B-B"


def test_a_second_person_leaves_the_first_signature_valid() -> None:
    first = sign(letter()).data
    second = sign(first, "bob", replace(ALICE, signer_name="Bob Petit", box=replace(BOX, x=60.0))).data
    assert second.startswith(first)
    report = judged(second, pki().roots, LATER)
    assert report.ok
    assert [found.signer for found in report.signatures] == ["Alice Martin", "Bob Petit"]
    assert [found.level for found in report.signatures] == ["B-LT", "B-LT"]
    assert report.signatures[1].coverage == "document"


@pytest.mark.parametrize("whole", [True, False])
def test_five_people_sign_one_after_another(whole: bool) -> None:
    data = letter()
    for number, name in enumerate(("alice", "bob", "etienne", "seal", "alice")):
        data = sign(data, name, replace(ALICE, box=replace(BOX, y=100.0 + 80 * number)), whole=whole).data
    report = judged(data, pki().roots, LATER)
    assert report.ok
    assert len(report.signatures) == 5


def test_the_seal_of_a_firm_says_sealed() -> None:
    data = sign(letter(), "seal", replace(ALICE, kind="seal", signer_name="Cabinet Martin", firm="")).data
    assert judged(data, pki().roots, LATER).ok


def test_rsa_works_as_well() -> None:
    house = TestPki.create(NOW, "RSA-3072")
    assert judged(sign(letter(), among=house).data, house.roots, LATER).ok


def test_an_invisible_signature_changes_no_page() -> None:
    data = sign(letter(), settings=SignatureSettings(signer_name="Alice Martin")).data
    assert judged(data, pki().roots, LATER).ok


def test_an_empty_field_of_the_document_is_signed_where_it_stands() -> None:
    data = with_empty_field(letter(), "Client", (100, 100, 300, 160))
    assert inspect(data).empty_fields == ("Client",)
    signed = sign(data, settings=replace(ALICE, field_name="Client", box=None)).data
    assert judged(signed, pki().roots, LATER).ok
    assert inspect(signed).signed_fields == ("Client",)
    assert inspect(signed).empty_fields == ()


def test_a_field_that_is_signed_is_refused_and_one_that_is_not_there_is_made() -> None:
    data = sign(
        with_empty_field(letter(), "Client", (100, 100, 300, 160)), settings=replace(ALICE, field_name="Client")
    ).data
    with pytest.raises(FieldTaken):
        sign(data, "bob", replace(ALICE, field_name="Client"))
    assert inspect(sign(data, "bob", replace(ALICE, field_name="Bob")).data).signed_fields == ("Client", "Bob")


@pytest.mark.parametrize("name", [" ", "Client.Bob"])
def test_a_new_field_has_a_plain_name(name: str) -> None:
    with pytest.raises(FieldTaken):
        sign(letter(), settings=replace(ALICE, field_name=name))


def test_a_new_field_takes_a_free_name() -> None:
    data = with_empty_field(letter(), "Signature1", (100, 100, 300, 160))
    assert inspect(sign(data).data).signed_fields == ("Signature2",)


@pytest.mark.parametrize("page", [-1, 1, 10**9])
def test_a_page_that_is_not_there_is_refused(page: int) -> None:
    with pytest.raises(NoSuchPage):
        sign(letter(), settings=replace(ALICE, box=replace(BOX, page=page)))


@pytest.mark.parametrize("side", [0.0, -10.0, 1.0, float("nan"), float("inf"), float("-inf")])
def test_a_box_that_is_none_is_refused(side: float) -> None:
    with pytest.raises(BadBox):
        sign(letter(), settings=replace(ALICE, box=replace(BOX, width=side)))


def test_a_box_beyond_the_edge_is_moved_onto_the_page() -> None:
    data = sign(letter(), settings=replace(ALICE, box=Box(0, 10_000.0, -50.0, 200.0, 72.0))).data
    assert b"/Rect [ 395 770 595 842 ]" in data or b"/Rect [395 770 595 842]" in data


def test_the_place_in_a_composed_document_is_found_again() -> None:
    place = signature_place(letter())
    assert place is not None
    assert judged(sign(letter(), settings=replace(ALICE, box=place)).data, pki().roots, LATER).ok


def test_a_timestamp_source_is_asked_for_the_digest_of_the_signature() -> None:
    asked = []

    class Listening(LocalTimestamps):
        def timestamp(self, digest: bytes) -> bytes:
            asked.append(digest)
            return super().timestamp(digest)

    value = value_of(prepared())
    finish(letter(), prepared(), value, Listening(pki()))
    assert asked == [hashlib.sha256(value).digest()]
