"""The rules of RFC 5280 §6.1, each broken alone beside a path where nothing is; compared with another validator."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import pairwise

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, PathValidationError

from paraphe.pdf.values import Anchor
from paraphe.pdf.verdict import certificates, paths
from paraphe.pdf.verdict.certificates import Pool
from tests.pdf.hands import NOW

DAY = timedelta(days=1)
Extension = tuple[x509.ExtensionType, bool]


@cache
def key(name: str) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def named(name: str, organisation: str = "Essai") -> x509.Name:
    parts = [(NameOID.COUNTRY_NAME, "FR"), (NameOID.ORGANIZATION_NAME, organisation), (NameOID.COMMON_NAME, name)]
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(not signs, not signs, False, False, False, signs, signs, False, False)


def authority(length: int | None = None, *, ca: bool = True, signs: bool = True) -> list[Extension]:
    return [(x509.BasicConstraints(ca, length if ca else None), True), (usage(signs=signs), True)]


def certificate(
    subject: str,
    issuer: str,
    extensions: Sequence[Extension] = (),
    *,
    begin: datetime = NOW - DAY,
    end: datetime = NOW + 30 * DAY,
    organisation: str = "Essai",
    by: str | None = None,
) -> bytes:
    builder = x509.CertificateBuilder(
        named(issuer), named(subject, organisation), key(subject).public_key(), x509.random_serial_number(), begin, end
    )
    for value, critical in extensions:
        builder = builder.add_extension(value, critical)
    return builder.sign(key(by or issuer), hashes.SHA256()).public_bytes(Encoding.DER)


LEAF: list[Extension] = [(x509.BasicConstraints(False, None), True), (usage(signs=False), True)]


def judge(leaf: bytes, middle: Sequence[bytes], root: bytes, at: datetime = NOW) -> paths.Path:
    found = certificates.load(leaf)
    assert found is not None
    anchors = paths.Anchors([Anchor(x509.load_der_x509_certificate(root))])
    return paths.best(found, Pool(middle), anchors, at, proved=True)


def other(leaf: bytes, middle: Sequence[bytes], root: bytes, at: datetime = NOW) -> bool:
    """Tell what pyhanko-certvalidator says of the same certificates."""
    context = ValidationContext(
        trust_roots=[asn1_x509.Certificate.load(root)],
        other_certs=[asn1_x509.Certificate.load(one) for one in middle],
        moment=at,
        allow_fetching=False,
        revocation_mode="soft-fail",
    )
    validator = CertificateValidator(asn1_x509.Certificate.load(leaf), validation_context=context)
    try:
        asyncio.run(validator.async_validate_path())
    except (PathValidationError, PathBuildingError):
        return False
    return True


@cache
def root() -> bytes:
    return certificate("root", "root", authority())


def constraint(permitted: str | None = None, excluded: str | None = None) -> Extension:
    def tree(organisation: str | None) -> list[x509.GeneralName] | None:
        if organisation is None:
            return None
        parts = [(NameOID.COUNTRY_NAME, "FR"), (NameOID.ORGANIZATION_NAME, organisation)]
        return [x509.DirectoryName(x509.Name([x509.NameAttribute(oid, value) for oid, value in parts]))]

    return x509.NameConstraints(tree(permitted), tree(excluded)), True


UNKNOWN: Extension = (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.4.1.99999.7"), b"\x05\x00"), True)
REQUIRED: Extension = (x509.PolicyConstraints(0, None), True)


def policy(arc: str) -> Extension:
    return x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(arc), None)]), False


CASES: dict[str, tuple[list[Extension], list[Extension], dict[str, object], str | None]] = {
    "nothing wrong": (authority(0), LEAF, {}, None),
    "no authority": (authority(ca=False, signs=False), LEAF, {}, "issuer_is_no_authority"),
    "may not sign certificates": (authority(signs=False), LEAF, {}, "issuer_is_no_authority"),
    "no basic constraints": ([(usage(signs=True), True)], LEAF, {}, "issuer_is_no_authority"),
    "unknown critical extension": (authority(0), [*LEAF, UNKNOWN], {}, "critical_extension"),
    "unknown critical extension above": ([*authority(0), UNKNOWN], LEAF, {}, "critical_extension"),
    "name permitted": ([*authority(0), constraint("Essai")], LEAF, {}, None),
    "name not permitted": ([*authority(0), constraint("Autre")], LEAF, {}, "name_constraints"),
    "name excluded": ([*authority(0), constraint(None, "Essai")], LEAF, {}, "name_constraints"),
    "policy required and missing": ([*authority(0), policy("1.2.3"), REQUIRED], LEAF, {}, "policy_required"),
    "policy required and there": (
        [*authority(0), policy("1.2.3"), REQUIRED], [*LEAF, policy("1.2.3")], {}, None
    ),
    "another policy": ([*authority(0), policy("1.2.3"), REQUIRED], [*LEAF, policy("1.2.4")], {}, "policy_required"),
    "expired": (authority(0), LEAF, {"end": NOW - timedelta(hours=1)}, "expired"),
    "too early": (authority(0), LEAF, {"begin": NOW + timedelta(hours=1)}, "not_yet_valid"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_each_rule_alone(case: str) -> None:
    above, below, more, code = CASES[case]
    middle = certificate("middle", "root", above)
    leaf = certificate("leaf", "middle", below, **more)  # type: ignore[arg-type]
    found = judge(leaf, [middle], root())
    assert found.trusted == (code is None)
    assert [one.code for one in found.problems] == ([code] if code else [])
    assert found.trusted == other(leaf, [middle], root())


def test_a_longer_path_than_allowed() -> None:
    first, second = certificate("first", "root", authority(0)), certificate("second", "first", authority())
    leaf = certificate("leaf", "second", LEAF)
    assert [one.code for one in judge(leaf, [second, first], root()).problems] == ["path_length"]
    assert not other(leaf, [second, first], root())
    longer = certificate("first", "root", authority(1))
    assert judge(leaf, [second, longer], root()).trusted
    assert other(leaf, [second, longer], root())


def test_a_signature_by_another_key_leads_nowhere() -> None:
    middle = certificate("middle", "root", authority(0), by="mallory")
    leaf = certificate("leaf", "middle", LEAF)
    assert [one.code for one in judge(leaf, [middle], root()).problems] == ["not_trusted"]


def test_an_end_entity_is_no_authority_even_under_a_trusted_root() -> None:
    alice = certificate("alice", "root", LEAF)
    forged = certificate("mallory", "alice", LEAF)
    assert "issuer_is_no_authority" in [one.code for one in judge(forged, [alice], root()).problems]
    assert judge(alice, [], root()).trusted
    # Also where nothing is trusted it is said.
    stranger = certificate("other", "other", authority())
    assert "issuer_is_no_authority" in [one.code for one in judge(forged, [alice], stranger).problems]


def test_the_good_path_is_found_among_bad_ones() -> None:
    good = certificate("middle", "root", authority(0))
    bad = [certificate("middle", "root", authority(0), end=NOW - DAY / 2) for _ in range(3)]
    leaf = certificate("leaf", "middle", LEAF)
    assert judge(leaf, [*bad, good], root()).trusted
    assert not judge(leaf, bad, root()).trusted


def test_many_authorities_of_one_name_cost_little() -> None:
    loop = [certificate("middle", "middle", authority(), by="middle") for _ in range(40)]
    leaf = certificate("leaf", "middle", LEAF)
    assert not judge(leaf, loop, root()).trusted


def test_an_anchor_counts_while_its_list_names_it() -> None:
    leaf = certificates.load(certificate("leaf", "root", LEAF))
    assert leaf is not None
    parsed = x509.load_der_x509_certificate(root())
    for since, until, trusted in ((NOW - DAY, NOW + DAY, True), (NOW + DAY, None, False), (None, NOW - DAY, False)):
        anchors = paths.Anchors([Anchor(parsed, "eu", "Autorité", since, until)])
        assert paths.best(leaf, Pool(()), anchors, NOW, proved=True).trusted is trusted


def test_a_certificate_by_a_small_key_was_believed_until_it_was_not() -> None:
    old = rsa.generate_private_key(65537, 1024)
    begin = datetime(2010, 1, 1, tzinfo=UTC)

    def by_old(subject: str, public: ec.EllipticCurvePublicKey | rsa.RSAPublicKey, more: Sequence[Extension]) -> bytes:
        builder = x509.CertificateBuilder(named("old"), named(subject), public, 7, begin, NOW + DAY)
        for value, critical in more:
            builder = builder.add_extension(value, critical)
        return builder.sign(old, hashes.SHA256()).public_bytes(Encoding.DER)

    anchor = by_old("old", old.public_key(), authority())
    leaf = by_old("leaf", key("leaf").public_key(), LEAF)
    assert [one.code for one in judge(leaf, [], anchor).problems] == ["weak_certificate"]
    assert judge(leaf, [], anchor, datetime(2012, 1, 1, tzinfo=UTC)).trusted


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_whatever_is_combined_nothing_is_trusted_that_the_other_refuses(data: st.DataObject) -> None:
    def extensions(ca: bool) -> list[Extension]:
        found: list[Extension] = []
        if data.draw(st.booleans() | st.just(True)):
            found.append((x509.BasicConstraints(ca, data.draw(st.sampled_from([None, 0, 1])) if ca else None), True))
        if data.draw(st.booleans()):
            found.append((usage(signs=data.draw(st.sampled_from([ca, True]))), True))
        if data.draw(st.integers(0, 5)) == 0:
            found.append(data.draw(st.sampled_from([UNKNOWN, constraint("Essai"), constraint("Autre")])))
        if data.draw(st.integers(0, 3)) == 0:
            found.append(policy(data.draw(st.sampled_from(["1.2.3", "1.2.4", "2.5.29.32.0"]))))
        if ca and data.draw(st.integers(0, 4)) == 0:
            found.append(data.draw(st.sampled_from([REQUIRED, (x509.InhibitAnyPolicy(0), True)])))
        return found

    names = ["root", "first", "second", "leaf"][:: data.draw(st.sampled_from([1, 3]))]
    chain = [certificate(one, above, extensions(one != "leaf")) for above, one in pairwise(names)]
    found = judge(chain[-1], chain[:-1], root())
    agreed = other(chain[-1], chain[:-1], root())
    assert agreed or not found.trusted
    if agreed and not found.trusted:
        # Stricter than the other only where a name is not understood, or a mapping would be needed.
        assert {one.code for one in found.problems} <= {"name_constraints", "policy_required", "issuer_is_no_authority"}
