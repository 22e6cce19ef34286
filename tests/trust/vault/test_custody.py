"""The key-encryption key: changed, divided among custodians, put together again."""

import shutil
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from paraphe.kernel.digests import sha256
from paraphe.trust.vault import custody, store
from paraphe.trust.vault.errors import KeyBroken, StoreRefused
from paraphe.trust.vault.signer import only_one

LETTER = sha256(b"letter of engagement")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "signer"
    store.initialise(made)
    return made


def keys_in(folder: Path, count: int = 3) -> list[UUID]:
    opened, ids = store.SealedStore(folder), [uuid4() for _number in range(count)]
    for key_id in ids:
        opened.generate(key_id, "P-256", "holder")
    return ids


def signs(folder: Path, key_id: UUID) -> bool:
    return bool(store.SealedStore(folder).sign(key_id, "holder", [LETTER], "ecdsa-sha256"))


def test_a_new_key_encryption_key_opens_every_key_and_the_old_one_none(folder: Path, tmp_path: Path) -> None:
    ids = keys_in(folder)
    old = (folder / "kek.key").read_text()
    publics = [store.SealedStore(folder).generate(key_id, "P-256", "holder") for key_id in ids]
    assert custody.rotate(folder) == 3
    assert (folder / "kek.key").read_text() != old
    assert not (folder / "kek.next").exists()
    assert [store.SealedStore(folder).generate(key_id, "P-256", "holder") for key_id in ids] == publics
    assert all(signs(folder, key_id) for key_id in ids)
    (folder / "kek.key").write_text(old)
    with pytest.raises(KeyBroken):
        signs(folder, ids[0])


def test_a_crash_in_the_middle_is_gone_on_with(folder: Path) -> None:
    ids = keys_in(folder)
    store.write_kek(folder / "kek.next", bytes(range(32)))
    half = store.SealedStore(folder)
    sealed, key = half._open(ids[0])
    half._write(ids[0], half._seal(ids[0], sealed.purpose, sealed.algorithm, key), replace=True)
    assert all(signs(folder, key_id) for key_id in ids), "the signer opens both kinds"
    new = keys_in(folder, 1)[0]
    assert custody.rotate(folder) == 4
    assert (folder / "kek.key").read_text() == bytes(range(32)).hex()
    assert all(signs(folder, key_id) for key_id in [*ids, new])


def test_nothing_is_changed_under_a_running_signer(folder: Path) -> None:
    keys_in(folder)
    with only_one(folder), pytest.raises(StoreRefused, match="Another signer"):
        custody.rotate(folder)


@pytest.mark.parametrize("chosen", [(0, 1, 2), (4, 2, 0), (1, 3, 4)])
def test_any_three_of_five_custodians_are_enough(folder: Path, chosen: tuple[int, ...]) -> None:
    [key_id] = keys_in(folder, 1)
    shares = custody.split(folder, 3, 5)
    (folder / "kek.key").unlink()
    custody.join(folder, [f"  {shares[number].upper()}  " for number in chosen])
    assert signs(folder, key_id)
    assert (folder / "kek.key").stat().st_mode & 0o777 == 0o600


def test_two_custodians_are_not_enough_and_a_stranger_is_no_custodian(folder: Path, tmp_path: Path) -> None:
    keys_in(folder, 1)
    shares = custody.split(folder, 3, 5)
    kek = (folder / "kek.key").read_text()
    (folder / "kek.key").unlink()
    with pytest.raises(StoreRefused, match="do not make a key"):
        custody.join(folder, shares[:2])
    with pytest.raises(StoreRefused, match="do not make a key"):
        custody.join(folder, [*shares[:2], "no such word is in the list"])
    other = tmp_path / "other"
    store.initialise(other)
    with pytest.raises(KeyBroken):
        custody.join(folder, custody.split(other, 3, 5)[:3])
    assert not (folder / "kek.key").exists(), "a key that opens nothing is not left behind"
    store.write_kek(folder / "kek.key", bytes.fromhex(kek))
    with pytest.raises(StoreRefused, match="of another key-encryption key"):
        custody.join(folder, custody.split(other, 3, 5)[:3])
    custody.join(folder, shares[2:])


@pytest.mark.parametrize(("needed", "shares"), [(1, 5), (6, 5), (3, 17)])
def test_numbers_that_make_no_sense(folder: Path, needed: int, shares: int) -> None:
    with pytest.raises(StoreRefused, match="cannot be made"):
        custody.split(folder, needed, shares)


def test_a_missing_key_encryption_key_says_how_it_comes_back(folder: Path) -> None:
    keys_in(folder, 1)
    (folder / "kek.key").unlink()
    with pytest.raises(StoreRefused, match="keys join"):
        store.SealedStore(folder)
    shutil.rmtree(folder)
