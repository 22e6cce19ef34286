"""bench/sign_hash: signatures through signHash of the CSC API, in batches, beside the raw signature, in one run.

The trust site runs as an operator runs it (one server process, the signer in its own, SQLite with every commit on the
disk); another process asks over kept-alive connections. Each request redeems an activation of its own, made before the
clock starts. Per second and core: by the CPU time that all processes of the service took together. By the clock: what
the asker saw while all of it ran on this machine. The raw cost is one signature with P-256 in memory.
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
from contextlib import ExitStack
from pathlib import Path

import common
from common import HERE, Measure, rows
from trust_services import CONNECTIONS, Site, _answer, openssl_speed, raw_signature, running

PATH = "/csc/v2/signatures/signHash"
#: Digests of a call, and how many calls are measured.
BATCHES = {1: 400, 10: 200, 100: 60, 500: 20}


def authorise(size: int, calls: int, out: Path) -> None:
    """In a process of the trust site: give activations of ``size`` digests, and write the calls that redeem them."""
    from paraphe.cli.site import use_site

    use_site("trust")
    from django.db import transaction

    from paraphe.kernel.ids import new_id
    from paraphe.trust.clients import api as clients
    from paraphe.trust.ra import api as ra
    from paraphe.trust.remote import api as remote

    token, _scopes = clients.issue_token(clients.find("platform"), ["service"])
    person = ra.SubjectData(
        kind="member",
        given_name="Alice",
        surname="Martin",
        email="alice@example.fr",
        mobile="+33600000000",
        roll_number="140001234",
        region="Paris – Île-de-France",
        organisation_name="Cabinet Martin",
        organisation_siren="732829320",
    )
    subject = ra.create_subject("platform", person)
    alice = remote.issue_credential(
        attempt_id=new_id(), subject=subject, client_id="platform", profile_name="natural-person"
    )
    bodies = []
    with transaction.atomic():
        for _ in range(calls):
            digests = [os.urandom(32) for _ in range(size)]
            sad = remote.activate_by_proof("platform", alice.pk, digests, new_id())
            bodies.append(_body(str(alice.pk), sad, digests))
    out.write_text(json.dumps([token, bodies]))


def _body(credential_id: str, sad: str, digests: list[bytes]) -> str:
    return json.dumps(
        {
            "credentialID": credential_id,
            "SAD": sad,
            "hashes": [base64.b64encode(one).decode() for one in digests],
            "hashAlgorithmOID": "2.16.840.1.101.3.4.2.1",
            "signAlgo": "1.2.840.10045.4.3.2",
            "clientData": os.urandom(8).hex(),
        }
    )


def redeemed(site: Site, size: int, calls: int) -> tuple[Measure, float]:
    """Redeem ``calls`` activations of ``size`` digests; return the measure per core and the rate by the clock."""
    out = site.folder / f"calls-{size}"
    words = [sys.executable, __file__, "--size", str(size), "--calls", str(calls + CONNECTIONS), "--authorise", out]
    subprocess.run(words, env=site.environment, check=True)
    token, bodies = json.loads(out.read_text())
    requests = [_request(token, body.encode()) for body in bodies]
    _ask(site, requests[:CONNECTIONS], size)  # to warm up
    left, began, cpu = requests[CONNECTIONS:], time.monotonic(), site.cpu()
    threads = [
        threading.Thread(target=_ask, args=(site, left[place::CONNECTIONS], size)) for place in range(CONNECTIONS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.monotonic() - began
    return Measure(calls * size, site.cpu() - cpu), calls * size / spent


def _ask(site: Site, requests: list[bytes], size: int) -> None:
    with socket.create_connection(("127.0.0.1", site.port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for request in requests:
            connection.sendall(request)
            if len(json.loads(_answer(connection))["signatures"]) != size:
                os._exit(1)


def _request(token: str, body: bytes) -> bytes:
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE / "results" / "sign_hash.md")
    parser.add_argument("--authorise", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--size", type=int, default=1, help=argparse.SUPPRESS)
    parser.add_argument("--calls", type=int, default=1, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.authorise:
        authorise(options.size, options.calls, options.authorise)
        return
    with ExitStack() as stack:
        site = stack.enter_context(running(Path(stack.enter_context(tempfile.TemporaryDirectory()))))
        raw = raw_signature()
        lines = [["signatures", "per second and core", "per second, by the clock", "CPU, times the raw signature"]]
        lines.append(["alone, in memory", f"{raw.rate:,.0f}", "", "1.0"])
        lines.append(["the same, by openssl speed", openssl_speed(), "", ""])
        for size, calls in BATCHES.items():
            found, clock = redeemed(site, size, calls)
            ratio = f"{raw.rate / found.rate:.1f}"
            lines.append([f"signHash, {size} a call", f"{found.rate:,.0f}", f"{clock:,.0f}", ratio])
            print(lines[-1], flush=True)
        sizes = [["process", "MB resident, at most"]]
        sizes += [[name, f"{site.megabytes(name):.0f}"] for name in site.processes]
    text = [f"# bench/sign_hash\n\n{__doc__.partition(chr(10) * 2)[2].strip()}\n\nMachine: {common.machine()}."]
    text += [rows(lines), rows(sizes)]
    options.out.parent.mkdir(exist_ok=True)
    options.out.write_text("\n\n".join(text) + "\n")
    print(options.out.read_text())


if __name__ == "__main__":
    main()
