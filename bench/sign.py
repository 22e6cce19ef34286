"""bench/sign: how fast documents are signed here, by others, and at most; one run, same files, same authority.

CPU time per core, the best of three rounds. Ours, pyHanko's and the authority run in this process; other peers in one
of their own, measured from inside after a first pass, pdfsig from outside (it has no other way). Nothing is asserted.
"""

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import common
from common import HERE, Measure, measured, rows
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import PrivateFormat, pkcs12

from paraphe.cli import demo_pki
from paraphe.kernel.clock import SystemClock
from paraphe.pdf.bulk import Sealer, seal_files
from paraphe.pdf.values import SignatureSettings
from paraphe.pki import pkcs12 as key_files

LEVELS = ("B-B", "B-T", "B-LT", "B-LTA")
SETTINGS = SignatureSettings(kind="seal", signer_name="Cabinet Démonstration")


class World:
    """One demonstration PKI of one kind of key, with everything that signers need of it."""

    def __init__(self, folder: Path, algorithm: str) -> None:
        self.folder = folder / algorithm
        demo_pki.create(self.folder, algorithm=algorithm)
        self.demo = demo_pki.load_demo(self.folder)
        self.signer = key_files.load((self.folder / "seal.p12").read_bytes())
        self.locked = self.folder / "locked.p12"
        lock = (
            PrivateFormat.PKCS12.encryption_builder()
            .kdf_rounds(1000)
            .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
            .hmac_hash(hashes.SHA1())
            .build(b"bench")
        )
        self.locked.write_bytes(
            pkcs12.serialize_key_and_certificates(
                b"seal", self.signer.private_key, self.signer.certificate, list(self.signer.chain), lock
            )
        )

    def sealer(self, level: str, *, check: bool) -> Sealer:
        demo = self.demo
        return Sealer(
            self.signer, level, SETTINGS, demo.timestamps, demo.revocation, demo.roots, SystemClock(), self_check=check
        )


def ours(world: World, documents: list[bytes], level: str, *, check: bool) -> Callable[[], int]:
    sealer = world.sealer(level, check=check)

    def work() -> int:
        done = 0
        for found in sealer.seal(documents):
            assert found.path == "fast", found.path
            done += bool(found.whole())
        return done

    return work


def general(world: World, documents: list[bytes], level: str) -> Callable[[], int]:
    from paraphe.pdf.signing import sign

    demo = world.demo

    def work() -> int:
        for data in documents:
            sign(
                data, world.signer, SETTINGS, level, timestamps=demo.timestamps, revocation=demo.revocation,
                roots=demo.roots, clock=SystemClock(),
            ).whole(data)  # fmt: skip
        return len(documents)

    return work


def limit(world: World, documents: list[bytes]) -> Callable[[], int]:
    """Hash, signature, copy: what cannot be left out."""

    def work() -> int:
        for data in documents:
            value = world.signer.sign_digests([hashlib.sha256(data).digest()])[0]
            assert data + value
        return len(documents)

    return work


def limit_files(world: World, pairs: list[tuple[Path, Path]]) -> Callable[[], int]:
    def work() -> int:
        for source, target in pairs:
            data = source.read_bytes()
            value = world.signer.sign_digests([hashlib.sha256(data).digest()])[0]
            target.unlink(missing_ok=True)
            with target.open("wb") as file:
                file.write(data)
                file.write(value)
        return len(pairs)

    return work


def ours_files(world: World, pairs: list[tuple[Path, Path]], *, check: bool) -> Callable[[], int]:
    sealer = world.sealer("B-B", check=check)

    def work() -> int:
        for _, target in pairs:
            target.unlink(missing_ok=True)
        return sum(found.status == "ok" for found in seal_files(pairs, lambda: sealer, durable=False))

    return work


