"""Reading BER by slicing: whatever the octets are, a value, or one error, in time that does not explode."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraphe.pdf.verdict.message import Misshapen, parse, token_info
from paraphe.pdf.verdict.slices import Node, Unreadable, read, whole
from paraphe.pki.der import sequence, tlv


def walk(node: Node) -> int:
    return 1 + sum(walk(one) for one in node.children()) if node.tag & 0x20 else 1


@given(st.binary(max_size=200))
def test_whatever_the_octets_there_is_one_error(data: bytes) -> None:
    for reader in (lambda: walk(whole(data)), lambda: parse(data), lambda: token_info(data)):
        try:
            reader()
        except (Unreadable, Misshapen):
            continue


@given(
    st.recursive(
        st.binary(max_size=20).map(lambda one: tlv(4, one)),
        lambda inner: st.lists(inner).map(lambda parts: sequence(*parts)),
        max_leaves=20,
    )
)
def test_what_is_encoded_is_read(data: bytes) -> None:
    node = whole(data)
    assert node.octets == data
    assert walk(node) >= 1
    with pytest.raises(Unreadable):
        whole(data + b"\x05\x00")


def test_lengths_that_are_not_said_are_found() -> None:
    data = b"\x30\x80\x24\x80\x04\x01a\x04\x01b\x00\x00\x02\x01\x05\x00\x00"
    text, number = whole(data).children()
    assert text.content == b"ab"
    assert number.integer() == 5


@pytest.mark.parametrize("data", [b"", b"\x30", b"\x30\x05\x00", b"\x04\x80\x00\x00", b"\x1f\x81\x01\x00",
                                  b"\x30\x84\xff\xff\xff\xff", b"\x30\x80\x02\x01\x05"])  # fmt: skip
def test_octets_that_are_no_value_are_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        whole(data)


def test_deep_nesting_costs_little() -> None:
    begin = time.perf_counter()
    for data in (b"\x30\x80" * 30_000, b"\xa0\x80" * 200 + b"\x00\x00" * 200):
        with pytest.raises(Unreadable):
            whole(data)
    assert time.perf_counter() - begin < 1


@pytest.mark.parametrize(("dotted", "octets"), [("1.2.840.113549.1.7.2", "2a864886f70d010702"), ("2.5.29.15", "551d0f"),
                                                ("2.999.3", "883703")])  # fmt: skip
def test_object_identifiers(dotted: str, octets: str) -> None:
    assert read(tlv(6, bytes.fromhex(octets))).oid() == dotted
