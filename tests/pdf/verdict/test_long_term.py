"""What the years do to a signature: certificates expire, timestamps are renewed, somebody asks about the past."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from paraphe.kernel.clock import FixedClock
from paraphe.pdf.api import Report, SignatureSettings, renew, sign, validate
from paraphe.pdf.values import SigningLevel, Source
from tests.pdf.hands import LATER, NOW, how, judged, letter
from tests.support.pki import TestPki

SETTINGS = SignatureSettings(signer_name="Alice Martin")
YEAR = timedelta(days=365)


def made(house: TestPki, level: SigningLevel, data: bytes | None = None) -> bytes:
    source = data or letter()
    tail = sign(
        source,
        house.signer("alice"),
        SETTINGS,
        level,
        timestamps=house.timestamps,
        revocation=house.revocation,
        roots=house.roots,
        clock=FixedClock(house.now),
    )
    return tail.whole(source)


@cache
def house() -> TestPki:
    return TestPki.create(NOW)


@cache
def lasting() -> bytes:
    return made(house(), "B-LT")


@cache
def archived() -> bytes:
    return made(house(), "B-LTA")


def renewed(data: Source, at: datetime) -> tuple[bytes, TestPki]:
    """Return ``data`` stamped anew at ``at`` by a unit certified then by the same authorities."""
    later = house()
    before, unit = later.now, later.signers["tsu"]
    responders = {slug: authority.responder for slug, authority in later.authorities.items()}
    later.now = at
    later.renew_responders()
    try:
        from paraphe.pki import profiles
        from paraphe.pki.subjects import Unit
        from tests.support.pki import OPERATOR

        later._leaf("tsu", "legal", profiles.tsa_profile, Unit("Horodatage d'essai", OPERATOR))
        assert isinstance(data, bytes)
        tail = renew(data, later.timestamps, later.revocation, later.roots, FixedClock(at))
        return tail.whole(data), later
    finally:
        later.now, later.signers["tsu"] = before, unit
        for slug, responder in responders.items():
            later.authorities[slug].responder = responder


def at(data: bytes, moment: datetime) -> Report:
    return judged(data, house().roots, moment)


def leaf_end(name: str) -> datetime:
    return house().signer(name).certificate.not_valid_after_utc


def test_the_levels_are_what_the_file_carries() -> None:
    levels: tuple[SigningLevel, ...] = ("B-B", "B-T", "B-LT", "B-LTA")
    for level in levels:
        report = at(made(house(), level), LATER)
        assert report.signatures[0].level == level
        assert report.ok == (level in ("B-LT", "B-LTA")), level
    bare = at(made(house(), "B-T"), LATER)
    assert (bare.indication, bare.sub_indication) == ("INDETERMINATE", "TRY_LATER")
    # What is missing is named, with the issuer that can be asked for it.
    assert bare.wanted
    assert all(one.issuer is not None for one in bare.wanted)


def test_the_expiry_of_the_signer_takes_nothing_from_a_timestamped_signature() -> None:
    after = leaf_end("alice") + timedelta(days=1)
    assert after < leaf_end("tsu")
    report = at(lasting(), after)
    assert report.ok
    assert "expired_since" in {one.code for one in report.signatures[0].findings}
    assert report.signatures[0].time_source == "timestamp"
    # Without a timestamp nobody knows that it was made in time.
    bare = at(made(house(), "B-B"), after).signatures[0]
    assert (bare.indication, bare.sub_indication) == ("INDETERMINATE", "OUT_OF_BOUNDS_NO_POE")


def test_the_expiry_of_the_unit_is_not_survived_without_renewal() -> None:
    after = leaf_end("tsu") + timedelta(days=1)
    for data in (lasting(), archived()):
        report = at(data, after)
        assert not report.ok
        assert "timestamp_expired" in {code for one in report.signatures for code in one.problems}


def test_a_renewed_timestamp_carries_the_signature_past_the_expiry_of_the_first_unit() -> None:
    data, _ = renewed(archived(), NOW + YEAR)
    after = leaf_end("tsu") + timedelta(days=1)
    report = at(data, after)
    assert report.ok, [one.problems for one in report.signatures]
    assert report.signatures[0].level == "B-LTA"
    assert [one.kind for one in report.signatures] == ["signature", "timestamp", "timestamp"]
    # The same file without the last timestamp is no longer proved: only the renewal carries it.
    assert not at(archived(), after).ok


def test_a_file_is_judged_at_a_past_time() -> None:
    data, _ = renewed(archived(), NOW + YEAR)
    report = at(data, NOW + timedelta(days=30))
    assert report.ok, [one.problems for one in report.signatures]
    # The timestamp of a year later did not exist then: it says nothing about the file.
    assert report.signatures[2].problems == ("timestamp_in_future",)
    before = at(archived(), NOW - timedelta(days=30))
    assert not before.ok
    assert before.indication == "INDETERMINATE"


def test_a_revocation_is_survived_only_by_what_is_proved_to_be_older() -> None:
    own = TestPki.create(NOW)
    first = made(own, "B-LT")
    bare = made(own, "B-B")
    own.revoke("alice", NOW + timedelta(hours=1))
    own.now = NOW + timedelta(hours=2)
    info = own.revocation.revocation_info(
        own.signer("alice").certificate, own.authorities["natural"].signer.certificate
    )
    assert info.ocsp is not None
    settings = replace(how(own.roots, LATER), ocsps=(info.ocsp,))
    known = validate(first, settings)
    assert known.ok
    assert "revoked_since" in {one.code for one in known.signatures[0].findings}
    unknown = validate(bare, settings).signatures[0]
    assert (unknown.indication, unknown.sub_indication) == ("INDETERMINATE", "REVOKED_NO_POE")


def test_a_suspension_leaves_open_what_is_not_proved_to_be_older() -> None:
    own = TestPki.create(NOW)
    first, bare = made(own, "B-LT"), made(own, "B-B")
    own.suspend("alice", NOW + timedelta(hours=1))
    own.now = NOW + timedelta(hours=2)
    info = own.revocation.revocation_info(
        own.signer("alice").certificate, own.authorities["natural"].signer.certificate
    )
    assert info.ocsp is not None
    settings = replace(how(own.roots, LATER), ocsps=(info.ocsp,))
    proved = validate(first, settings)
    assert proved.ok
    assert "on_hold_since" in {one.code for one in proved.signatures[0].findings}
    open_yet = validate(bare, settings).signatures[0]
    assert (open_yet.indication, open_yet.sub_indication) == ("INDETERMINATE", "TRY_LATER")
    assert "on_hold" in open_yet.problems