def pyhanko(world: World, documents: list[bytes], level: str, *, best: bool) -> Callable[[], int]:  # noqa: C901
    """pyHanko as its guide shows; ``best``: key held, size preset, objects used again, as far as its doors allow."""
    from asn1crypto import cms, crl
    from asn1crypto import x509 as asn1_x509
    from cryptography.hazmat.primitives.asymmetric import ec, padding
    from cryptography.hazmat.primitives.serialization import Encoding
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import PdfSignatureMetadata, PdfSigner, signers
    from pyhanko.sign.fields import SigSeedSubFilter
    from pyhanko.sign.timestamps import TimeStamper
    from pyhanko_certvalidator import ValidationContext

    class Held(signers.SimpleSigner):
        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
            key = world.signer.private_key
            if isinstance(key, ec.EllipticCurvePrivateKey):
                return key.sign(data, ec.ECDSA(hashes.SHA256()))
            return key.sign(data, padding.PKCS1v15(), hashes.SHA256())

    class Stamper(TimeStamper):
        async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
            return cms.ContentInfo.load(world.demo.timestamps.timestamp(message_digest))

        async def async_dummy_response(self, md_algorithm: str) -> cms.ContentInfo:
            if "dummy" not in self.__dict__ or not best:
                self.__dict__["dummy"] = await self.async_timestamp(bytes(32), md_algorithm)
            return self.__dict__["dummy"]

    root = asn1_x509.Certificate.load(world.demo.roots[0].public_bytes(Encoding.DER))
    info = world.demo.revocation.revocation_info(world.signer.certificate, world.demo.roots[0])
    kind = Held if best else signers.SimpleSigner
    signer = kind.load_pkcs12(str(world.locked), passphrase=b"bench")
    stamper = Stamper()

    def context() -> ValidationContext:
        lists = [crl.CertificateList.load(info.crl)]
        return ValidationContext(trust_roots=[root], crls=lists, allow_fetching=False, revocation_mode="hard-fail")

    def metadata(found: ValidationContext | None) -> PdfSignatureMetadata:
        return PdfSignatureMetadata(
            field_name="Signature1", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256",
            embed_validation_info=level in ("B-LT", "B-LTA"), use_pades_lta=level == "B-LTA", validation_context=found,
        )  # fmt: skip

    lasting = level != "B-B"  # without a context pyHanko loads the roots of the system for every timestamp
    held = PdfSigner(metadata(context() if lasting else None), signer, timestamper=stamper if level != "B-B" else None)
    preset = {"bytes_reserved": 16384} if best else {}

    def work() -> int:
        for data in documents:
            one = held
            if not best:
                one = PdfSigner(metadata(context() if lasting else None), signer, timestamper=held.default_timestamper)
            assert one.sign_pdf(IncrementalPdfFileWriter(BytesIO(data)), **preset).getbuffer().nbytes > len(data)
        return len(documents)

    return work


def peer(*command: str | Path) -> Measure | str:
    """Return what a peer measured of itself, or why there is nothing."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, cwd=HERE, timeout=600, check=False)
    except OSError as error:
        return str(error)
    if done.returncode:
        said = [line for line in (done.stderr or done.stdout).splitlines() if "Error" in line or "rror:" in line]
        return "does not sign with this key: " + (said[-1].strip()[:90] if said else f"exit {done.returncode}")
    return Measure(**json.loads(done.stdout.splitlines()[-1]))


def pdfsig(world: World, folder: Path, scratch: Path) -> Measure | str:
    """Return poppler's pdfsig with a database of NSS: one process per document."""
    if any(shutil.which(tool) is None for tool in ("pdfsig", "certutil", "pk12util")):
        return "pdfsig, certutil or pk12util is missing"
    store = scratch / "nss"
    store.mkdir(exist_ok=True)
    shutil.rmtree(store)
    store.mkdir()
    for command in (
        ["certutil", "-N", "-d", f"sql:{store}", "--empty-password"],
        ["pk12util", "-i", world.locked, "-d", f"sql:{store}", "-W", "bench", "-K", ""],
    ):
        if subprocess.run(command, capture_output=True, check=False).returncode:
            return f"{command[0]} refuses"
    out = scratch / "pdfsig.pdf"
    sources = sorted(folder.iterdir())[:20]

    def work() -> int:
        done = 0
        for source in sources:
            out.unlink(missing_ok=True)
            command = ["pdfsig", "-nssdir", f"sql:{store}", "-nss-pwd", "", "-nick", "seal", "-add-signature"]
            subprocess.run([*command, source, out], capture_output=True, check=False)
            done += out.exists() and out.stat().st_size > source.stat().st_size
        return done

    if not work():
        return "pdfsig refuses"
    return measured(work, rounds=1)


