"""A trust service provider small enough to misbehave: the protocols over real HTTP, the keys of a test PKI.

``faults`` maps a path to what it shall do wrong: ``"down"`` (500), ``"hang up"``, ``"nonsense"`` (not JSON), or a
(status, JSON) pair. Everything that is asked is noted in ``asked``.
"""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from cryptography.hazmat.primitives.serialization import Encoding

from paraphe.kernel.digests import sha256
from paraphe.pki import ocsp, tsp
from paraphe.pki.cms import CmsTemplate
from tests.support.pki import TSA_POLICY, TestPki
from tests.support.small_seals import SmallSeals

SUBJECT = "0b7a3c52-1111-4222-8333-944444444444"
CREDENTIAL = "alice-credential"
EVIDENCE_SUBJECT = "0b7a3c52-5555-4666-8777-888888888888"
EVIDENCE_CREDENTIAL = "evidence-seal"


@dataclass
class SmallTrust:
    """State and keys of the provider."""

    pki: TestPki
    url: str
    faults: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    pushed: dict[str, dict[str, Any]] = field(default_factory=dict)
    signed: dict[str, list[str]] = field(default_factory=dict)
    enrolments: dict[str, dict[str, Any]] = field(default_factory=dict)
    one_shots: dict[str, tuple[str, str]] = field(default_factory=dict)
    revoked: dict[str, str] = field(default_factory=dict)
    known: dict[str, list[str]] = field(default_factory=dict)
    uses_of_the_key: int = 0
    bearer: str = ""

    def __post_init__(self) -> None:
        self.seals = SmallSeals(self.pki, self.url)

    def answer(self, path: str, body: bytes) -> tuple[int, str, bytes]:
        """Return status, content type and body."""
        if path == "/tsa":
            request = tsp.parse_request(body)
            token = tsp.build_response(
                request, self.pki.signer("tsu"), serial=1, gen_time=datetime.now(UTC), policy=TSA_POLICY
            )
            return 200, "application/timestamp-reply", token
        if path.startswith("/ocsp/"):
            return 200, "application/ocsp-response", self._ocsp(path.rsplit("/", 1)[1], body)
        if path.startswith("/crl/"):
            return 200, "application/pkix-crl", self.pki.revocation.crl(self.pki.authorities["root"])
        if path.startswith("/holder/"):
            # What another process cannot read in this object.
            state = self.pushed[path.removeprefix("/holder/")]["state"]
            return 200, "application/json", json.dumps({"state": state}).encode()
        status, found = self.seals.answer(path, body, self.bearer) or self._json(path, body)
        return status, "application/json", json.dumps(found).encode()

    def approve(self, address: str) -> str:
        """Do what the holder does in the browser: return the code for the request at ``address``."""
        request_uri = parse_qs(address.split("?", 1)[1])["request_uri"][0]
        return f"code-{request_uri}"

    def state_of(self, address: str) -> str:
        """Return the state with which the request at ``address`` was pushed."""
        return str(self.pushed[parse_qs(address.split("?", 1)[1])["request_uri"][0]]["state"])

    def _json(self, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
        if path == "/oauth2/token":
            form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            if form["grant_type"] == "client_credentials":
                return 200, {"access_token": f"service-{form['scope']}", "expires_in": 3600}
            known = form["code"].removeprefix("code-")
            if known not in self.pushed:
                return 400, {"error": "invalid_grant"}
            return 200, {"access_token": f"sad-{known}", "expires_in": 300}
        if path == "/oauth2/pushed_authorize":
            form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            name = f"urn:request:{len(self.pushed)}"
            self.pushed[name] = {**form, "details": json.loads(form["authorization_details"])[0]}
            return 201, {"request_uri": name, "expires_in": 600}
        asked = json.loads(body or b"{}")
        if path.startswith("/enrolment/v1/"):
            return (201, self._one_shot(asked)) if path.endswith("/one-shots") else self._enrolment(path, asked)
        return self._csc(path.removeprefix("/csc/v2/"), asked)

    def _csc(self, method: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        alice = self.pki.signer("seal" if asked.get("credentialID") == EVIDENCE_CREDENTIAL else "alice")
        if method == "credentials/list":
            known = {SUBJECT: [CREDENTIAL], EVIDENCE_SUBJECT: [EVIDENCE_CREDENTIAL], **self.known}
            return 200, {"credentialIDs": known.get(asked["userID"], [])}
        if method == "credentials/authorize":
            return 200, {"SAD": f"sad-{asked['authData'][0]['value']}"}
        if method == "credentials/info":
            chain = [alice.certificate, *alice.chain]
            encoded = [base64.b64encode(one.public_bytes(Encoding.DER)).decode() for one in chain]
            over = self.revoked.get(asked["credentialID"])
            key, status = (
                ("disabled", "suspended" if over == "suspended" else "revoked") if over else ("enabled", "valid")
            )
            return 200, {"key": {"status": key}, "cert": {"status": status, "certificates": encoded}}
        attempt = asked["clientData"]
        if method == "signatures/signDoc":
            return 200, {"SignatureObject": self._signed_ranges(attempt, asked)}
        if attempt not in self.signed:
            self.uses_of_the_key += 1
            values = alice.sign_digests([base64.b64decode(value) for value in asked["hashes"]])
            self.signed[attempt] = [base64.b64encode(value).decode() for value in values]
        return 200, {"signatures": self.signed[attempt]}

    def _one_shot(self, asked: dict[str, Any]) -> dict[str, Any]:
        subject = asked["subject"]
        name = "one-shot-" + asked["reference"]
        self.one_shots[name] = (subject["given_name"], subject["surname"])
        return {"credential_id": name, "subject_id": f"subject of {name}", "sign_algo": "1.2.840.10045.4.3.2"}

    def _signed_ranges(self, attempt: str, asked: dict[str, Any]) -> list[str]:
        """Make the certificate now, and CMS signatures with timestamps over the byte ranges."""
        if attempt not in self.signed:
            self.uses_of_the_key += 1
            name = asked["credentialID"]
            signer = self.pki.person(name, *self.one_shots[name])
            chain = [one.public_bytes(Encoding.DER) for one in signer.chain[:-1]]
            template = CmsTemplate(signer.certificate.public_bytes(Encoding.DER), chain, signer.algorithm)
            made = []
            for text in asked["documentDigests"][0]["hashes"]:
                digest = base64.b64decode(text)
                (value,) = signer.sign_digests([template.digest_to_sign(digest)])
                request = tsp.parse_request(tsp.build_request(sha256(value), 1))
                answer = tsp.build_response(
                    request, self.pki.signer("tsu"), serial=1, gen_time=datetime.now(UTC), policy=TSA_POLICY
                )
                token = tsp.parse_response(answer, sha256(value), 1)
                made.append(base64.b64encode(template.assemble(digest, value, token)).decode())
            self.signed[attempt] = made
        return self.signed[attempt]

    def _enrolment(self, path: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if path.startswith("/enrolment/v1/credentials/") and path.endswith("/revoke"):
            self.revoked[path.split("/")[4]] = asked["reason"]
            return 200, {"status": "revoked"}
        if path == "/enrolment/v1/evidence-seal":
            return 200, {"credential_id": EVIDENCE_CREDENTIAL, "subject_id": EVIDENCE_SUBJECT}
        parts = path.removeprefix("/enrolment/v1/requests").strip("/").split("/")
        if parts == [""]:
            known = next((one for one in self.enrolments.values() if one["reference"] == asked["reference"]), None)
            number = known["id"] if known else f"request-{len(self.enrolments)}"
            self.enrolments[number] = {**asked, "id": number, "status": "started", "subject_id": SUBJECT}
            return 201, {"id": number, "status": "started", "subject_id": SUBJECT, "url": f"{self.url}/enter/{number}"}
        if parts[0] not in self.enrolments:
            return 404, {"error": "not_found"}
        if parts[-1] == "link":
            return 200, {"url": f"{self.url}/enter/{parts[0]}/again"}
        return 200, self.enrolments[parts[0]]

    def issue(self, number: str) -> None:
        """Let enrolment ``number`` end well."""
        certificate = self.pki.signer("alice").certificate.public_bytes(Encoding.PEM).decode()
        self.enrolments[number] |= {"status": "issued", "credential_id": CREDENTIAL, "certificate": certificate}

    def _ocsp(self, slug: str, body: bytes) -> bytes:
        authority = self.pki.authorities[slug]
        assert authority.responder is not None
        now = datetime.now(UTC).replace(microsecond=0)
        return ocsp.build_response(
            ocsp.parse_request(body),
            [ocsp.CertStatus("good")],
            responder=authority.responder.certificate,
            key=authority.responder.private_key,
            this_update=now,
            next_update=now.replace(year=now.year + 1),
        )


class _Handler(BaseHTTPRequestHandler):
    provider: SmallTrust

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.provider.asked.append(self.path)
        self.provider.bearer = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        fault = self.provider.faults.get(self.path)
        if fault == "hang up":
            self.close_connection = True
            return
        if fault == "down":
            status, kind, answer = 500, "text/plain", b"broken"
        elif fault == "nonsense":
            status, kind, answer = 200, "text/html", b"<html>"
        elif fault is not None:
            status, kind, answer = fault[0], "application/json", json.dumps(fault[1]).encode()
        else:
            status, kind, answer = self.provider.answer(self.path, body)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def small_trust() -> Iterator[SmallTrust]:
    """Run a provider on a free port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    url = f"http://127.0.0.1:{server.server_address[1]}"
    provider = SmallTrust(TestPki.create(datetime.now(UTC).replace(microsecond=0), base=url), url)
    server.RequestHandlerClass = type("Handler", (_Handler,), {"provider": provider})
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
