"""From files to files: whole or not at all, nothing overwritten, several processes."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from paraphe.pdf.bulk import Sealer, seal_files
from paraphe.pdf.bulk.files import write_whole
from paraphe.pki.errors import TimestampUnavailable
from tests.pdf.bulk.hands import SEAL, judged, sealer
from tests.pdf.hands import CLOCK, VECTORS, pki

TYPST, CHROMIUM = VECTORS / "typst.pdf", VECTORS / "chromium.pdf"


def test_files_are_sealed_beside_each_other(tmp_path: Path) -> None:
    pairs = [(one, tmp_path / one.name) for one in (TYPST, CHROMIUM)]
    found = list(seal_files(pairs, sealer))
    assert [(one.status, one.path, one.source) for one in found] == [("ok", "fast", source) for source, _ in pairs]
    for _, target in pairs:
        assert judged(target.read_bytes())
    assert sorted(one.name for one in tmp_path.iterdir()) == ["chromium.pdf", "typst.pdf"]


def test_an_output_that_exists_stays_unless_it_may_be_replaced(tmp_path: Path) -> None:
    target = tmp_path / "typst.pdf"
    target.write_bytes(b"mine")
    [found] = seal_files([(TYPST, target)], sealer)
    assert (found.status, found.code) == ("error", "output_exists")
    assert target.read_bytes() == b"mine"
    [found] = seal_files([(TYPST, target)], sealer, overwrite=True, durable=False)
    assert found.status == "ok"
    assert judged(target.read_bytes())
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    found = list(seal_files([(TYPST, tmp_path / "no" / "a.pdf"), (TYPST, tmp_path / "b.pdf")], sealer))
    assert [(one.status, one.code) for one in found] == [("error", "output_failed"), ("ok", "")]


def test_nothing_is_left_of_what_could_not_be_written(tmp_path: Path) -> None:
    def parts() -> Sequence[bytes]:
        return (b"half", None)  # type: ignore[return-value]

    with pytest.raises(TypeError):
        write_whole(tmp_path / "a", parts(), overwrite=False, durable=False)
    assert list(tmp_path.iterdir()) == []


def test_no_target_for_what_was_refused(tmp_path: Path) -> None:
    [found] = seal_files([(tmp_path / "missing.pdf", tmp_path / "out.pdf")], sealer)
    assert (found.status, found.code) == ("error", "source_unreadable")
    assert list(tmp_path.iterdir()) == []


class NoSigner:
    """A signer whose token was pulled."""

    certificate = pki().signer("seal").certificate
    chain = pki().signer("seal").chain
    algorithm = pki().signer("seal").algorithm

    def sign_digests(self, digests: Sequence[bytes]) -> list[bytes]:
        raise TimestampUnavailable(reason="gone")


def test_a_signer_that_stops_is_told_of_every_file(tmp_path: Path) -> None:
    pairs = [(TYPST, tmp_path / f"{number}.pdf") for number in range(3)]
    found = list(seal_files(pairs, lambda: Sealer(NoSigner(), "B-B", SEAL, None, None, [], CLOCK)))
    assert [(one.status, one.code) for one in found] == [("error", "timestamp_unavailable")] * 3
    assert list(tmp_path.iterdir()) == []


@dataclass(frozen=True)
class FromFile:
    """Makes a sealer in another process from a PKCS#12 file."""

    path: Path

    def __call__(self) -> Sealer:
        from paraphe.pki import pkcs12

        return Sealer(pkcs12.load(self.path.read_bytes()), "B-B", SEAL, None, None, [], CLOCK)


def test_several_processes_keep_the_order(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12

    signer = pki().signer("seal")
    file = tmp_path / "seal.p12"
    file.write_bytes(
        pkcs12.serialize_key_and_certificates(
            None, signer.private_key, signer.certificate, list(signer.chain), NoEncryption()
        )
    )
    out = tmp_path / "out"
    out.mkdir()
    pairs = [((TYPST, CHROMIUM)[number % 2], out / f"{number}.pdf") for number in range(130)]
    found = list(seal_files(pairs, FromFile(file), jobs=2, durable=False))
    assert [one.target for one in found] == [target for _, target in pairs]
    assert {one.status for one in found} == {"ok"}
    assert judged((out / "129.pdf").read_bytes())
    broken = list(seal_files(pairs[:2], FromFile(tmp_path / "out" / "0.pdf"), jobs=2))
    assert [(one.status, one.code) for one in broken] == [("error", "pkcs12_unusable")] * 2
