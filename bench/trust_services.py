"""bench/trust_services: timestamps, OCSP answers, revocation lists, beside the raw signature; one run, one machine.

The trust site runs as an operator runs it (one server process, the signer in its own); another process asks over
kept-alive connections. Per second and core: by the CPU time that all processes of the service took together. By the
clock: what the asker saw while both ran on this machine. The raw cost is one signature with P-256 in memory. Lists are
made in a process of their own, as the worker makes them, of a register with that many revocations.
"""

import argparse
import base64
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import common
from common import HERE, Measure, measured, rows

TICKS = os.sysconf("SC_CLK_TCK")
CONNECTIONS = 4
ROOT_FOLDER = Path(__file__).parents[1]


@dataclass
class Site:
    """The trust site and its signer, running in a folder of their own."""

    folder: Path
    port: int
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("PARAPHE_", "DJANGO_"))}
        return {
            **clean,
            "PYTHONPATH": f"{ROOT_FOLDER / 'src'}:{ROOT_FOLDER}",
            "PARAPHE_DATA_DIR": str(self.folder),
            "PARAPHE_TRUST_PORT": str(self.port),
        }

    def run(self, *words: str) -> None:
        """Run one command of the installation to its end."""
        subprocess.run([sys.executable, "-m", "paraphe.cli", *words], env=self.environment, check=True)

    def help(self, *words: str) -> None:
        """Run this script in the settings of the site."""
        subprocess.run([sys.executable, __file__, *words], env=self.environment, check=True)

    def start(self, name: str, *words: str) -> None:
        """Start a process that stays."""
        command = [sys.executable, "-m", "paraphe.cli", *words]
        self.processes[name] = subprocess.Popen(command, env=self.environment, stdout=subprocess.DEVNULL)

    def listens(self) -> bool:
        """Tell whether the server takes connections. Raises OSError while it does not."""
        with socket.create_connection(("127.0.0.1", self.port)):
            return True

    def pids(self, name: str) -> list[int]:
        """Return a process and those that it started."""
        found, left = [], [self.processes[name].pid]
        while left:
            pid = left.pop()
            found.append(pid)
            left += map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
        return found

    def cpu(self) -> float:
        """Return the CPU seconds of all processes so far."""
        total = 0
        for pid in (pid for name in self.processes for pid in self.pids(name)):
            values = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(values[11]) + int(values[12])
        return total / TICKS

    def megabytes(self, name: str) -> float:
        """Return the resident size of a process and those that it started, at its largest."""
        lines = [line for pid in self.pids(name) for line in Path(f"/proc/{pid}/status").read_text().splitlines()]
        return sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


