"""What the small trust service provider does about seals: deeds, mandates, releases, activations that are counted."""

import base64
import json
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.serialization import Encoding

if TYPE_CHECKING:
    from tests.support.pki import TestPki

SEAL = "firm-seal"
REFUSED = (400, {"error": "invalid_authentication_data", "error_description": "The authentication data is invalid"})


@dataclass
class SmallSeals:
    """Deeds and releases by their number; ``approve`` does what people do in their browser."""

    pki: "TestPki"
    url: str
    things: dict[str, dict[str, Any]] = field(default_factory=dict)
    uses: dict[tuple[str, str], tuple[str, list[str]]] = field(default_factory=dict)
    activations: dict[str, list[str]] = field(default_factory=dict)
    values: dict[str, list[str]] = field(default_factory=dict)
    signed_digests: list[str] = field(default_factory=list)

    def forget(self) -> None:
        """Begin anew, for the next test."""
        for each in (self.things, self.uses, self.activations, self.values, self.signed_digests):
            each.clear()

    def approve(self, address: str) -> dict[str, str]:
        """Sign the deed, or type the code, at ``address``; return what the browser brings back."""
        number = address.rsplit("/", 1)[-1]
        thing = self.things[number]
        thing["status"] = "given" if thing["kind"] == "release" else "done"
        if thing["kind"] == "seal":
            thing["seal_id"], thing["subject_id"] = SEAL, "subject-of-the-seal"
        if thing["kind"] == "release":
            self.things[thing["deed"]]["used"] += thing["count"]
        return {"request": number, "state": thing["asked"]["state"]}

    def answer(self, path: str, body: bytes, bearer: str) -> tuple[int, dict[str, Any]] | None:
        """Answer what is about seals; None for what is not."""
        if not path.startswith(("/enrolment/v1/", "/csc/v2/")):
            return None
        asked = json.loads(body or b"{}")
        if path.startswith("/enrolment/v1/"):
            return self.enrolment(path, asked)
        if asked.get("credentialID") != SEAL:
            return None
        if path.endswith("/credentials/authorize"):
            return self.authorize(asked)
        return (200, self.info()) if path.endswith("/credentials/info") else self.sign(asked, bearer)

    def enrolment(self, path: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]] | None:
        """Answer what is about seals; None for what is not."""
        parts = path.removeprefix("/enrolment/v1/").split("/")
        match parts:
            case ["seals"] | ["mandates"]:
                return self._ask(parts[0].removesuffix("s"), asked)
            case ["mandates", deed, "releases"]:
                return self._release(deed, asked)
            case ["deeds" | "releases", number]:
                thing = self.things.get(number)
                return (200, self._told(thing)) if thing else (404, {"error": "not_found"})
            case ["deeds" | "releases", number, "withdraw"]:
                self.things[number]["withdrawn"] = True
                return 200, self._told(self.things[number])
            case ["credentials", credential, "revoke"] if credential == SEAL:
                return 200, {"status": "revoked"}
            case _:
                return None

    def info(self) -> dict[str, Any]:
        """Describe the credential of the seal."""
        signer = self.pki.signer("seal")
        chain = [signer.certificate, *signer.chain]
        encoded = [base64.b64encode(one.public_bytes(Encoding.DER)).decode() for one in chain]
        return {"key": {"status": "enabled"}, "cert": {"status": "valid", "certificates": encoded}}

    def authorize(self, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Give an activation, counted; the same attempt again gets another one, counted once, until it is signed."""
        token, attempt, hashes = asked["authData"][0]["value"], asked["clientData"], asked["hashes"]
        thing = next((one for one in self.things.values() if one.get("token") == token), None)
        if thing is None or thing.get("withdrawn") or thing["status"] not in ("done", "given"):
            return REFUSED
        if thing["kind"] == "mandate" and thing["asked"].get("releasers"):
            return REFUSED
        known = self.uses.get((token, attempt))
        if known is None:
            if thing["spent"] + len(hashes) > thing["count"]:
                return REFUSED
            thing["spent"] += len(hashes)
        elif known[0] in self.values or known[1] != hashes:
            return REFUSED
        else:
            self.activations.pop(known[0], None)
        sad = f"sad-{uuid.uuid4()}"
        self.uses[token, attempt] = (sad, hashes)
        self.activations[sad] = hashes
        return 200, {"SAD": sad, "expiresIn": 300}

    def sign(self, asked: dict[str, Any], activation: str) -> tuple[int, dict[str, Any]]:
        """Sign once for an activation; the same again gets the same values again."""
        if self.activations.get(activation) != asked["hashes"]:
            return 400, {"error": "invalid_request", "error_description": "Invalid activation"}
        if activation not in self.values:
            values = self.pki.signer("seal").sign_digests([base64.b64decode(one) for one in asked["hashes"]])
            self.values[activation] = [base64.b64encode(value).decode() for value in values]
            self.signed_digests += asked["hashes"]
        return 200, {"signatures": self.values[activation]}

    def _ask(self, kind: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        known = next((one for one in self.things.values() if one["asked"]["reference"] == asked["reference"]), None)
        number = known["id"] if known else str(uuid.uuid4())
        count, token = asked.get("count", 0), f"mandate-{uuid.uuid4()}"
        self.things[number] = {
            "id": number, "kind": kind, "status": "open", "asked": asked, "count": count, "used": 0, "spent": 0,
            "token": token,
        }  # fmt: skip
        answer = {**self._told(self.things[number]), "url": f"{self.url}/seals/{number}"}
        return 201, {**answer, "mandate": token} if kind == "mandate" else answer

    def _release(self, deed: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        mandate = self.things[deed]
        if mandate["used"] + asked["count"] > mandate["count"] or mandate.get("withdrawn"):
            return 409, {"error": "mandate_refused"}
        if asked["releaser"] not in [one["reference"] for one in mandate["asked"]["releasers"]]:
            return 400, {"error": "deed_refused"}
        status, answer = self._ask("release", asked)
        thing = self.things[answer["id"]]
        thing["deed"] = deed
        return status, {**answer, "mandate": thing["token"]}

    @staticmethod
    def _told(thing: dict[str, Any]) -> dict[str, Any]:
        names = ("id", "kind", "status", "seal_id", "subject_id", "count", "used")
        return {name: thing.get(name) for name in names} | {"withdrawn": bool(thing.get("withdrawn"))}
