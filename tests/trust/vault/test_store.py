"""Sealed files: what opens, what does not, what is refused at the start."""

from pathlib import Path
from uuid import UUID, uuid4

import pytest

from paraphe.kernel.digests import sha256
from paraphe.trust.vault import signer
from paraphe.trust.vault.errors import KeyBroken, StoreRefused
from paraphe.trust.vault.store import SealedStore, initialise

DIGEST = sha256(b"contrat")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    initialise(tmp_path / "signer")
    return tmp_path / "signer"


def _key(folder: Path) -> UUID:
    key_id = uuid4()
    SealedStore(folder).generate(key_id, "P-256", "holder")
    return key_id


def test_a_key_is_found_again_by_the_next_process(folder: Path) -> None:
    key_id = _key(folder)
    assert SealedStore(folder).sign(key_id, "holder", [DIGEST], "ecdsa-sha256")


def test_initialising_again_changes_nothing(folder: Path) -> None:
    key_id = _key(folder)
    before = (folder / "kek.key").read_bytes()
    initialise(folder)
    assert (folder / "kek.key").read_bytes() == before
    assert SealedStore(folder).sign(key_id, "holder", [DIGEST], "ecdsa-sha256")


def test_no_two_installations_have_the_same_key_encryption_key(tmp_path: Path) -> None:
    initialise(tmp_path / "one")
    initialise(tmp_path / "two")
    assert (tmp_path / "one" / "kek.key").read_bytes() != (tmp_path / "two" / "kek.key").read_bytes()


def test_the_files_are_private_and_hold_no_key_in_clear(folder: Path) -> None:
    key_id = _key(folder)
    path = folder / "keys" / f"{key_id}.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert (folder / "kek.key").stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in (folder / "keys").iterdir()] == [path.name]
    assert bytes.fromhex((folder / "kek.key").read_text()) not in path.read_bytes()


@pytest.mark.parametrize("place", [0.02, 0.3, 0.6, 0.75, 0.99])
def test_a_changed_byte_anywhere_is_seen(folder: Path, place: float) -> None:
    key_id = _key(folder)
    path = folder / "keys" / f"{key_id}.key"
    data = bytearray(path.read_bytes())
    data[int(len(data) * place)] ^= 1
    path.write_bytes(data)
    with pytest.raises(KeyBroken):
        SealedStore(folder).sign(key_id, "holder", [DIGEST], "ecdsa-sha256")


@pytest.mark.parametrize("length", [0, 3, 100, 400])
def test_a_cut_file_is_seen(folder: Path, length: int) -> None:
    key_id = _key(folder)
    path = folder / "keys" / f"{key_id}.key"
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(KeyBroken):
        SealedStore(folder).sign(key_id, "holder", [DIGEST], "ecdsa-sha256")


def test_a_key_put_in_the_place_of_another_does_not_open(folder: Path) -> None:
    alice, mallory = _key(folder), _key(folder)
    (folder / "keys" / f"{alice}.key").write_bytes((folder / "keys" / f"{mallory}.key").read_bytes())
    with pytest.raises(KeyBroken):
        SealedStore(folder).sign(alice, "holder", [DIGEST], "ecdsa-sha256")


def test_a_purpose_rewritten_in_the_file_does_not_open(folder: Path) -> None:
    key_id = _key(folder)
    path = folder / "keys" / f"{key_id}.key"
    path.write_bytes(path.read_bytes().replace(b'"purpose":"holder"', b'"purpose":"legalc"'))
    with pytest.raises(KeyBroken):
        SealedStore(folder).sign(key_id, "legalc", [DIGEST], "ecdsa-sha256")


def test_a_key_under_another_key_encryption_key_does_not_open(folder: Path, tmp_path: Path) -> None:
    key_id = _key(folder)
    initialise(tmp_path / "other")
    (folder / "kek.key").write_bytes((tmp_path / "other" / "kek.key").read_bytes())
    with pytest.raises(KeyBroken):
        SealedStore(folder).sign(key_id, "holder", [DIGEST], "ecdsa-sha256")


@pytest.mark.parametrize(
    ("mode", "text", "reason"),
    [
        (0o644, "ab" * 32, "can be read by others"),
        (0o640, "ab" * 32, "can be read by others"),
        (0o600, "ab" * 31, "must hold 64 hexadecimal characters"),
        (0o600, "xy" * 32, "must hold 64 hexadecimal characters"),
        (0o600, "é" * 32, "cannot be read"),
    ],
)
def test_the_signer_does_not_start_on_a_doubtful_key_encryption_key(
    folder: Path, mode: int, text: str, reason: str
) -> None:
    (folder / "kek.key").write_text(text)
    (folder / "kek.key").chmod(mode)
    with pytest.raises(StoreRefused, match=reason):
        signer.serve(folder, folder / "signer.sock")
    assert not (folder / "signer.sock").exists()


def test_a_lost_key_encryption_key_is_not_replaced(folder: Path) -> None:
    _key(folder)
    (folder / "kek.key").unlink()
    with pytest.raises(StoreRefused, match="restore it from its backup"):
        initialise(folder)
    with pytest.raises(StoreRefused, match="restore it from its backup"):
        SealedStore(folder)


def test_a_key_folder_open_to_others_is_refused(folder: Path) -> None:
    (folder / "keys").chmod(0o755)
    with pytest.raises(StoreRefused, match="chmod 700"):
        SealedStore(folder)


def test_destroying_leaves_no_file(folder: Path) -> None:
    key_id = _key(folder)
    store = SealedStore(folder)
    store.destroy(key_id)
    assert list((folder / "keys").iterdir()) == []