@contextmanager
def running(folder: Path) -> Iterator[Site]:
    """Make an installation, start the signer and the trust site, and end both."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        site = Site(folder, probe.getsockname()[1])
    try:
        site.run("setup")
        site.start("signer", "signer")
        _wait((folder / "signer" / "signer.sock").exists)
        site.run("site-setup", "trust")
        site.start("server", "serve", "trust")
        _wait(site.listens)
        yield site
    finally:
        for process in reversed(site.processes.values()):
            process.terminate()
            process.wait(20)


def _wait(ready: Callable[[], bool]) -> None:
    for _ in range(600):
        try:
            if ready():
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise SystemExit("the trust site does not start")


def asked(
    site: Site, requests: Sequence[bytes], seconds: float, good: Callable[[bytes], bool]
) -> tuple[Measure, float]:
    """Send ``requests`` over and over for some seconds; return the measure per core and the rate by the clock."""
    counts, wrong = [0] * CONNECTIONS, []

    def ask(place: int, until: float) -> None:
        with socket.create_connection(("127.0.0.1", site.port)) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            at = place
            while time.monotonic() < until:
                connection.sendall(requests[at % len(requests)])
                body = _answer(connection)
                if not good(body):
                    wrong.append(body[:80])
                    return
                counts[place] += 1
                at += CONNECTIONS

    def round_of(length: float) -> None:
        until = time.monotonic() + length
        threads = [threading.Thread(target=ask, args=(place, until)) for place in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if wrong:
            raise SystemExit(f"a wrong answer: {wrong[0]!r}")

    round_of(1.0)
    counts[:] = [0] * CONNECTIONS
    began, cpu = time.monotonic(), site.cpu()
    round_of(seconds)
    spent = time.monotonic() - began
    return Measure(sum(counts), site.cpu() - cpu), sum(counts) / spent


def _answer(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536) or _gone()
    head, _, body = data.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise SystemExit(head.decode())
    lines = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    length = int(lines[0].partition(b":")[2])
    while len(body) < length:
        body += connection.recv(65536) or _gone()
    return body


def _gone() -> bytes:
    raise SystemExit("the server closed the connection")


def _post(path: str, body: bytes, content_type: str) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {content_type}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def issue(count: int, out: Path) -> None:
    """Issue certificates, in a process of the trust site, and write OCSP requests about them."""
    from paraphe.cli.site import use_site

    use_site("trust")
    from uuid import uuid4

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509 import ocsp

    from paraphe.pki.subjects import NaturalPerson
    from paraphe.trust.ca import api as ca
    from paraphe.trust.vault import api as vault

    plain, fresh = [], []
    for number in range(count):
        key = vault.generate(uuid4(), "P-256", "holder")
        person = NaturalPerson("Alice", "Martin", "alice@example.fr", f"P-{number:04}")
        issued = ca.issue(uuid4(), "natural-person", person, key)
        builder = ocsp.OCSPRequestBuilder().add_certificate(issued.certificate, issued.chain[0], hashes.SHA1())
        plain.append(base64.b64encode(builder.build().public_bytes(Encoding.DER)).decode())
        builder = builder.add_extension(x509.OCSPNonce(os.urandom(32)), critical=False)
        fresh.append(base64.b64encode(builder.build().public_bytes(Encoding.DER)).decode())
    out.write_text(json.dumps([plain, fresh]))


def make_lists(revocations: int, out: Path) -> None:
    """Revoke many, in a process of the trust site, then measure the list of all and that of one more."""
    from paraphe.cli.site import use_site

    use_site("trust")
    import secrets
    from uuid import uuid4

    from django.utils import timezone

    from paraphe.kernel.actor import SYSTEM
    from paraphe.trust.register import models
    from paraphe.trust.status import api as status

    now = timezone.now().replace(microsecond=0)
    issuer = models.Authority.objects.get(slug="natural")
    same = {
        "authority": issuer, "profile": "natural-person", "request_digest": "", "subject": b"", "public_key": b"",
        "not_before": now, "not_after": now, "state": "issued", "tbs": b"", "certificate": b"", "reserved_at": now,
        "issued_at": now, "revoked_at": now, "revocation_reason": "superseded",
    }  # fmt: skip
    entries = models.CertificateEntry.objects
    for start in range(0, revocations, 5000):
        entries.bulk_create(
            models.CertificateEntry(attempt_id=uuid4(), serial=f"{secrets.randbits(159):x}", **same)
            for _ in range(min(5000, revocations - start))
        )
    live = entries.filter(revoked_at__isnull=True, authority=issuer).values_list("serial", flat=True)[:3]
    found = []
    for serial in [None, *live]:
        if serial is not None:
            status.revoke(int(serial, 16), "superseded", SYSTEM)
        begin = time.process_time()
        size = len(status.make_crl("natural"))
        found.append((time.process_time() - begin, size))
    best = min(seconds for seconds, _ in found[1:])
    out.write_text(json.dumps([found[0][0], best, found[-1][1], common.peak_mb()]))


def raw_signature() -> Measure:
    """Return what one signature of a digest costs in memory, as the signer makes it."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, utils

    key, how = ec.generate_private_key(ec.SECP256R1()), ec.ECDSA(utils.Prehashed(hashes.SHA256()))
    return measured(lambda: sum(bool(key.sign(bytes(32), how)) for _ in range(5000)))


