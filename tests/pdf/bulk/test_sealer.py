"""The fast path: its outputs before other programs, its fall back, its own check."""

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore

from paraphe.pdf.bulk import Sealer
from paraphe.pdf.bulk.check import Expected, OutputBroken, check_output
from paraphe.pdf.values import SigningLevel
from paraphe.pki.errors import TimestampUnavailable
from paraphe.pki.keys import SoftwareSigner, checked_key
from paraphe.pki.ports import SignatureAlgorithm
from tests.pdf.bulk.hands import SEAL, judged, packed, sealer
from tests.pdf.hands import CLOCK, REAL, VECTORS, names, one_page, pki

FORMS = {"libreoffice-form", "pdf-lib-form"}
PLAIN = [path for path in REAL if path.stem not in FORMS]
LEVELS: tuple[SigningLevel, ...] = ("B-B", "B-T", "B-LT", "B-LTA")
EXPECTED_FIELDS = {"B-LTA": [("Signature1", "ENTIRE_REVISION"), ("Timestamp1", "ENTIRE_FILE")]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a folder per level, every plain vector sealed in it."""
    place = tmp_path_factory.mktemp("sealed")
    for level in LEVELS:
        (place / level).mkdir()
        for path, outcome in zip(PLAIN, sealer(level).seal(PLAIN), strict=True):
            assert (outcome.path, outcome.error) == ("fast", None), path.stem
            (place / level / path.name).write_bytes(outcome.whole())
    return place


each = pytest.mark.parametrize("path", PLAIN, ids=names(PLAIN))


def run(*command: str | Path) -> str:
    if shutil.which(str(command[0])) is None:
        pytest.skip(f"{command[0]} is not on this machine")
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@each
@pytest.mark.parametrize("level", LEVELS)
def test_pyhanko_trusts_every_output_and_the_input_is_its_beginning(
    path: Path, level: SigningLevel, folder: Path
) -> None:
    data = (folder / level / path.name).read_bytes()
    assert data.startswith(path.read_bytes())
    assert judged(data) == EXPECTED_FIELDS.get(level, [("Signature1", "ENTIRE_FILE")])


@each
def test_other_programs_find_nothing_wrong(path: Path, folder: Path) -> None:
    sealed = folder / "B-LTA" / path.name
    said = run("pdfsig", "-nocert", sealed)
    assert said.count("Signature is Valid.") == 1
    assert said.count("Total document signed") == 1
    assert "No syntax or stream encoding errors" in run("qpdf", "--check", sealed)
    assert "warning" not in run("mutool", "info", sealed)


@each
def test_nothing_that_is_seen_changes(path: Path, folder: Path) -> None:
    before, after = (pypdfium2.PdfDocument(one) for one in (path, folder / "B-LT" / path.name))
    assert len(before) == len(after)
    for number in range(len(before)):
        drawn = [one[number].render(scale=0.5).to_numpy().tobytes() for one in (before, after)]
        assert drawn[0] == drawn[1]
    before.close()
    after.close()


def test_proofs_are_inside_the_signed_revision(folder: Path) -> None:
    data = (folder / "B-LT" / "chromium.pdf").read_bytes()
    store = DocumentSecurityStore.read_dss(PdfFileReader(BytesIO(data)))
    assert len(list(store.load_certs())) == 4
    assert len(store.ocsps) == 3 - 1
    assert len(store.crls) == 1
    assert data.count(b"%%EOF") == (VECTORS / "chromium.pdf").read_bytes().count(b"%%EOF") + 1


class Counting:
    """A signer that counts its calls."""

    def __init__(self, signer: SoftwareSigner) -> None:
        self._signer = signer
        self.asked: list[int] = []

    @property
    def certificate(self) -> x509.Certificate:
        return self._signer.certificate

    @property
    def chain(self) -> Sequence[x509.Certificate]:
        return self._signer.chain

    @property
    def algorithm(self) -> SignatureAlgorithm:
        return self._signer.algorithm

    def sign_digests(self, digests: Sequence[bytes]) -> list[bytes]:
        self.asked.append(len(digests))
        return self._signer.sign_digests(digests)


def test_a_group_is_one_question_to_the_signer() -> None:
    signer = Counting(pki().signer("seal"))
    many = Sealer(signer, "B-B", SEAL, None, None, [], CLOCK)
    assert all(one.tail for one in many.seal([(VECTORS / "typst.pdf").read_bytes()] * 70))
    assert signer.asked == [64, 6]


@pytest.mark.parametrize("algorithm", ["P-256", "RSA"])
def test_other_keys(algorithm: str) -> None:
    from tests.support.pki import TestPki

    house = TestPki.create(pki().now, algorithm) if algorithm == "RSA" else pki()
    signer = house.signer("alice")
    [found] = Sealer(signer, "B-B", SEAL, None, None, [], CLOCK).seal([VECTORS / "typst.pdf"])
    assert found.error is None
    if algorithm == "P-256":
        assert judged(found.whole())


class Broken:
    """A time-stamping authority that answers only the first question."""

    def __init__(self) -> None:
        self.asked = 0

    def timestamp(self, digest: bytes) -> bytes:
        self.asked += 1
        if self.asked > 1:
            raise TimestampUnavailable()
        return pki().timestamps.timestamp(digest)


def test_without_a_timestamp_there_is_no_document_of_a_lower_level() -> None:
    one = Sealer(pki().signer("seal"), "B-T", SEAL, Broken(), None, [], CLOCK)
    [found] = one.seal([VECTORS / "typst.pdf"])
    assert found.tail is None
    assert found.error is not None
    assert found.error.code == "timestamp_unavailable"


def test_several_timestamps_at_once_keep_the_order() -> None:
    class Slow:
        """Answers late, each time from a PKI of its own state."""

        def timestamp(self, digest: bytes) -> bytes:
            with lock:
                return pki().timestamps.timestamp(digest)

    import threading

    lock = threading.Lock()
    sources = [path.read_bytes() for path in PLAIN[:6]] * 12
    many = Sealer(pki().signer("seal"), "B-T", SEAL, Slow(), None, [], CLOCK, stampers=4)
    for source, found in zip(sources, many.seal(sources), strict=True):
        assert found.source is source
        assert found.tail is not None


def test_a_level_that_lacks_its_sources_is_refused_at_once() -> None:
    for level in LEVELS[1:]:
        with pytest.raises(ValueError, match="above B-B"):
            Sealer(pki().signer("seal"), level, SEAL, None, None, [], CLOCK)


@pytest.mark.parametrize("permission", [1, 2, 3])
def test_certified(permission: int) -> None:
    [found] = sealer("B-B", replace(SEAL, certify=permission)).seal([VECTORS / "chromium.pdf"])  # type: ignore[arg-type]
    assert found.path == "fast"
    [signature] = PdfFileReader(BytesIO(found.whole())).embedded_signatures
    assert signature.docmdp_level is not None
    assert signature.docmdp_level.value == permission
    assert judged(found.whole())


@pytest.mark.parametrize("up", [True, False])
@pytest.mark.parametrize("in_streams", [True, False])
@pytest.mark.parametrize(
    "page", [b"", b"/Annots[5 0 R]", b"/Annots 6 0 R", b"/Resources<</A[<</B(x[)>>[1]]>>/Annots []"]
)
def test_shapes_of_files(page: bytes, up: bool, in_streams: bool) -> None:
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R/Extensions<</ADBE<</BaseVersion/1.7/ExtensionLevel 8>>>>>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]" + page + b">>",
        5: b"<</Type/Annot/Subtype/Square/Rect[1 1 9 9]>>",
        6: b"[ 5 0 R ]",
        4: b"null",
    }
    [found] = sealer("B-LTA").seal([packed(objects, up=up, in_streams=in_streams)])
    assert (found.path, found.error) == ("fast", None)
    assert judged(found.whole()) == EXPECTED_FIELDS["B-LTA"]
    catalog = PdfFileReader(BytesIO(found.whole())).root
    assert set(catalog["/Extensions"]) == {"/ADBE", "/ESIC"}


def expected(level: SigningLevel = "B-B") -> Expected:
    signer = pki().signer("seal")
    chain = [one.public_bytes(Encoding.DER) for one in signer.chain[:-1]]
    return Expected.of(signer.certificate, chain, signer.algorithm, level)


def test_its_own_check_finds_every_byte_that_is_wrong() -> None:
    source = one_page()
    [found] = sealer(self_check=False).seal([source])
    good = found.whole()
    check_output(good, len(source), expected())
    gap = good.index(b"/Contents<")
    end = good.index(b">", gap)
    length = 4 + int(good[gap + 14 : gap + 18], 16)
    used = len(b"/Contents<") + 2 * length
    for place in [*range(0, gap, 7), *range(gap + 10, gap + used, 5), *range(end, len(good), 3)]:
        bad = bytearray(good)
        bad[place] = bad[place] ^ 1
        with pytest.raises(OutputBroken):
            check_output(bytes(bad), len(source), expected())


def test_its_own_check_wants_the_certificate_the_timestamp_and_the_whole_source() -> None:
    source = one_page()
    [found] = sealer(self_check=False).seal([source])
    good = found.whole()
    for wanted in (expected("B-T"), expected("B-LTA"), other_key()):
        with pytest.raises(OutputBroken):
            check_output(good, len(source), wanted)
    with pytest.raises(OutputBroken):
        check_output(good, len(good), expected())
    with pytest.raises(OutputBroken):
        check_output(good + b"\n", len(source) + 1_000_000, expected())


def other_key() -> Expected:
    return replace(expected(), public_key=checked_key(pki().signer("alice").certificate.public_key()))
