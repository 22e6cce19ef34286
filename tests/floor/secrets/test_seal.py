import secrets as randomness
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraphe.floor.secrets import SealBroken, keyed_hash, same, seal, seal_text, unseal, unseal_text

ALICE_MOBILE = "+33612345678"


@given(st.binary(max_size=200), st.text(min_size=1, max_size=20))
def test_what_is_sealed_comes_back(data: bytes, purpose: str) -> None:
    assert unseal(seal(data, purpose), purpose) == data


def test_text_with_accents_comes_back() -> None:
    assert unseal_text(seal_text("Étienne Le Gall-Dubois", "name"), "name") == "Étienne Le Gall-Dubois"


def test_sealing_twice_gives_two_blobs_that_do_not_show_the_value() -> None:
    one, other = seal_text(ALICE_MOBILE, "mobile"), seal_text(ALICE_MOBILE, "mobile")
    assert one != other
    assert ALICE_MOBILE.encode() not in one


def test_a_value_sealed_for_one_purpose_does_not_open_for_another() -> None:
    with pytest.raises(SealBroken):
        unseal(seal_text(ALICE_MOBILE, "mobile"), "email")


@given(st.data())
def test_any_changed_bit_or_cut_breaks_the_seal(data: st.DataObject) -> None:
    blob = bytearray(seal_text(ALICE_MOBILE, "mobile"))
    place = data.draw(st.integers(0, len(blob) - 1))
    with pytest.raises(SealBroken):
        unseal(bytes(blob[:place]), "mobile")
    blob[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(SealBroken):
        unseal(bytes(blob), "mobile")


def test_another_sealing_key_opens_nothing(settings: Any) -> None:
    blob = seal_text(ALICE_MOBILE, "mobile")
    settings.SEALING_KEY = randomness.token_bytes(32)
    with pytest.raises(SealBroken):
        unseal_text(blob, "mobile")


def test_keyed_hash_is_stable_and_depends_on_value_purpose_and_key(settings: Any) -> None:
    first = keyed_hash(ALICE_MOBILE, "mobile")
    assert first == keyed_hash(ALICE_MOBILE.encode(), "mobile")
    assert len(first) == 64
    assert first != keyed_hash(ALICE_MOBILE + "9", "mobile")
    assert first != keyed_hash(ALICE_MOBILE, "email")
    settings.SEALING_KEY = randomness.token_bytes(32)
    assert first != keyed_hash(ALICE_MOBILE, "mobile")


def test_same_compares_text_and_bytes() -> None:
    assert same("abc", b"abc")
    assert not same("abc", "abd")
    assert not same("é", "e")
