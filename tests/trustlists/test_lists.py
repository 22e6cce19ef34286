"""The European lists: believed when signed by whom it must be, kept, never replaced by an older or a broken one."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from paraphe.kernel.errors import DomainError
from paraphe.trustlists.api import ListNotSigned, ListUnreadable, Store, known_signers
from paraphe.trustlists.reading import parse, read
from paraphe.trustlists.signature import signed_root
from tests.support.pki import TestPki
from tests.trustlists.making import FRANCE, LISTS, NOW, Instance, pointer, service, signed, trusted_list

YEARS = timedelta(days=365)
GRANTED = Instance("granted", NOW - 2 * YEARS)


@cache
def pki() -> TestPki:
    return TestPki.create(NOW)


def certificate(name: str) -> x509.Certificate:
    return pki().signer(name).certificate


def issuing() -> x509.Certificate:
    return pki().authorities["natural"].signer.certificate


def france(**parts: object) -> bytes:
    """The French list with one service, signed by Bob."""
    content = {"services": service(issuing(), GRANTED), **parts}
    return signed(trusted_list("FR", **content), pki().signer("bob"))  # type: ignore[arg-type]


def lists(*, by: str = "alice", signer_of_france: str = "bob", pivots: tuple[str, ...] = ()) -> bytes:
    """The list of lists, signed by Alice, that says that Bob signs the French one."""
    pointers = pointer(LISTS, "EU", [certificate("alice")]) + pointer(FRANCE, "FR", [certificate(signer_of_france)])
    return signed(trusted_list("EU", pointers=pointers, pivots=pivots), pki().signer(by))


def wire(**pages: bytes) -> Callable[[str], bytes]:
    """A network with these pages and nothing else."""

    class Unreachable(DomainError):
        code = "unreachable"

    def fetch(address: str) -> bytes:
        name = address.rsplit("/", 1)[1].removesuffix(".xml")
        if name not in pages:
            raise Unreachable(address=address)
        return pages[name]

    return fetch


def update(folder: Path, signers: list[str] | None = None, **pages: bytes) -> Store:
    store = Store(folder)
    store.update(wire(**pages), [certificate(one) for one in signers or ["alice"]], NOW, LISTS)
    return store


def test_a_service_of_a_signed_list_is_trusted_from_its_first_day(tmp_path: Path) -> None:
    (found,) = update(tmp_path, eu=lists(), fr=france()).services()
    assert found.certificate == issuing().public_bytes(Encoding.DER)
    assert (found.purpose, found.provider, found.territory) == ("certificates", "Test Trust", "FR")
    assert (found.since, found.until) == (NOW - 2 * YEARS, NOW + timedelta(days=90))


def test_a_service_that_was_withdrawn_stays_trusted_for_the_time_before(tmp_path: Path) -> None:
    withdrawn = Instance("withdrawn", NOW - YEARS)
    (found,) = update(tmp_path, eu=lists(), fr=france(services=service(issuing(), withdrawn, GRANTED))).services()
    assert (found.since, found.until) == (NOW - 2 * YEARS, NOW - YEARS)


def test_a_service_of_another_kind_is_left_out(tmp_path: Path) -> None:
    other = Instance("granted", NOW - YEARS, kind="CA/PKC")
    stamps = Instance("granted", NOW - YEARS, kind="TSA/QTST")
    services = service(issuing(), other) + service(certificate("tsu"), stamps)
    (found,) = update(tmp_path, eu=lists(), fr=france(services=services)).services()
    assert found.purpose == "timestamps"


def test_a_list_of_lists_signed_by_somebody_else_changes_nothing(tmp_path: Path) -> None:
    update(tmp_path, eu=lists(), fr=france())
    with pytest.raises(ListNotSigned):
        update(tmp_path, eu=lists(by="etienne"), fr=france(services=""))
    assert Store(tmp_path).services()


def test_a_national_list_signed_by_somebody_else_is_not_taken(tmp_path: Path) -> None:
    outcome = Store(tmp_path).update(
        wire(eu=lists(signer_of_france="etienne"), fr=france()), [certificate("alice")], NOW, LISTS
    )
    assert outcome.failed == (("FR", "list_not_signed"),)
    assert not Store(tmp_path).services()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda data: data.replace(b"granted", b"granteD"), id="status"),
        pytest.param(lambda data: data.replace(b"<TSLSequenceNumber>1<", b"<TSLSequenceNumber>9<"), id="number"),
        pytest.param(lambda data: data.replace(b"Test Trust", b"Fest Trust"), id="name"),
    ],
)
def test_a_list_changed_after_signing_is_not_taken(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    assert not update(tmp_path, eu=lists(), fr=change(france())).services()


def test_a_signed_list_wrapped_into_another_is_not_taken(tmp_path: Path) -> None:
    whole = france()
    wrapped = trusted_list("FR", services=service(certificate("etienne"), GRANTED)).replace(
        b"</TrustServiceStatusList>", whole + b"</TrustServiceStatusList>"
    )
    with pytest.raises(ListNotSigned):
        signed_root(wrapped, [certificate("bob")], NOW)
    assert read(signed_root(whole, [certificate("bob")], NOW)).territory == "FR"


def test_an_older_list_does_not_replace_a_newer_one(tmp_path: Path) -> None:
    update(tmp_path, eu=lists(), fr=france(sequence=7))
    outcome = Store(tmp_path).update(wire(eu=lists(), fr=france(sequence=6)), [certificate("alice")], NOW, LISTS)
    assert outcome.failed == (("FR", "list_outdated"),)


def test_a_list_that_cannot_be_reached_stays_as_it_was(tmp_path: Path) -> None:
    update(tmp_path, eu=lists(), fr=france())
    outcome = Store(tmp_path).update(wire(eu=lists()), [certificate("alice")], NOW, LISTS)
    assert outcome.failed == (("FR", "unreachable"),)
    assert Store(tmp_path).services()


def test_new_signers_of_the_list_of_lists_are_learnt_from_its_pivots(tmp_path: Path) -> None:
    """Étienne signed the first list and named Alice; she signs the present one."""
    pointers = pointer(LISTS, "EU", [certificate("alice")])
    pivot = signed(trusted_list("EU", pointers=pointers), pki().signer("etienne"))
    address = "https://lists.test/pivot.xml"
    with pytest.raises(ListNotSigned):
        update(tmp_path, ["etienne"], eu=lists(), fr=france())
    assert update(tmp_path, ["etienne"], eu=lists(pivots=(address,)), fr=france(), pivot=pivot).services()
    forged = signed(trusted_list("EU", pointers=pointers), pki().signer("seal"))
    with pytest.raises(ListNotSigned):
        update(tmp_path, ["etienne"], eu=lists(pivots=(address,)), fr=france(), pivot=forged)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"<html/>", id="a page"),
        pytest.param(b'<!DOCTYPE x [<!ENTITY e "e">]><x>&e;</x>', id="entities"),
        pytest.param(trusted_list("FR", version="2"), id="version"),
        pytest.param(trusted_list("FR").replace(b"SchemeTerritory", b"Territory"), id="a part is missing"),
    ],
)
def test_what_is_no_list_is_refused(data: bytes) -> None:
    with pytest.raises(ListUnreadable):
        read(parse(data))


@given(st.binary(max_size=300), st.integers(0, 2000))
def test_bytes_of_all_kinds_give_a_list_or_a_refusal(noise: bytes, at: int) -> None:
    data = trusted_list("FR", services=service(issuing(), GRANTED))
    for candidate in (noise, data[:at] + noise + data[at:], data[:at] + data[at + len(noise) :]):
        try:
            found = read(parse(candidate))
        except ListUnreadable:
            continue
        assert found.territory is not None


def test_a_kept_file_that_is_damaged_is_named(tmp_path: Path) -> None:
    update(tmp_path, eu=lists(), fr=france())
    (tmp_path / "FR.json").write_text("{}")
    with pytest.raises(ListUnreadable) as refused:
        Store(tmp_path).services()
    assert refused.value.params["file"] == "FR.json"


def test_the_signers_of_the_official_journal_are_known() -> None:
    assert known_signers()
