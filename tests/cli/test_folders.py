import os
import stat
from pathlib import Path

import pytest

from paraphe.cli import folders
from paraphe.config.environment import BadConfiguration, Environment, read_secret


def _environment(data: Path, **more: str) -> Environment:
    return Environment({"PARAPHE_DATA_DIR": str(data), **more})


def _secrets(data: Path) -> dict[str, str]:
    return {str(path.relative_to(data)): path.read_text() for path in data.rglob("*") if path.is_file()}


def test_a_first_start_makes_secrets_that_only_their_owner_may_read(tmp_path: Path) -> None:
    folders.prepare(_environment(tmp_path))

    found = _secrets(tmp_path)
    assert len(found) == 9
    assert len(set(found.values())) == len(found)
    for name in found:
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_no_two_machines_have_a_secret_in_common(tmp_path: Path) -> None:
    folders.prepare(_environment(tmp_path / "one"))
    folders.prepare(_environment(tmp_path / "two"))

    one, two = _secrets(tmp_path / "one"), _secrets(tmp_path / "two")
    assert one.keys() == two.keys()
    assert not set(one.values()) & set(two.values())


def test_a_second_start_replaces_nothing(tmp_path: Path) -> None:
    folders.prepare(_environment(tmp_path))
    before = _secrets(tmp_path)

    folders.prepare(_environment(tmp_path))

    assert _secrets(tmp_path) == before


def test_production_makes_nothing_of_the_demonstration(tmp_path: Path) -> None:
    folders.prepare(_environment(tmp_path, PARAPHE_MODE="production"))

    assert not (tmp_path / "comptexpert").exists()
    assert not (tmp_path / "platform" / "secrets" / "oidc-client.secret").exists()


def test_a_folder_that_cannot_be_written_to_is_named_with_the_remedy(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")

    with pytest.raises(BadConfiguration, match=r"cannot be written to .* set PARAPHE_DATA_DIR"):
        folders.prepare(_environment(blocked / "var"))


def test_a_secret_is_refused_when_others_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "sealing.key"
    path.write_text("ab" * 32)
    path.chmod(0o600)
    assert read_secret(path, octets=32) == bytes.fromhex("ab" * 32)

    path.chmod(0o644)
    with pytest.raises(BadConfiguration, match="chmod 600"):
        read_secret(path, octets=32)


@pytest.mark.parametrize("text", ["", "zz" * 32, "ab" * 31, "ab" * 33], ids=["empty", "not hex", "short", "long"])
def test_a_secret_of_the_wrong_shape_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "sealing.key"
    path.write_text(text)
    path.chmod(0o600)

    with pytest.raises(BadConfiguration, match="64 hexadecimal characters"):
        read_secret(path, octets=32)


def test_a_missing_secret_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="paraphe setup"):
        read_secret(tmp_path / "none.key", octets=32)


def test_the_data_folder_is_closed_to_others(tmp_path: Path) -> None:
    folders.prepare(_environment(tmp_path / "var"))

    assert os.stat(tmp_path / "var").st_mode & 0o077 == 0