def openssl_speed() -> str:
    """Return what ``openssl speed`` says of the same operation, in signatures a second."""
    command = ["openssl", "speed", "-seconds", "2", "ecdsap256"]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    return f"{float(said[-1].split()[-2]):,.0f}" if said else "not there"


def kinds(requests: list[list[str]]) -> Iterator[tuple[str, list[bytes], Callable[[bytes], bool]]]:
    """Yield what is measured: its name, the requests, and how a good answer is known."""
    from paraphe.pki import tsp

    stamps = [
        _post(
            "/tsa",
            tsp.build_request(os.urandom(32), int.from_bytes(os.urandom(8), "big")),
            "application/timestamp-query",
        )
        for _ in range(200)
    ]
    yield "timestamps (RFC 3161)", stamps, lambda body: len(body) > 400
    plain, fresh = ([base64.b64decode(one) for one in kind] for kind in requests)
    kind = "application/ocsp-request"
    yield (
        "OCSP, POST, signed before",
        [_post("/ocsp/natural", one, kind) for one in plain],
        lambda body: len(body) > 400,
    )
    addresses = [urllib.parse.quote(base64.b64encode(one).decode(), safe="") for one in plain]
    yield "OCSP, GET, signed before", [_get(f"/ocsp/natural/{one}") for one in addresses], lambda body: len(body) > 400
    yield "OCSP, POST with nonce", [_post("/ocsp/natural", one, kind) for one in fresh], lambda body: len(body) > 400


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--certificates", type=int, default=200)
    parser.add_argument("--out", type=Path, default=HERE / "results" / "trust_services.md")
    parser.add_argument("--revocations", type=int, default=100_000)
    parser.add_argument("--issue", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--lists", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.issue:
        issue(options.certificates, options.issue)
        return
    if options.lists:
        make_lists(options.revocations, options.lists)
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        site = stack.enter_context(running(folder))
        site.help("--certificates", str(options.certificates), "--issue", str(folder / "asked"))
        raw = raw_signature()
        lines = [["over HTTP", "per second and core", "per second, by the clock", "CPU, times the raw signature"]]
        lines.append(["signature alone, in memory", f"{raw.rate:,.0f}", "", "1.0"])
        lines.append(["the same, by openssl speed", openssl_speed(), "", ""])
        for name, requests, good in kinds(json.loads((folder / "asked").read_text())):
            found, clock = asked(site, requests, options.seconds, good)
            lines.append([name, f"{found.rate:,.0f}", f"{clock:,.0f}", f"{raw.rate / found.rate:.1f}"])
            print(lines[-1], flush=True)
        site.help("--revocations", str(options.revocations), "--lists", str(folder / "lists"))
        whole, one_more, size, peak = json.loads((folder / "lists").read_text())
        lists = [[f"list of {options.revocations:,} revocations", "CPU seconds"]]
        lists += [["all written anew (once a day)", f"{whole:.2f}"], ["one more", f"{one_more:.3f}"]]
        lists += [["(its size, MB)", f"{size / 1e6:.1f}"], ["(memory of the process, MB at most)", f"{peak:.0f}"]]
        sizes = [["process", "MB resident, at most"]]
        sizes += [[name, f"{site.megabytes(name):.0f}"] for name in site.processes]
    text = [f"# bench/trust_services\n\n{__doc__.partition(chr(10) * 2)[2].strip()}\n\nMachine: {common.machine()}."]
    text += [rows(lines), rows(lists), rows(sizes)]
    options.out.parent.mkdir(exist_ok=True)
    options.out.write_text("\n\n".join(text) + "\n")
    print(options.out.read_text())


if __name__ == "__main__":
    main()