def in_memory(world: World, documents: list[bytes], folder: Path, scratch: Path, *, rsa: bool) -> list[list[str]]:
    best = measured(pyhanko(world, documents[:40], "B-B", best=True))
    lines = [["B-B, in memory", "documents/s and core", "times pyHanko's best"]]

    def line(name: str, found: Measure | str) -> None:
        if isinstance(found, str):
            lines.append([name, found, ""])
        else:
            lines.append([name, f"{found.rate:,.0f}", f"{found.rate / best.rate:.1f}"])

    line("hash, signature and copy alone", measured(limit(world, documents)))
    line("ours, fast path, no check", measured(ours(world, documents, "B-B", check=False)))
    line("ours, fast path, every output checked", measured(ours(world, documents, "B-B", check=True)))
    try:
        line("ours, general path", measured(general(world, documents[:20], "B-B"), rounds=1))
    except ImportError:
        line("ours, general path", "not there yet")
    line("pyHanko, best effort", best)
    line("pyHanko, as its guide shows", measured(pyhanko(world, documents[:20], "B-B", best=False)))
    python = common.peer_python()
    line("endesive", peer(python, "peer_endesive.py", folder, world.locked, "bench") if python else "no bench/.venv")
    nodes = common.node_modules()
    for name, title in (("libpdf", "@libpdf/core"), ("signpdf", "@signpdf/signpdf")):
        found = peer("node", "peers.mjs", name, folder, world.locked, "bench") if nodes else "no node_modules"
        line(title, found)
    line("poppler pdfsig (process per document)", pdfsig(world, folder, scratch))
    return lines


def from_files(world: World, documents: list[bytes], scratch: Path) -> list[list[str]]:
    given, made = scratch / "in", scratch / "out"
    for folder in (given, made):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    pairs = []
    for number, data in enumerate(documents):
        (given / f"{number:04}.pdf").write_bytes(data)
        pairs.append((given / f"{number:04}.pdf", made / f"{number:04}.pdf"))
    bound = measured(limit_files(world, pairs))
    lines = [["B-B, file to new file (no fsync)", "documents/s and core", "of the limit"]]
    for name, found in (
        ("copy, hash and signature alone", bound),
        ("ours, no check", measured(ours_files(world, pairs, check=False))),
        ("ours, every output checked", measured(ours_files(world, pairs, check=True))),
    ):
        lines.append([name, f"{found.rate:,.0f}", f"{100 * found.rate / bound.rate:.0f} %"])
    return lines


def levels(world: World, documents: list[bytes]) -> list[list[str]]:
    stamp = measured(lambda: sum(bool(world.demo.timestamps.timestamp(bytes(32))) for _ in range(50)))
    lines = [
        ["level, authority in the same process", "ours, checked", "pyHanko, best", "ratio", "pyHanko, guide", "ratio"]
    ]
    for level in LEVELS:
        fast = measured(ours(world, documents, level, check=True))
        best = measured(pyhanko(world, documents[:12], level, best=True), rounds=1)
        guide = measured(pyhanko(world, documents[:8], level, best=False), rounds=1)
        lines.append([
            level, f"{fast.rate:,.0f}", f"{best.rate:,.1f}", f"{fast.rate / best.rate:.1f}", f"{guide.rate:,.1f}",
            f"{fast.rate / guide.rate:.1f}",
        ])  # fmt: skip
    lines.append(["(the authority alone, tokens/s)", f"{stamp.rate:,.0f}", "", "", "", ""])
    return lines


def save(path: Path, text: list[str]) -> None:
    """Write what is measured so far: a run that is stopped has shown something."""
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n\n".join(text) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100)
    parser.add_argument("--out", type=Path, default=HERE / "results" / "sign.md")
    parser.add_argument("--tmp", type=Path, help="where files are written; the default is the system's")
    options = parser.parse_args()
    text = [f"# bench/sign\n\n{__doc__.partition(chr(10) * 2)[2].strip()}\n\nMachine: {common.machine()}."]
    same = common.corpus(options.documents, 100_000, 100_000)
    mixed = common.corpus(options.documents, 60_000, 500_000)
    with tempfile.TemporaryDirectory(dir=options.tmp) as place:
        scratch = Path(place)
        for name, documents in (("same", same), ("mixed", mixed)):
            (scratch / name).mkdir()
            for number, data in enumerate(documents):
                (scratch / name / f"{number:04}.pdf").write_bytes(data)
        for algorithm in ("P-256", "RSA-2048"):
            world = World(scratch, algorithm)
            rsa = algorithm != "P-256"
            for title, name, documents in (("100 kB", "same", same), ("60 to 500 kB", "mixed", mixed)):
                mean = sum(map(len, documents)) // len(documents)
                text.append(f"## {algorithm}, {title} (mean {mean:,} bytes, {len(documents)} documents)")
                text.append(rows(in_memory(world, documents, scratch / name, scratch, rsa=rsa)))
                text.append(rows(from_files(world, documents, scratch)))
                save(options.out, text)
            text.append(f"## {algorithm}, every level, 100 kB, in memory")
            text.append(rows(levels(world, same)))
            save(options.out, text)
            print(text[-1], flush=True)
    text.append(f"Largest resident size of this process, all peers in Python included: {common.peak_mb():.0f} MB.")
    save(options.out, text)


if __name__ == "__main__":
    sys.exit(main())
