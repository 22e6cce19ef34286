"""Alice's browser, the platform's requests, and Odile's decisions, through the real addresses."""

import io
import json
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.test import Client

from paraphe.trust.clients import api as clients
from paraphe.trust.enrolment import api as enrolment
from paraphe.trust.ra import api as ra
from tests.support.identity_photos import card, encoded, photo
from tests.support.outbox import last_message_to
from tests.trust.ra.people import acting, officer

Answer = Any  # what the test client gives: a response with its context
MOBILE = "+33612345678"
EMAIL = "alice.martin@cabinet-martin.example"
RETURN_URI = "http://localhost:8000/enregistrement/retour/"


def asked(**changes: Any) -> dict[str, Any]:
    """What the platform asks for Alice."""
    return {
        "reference": "attempt-1",
        "kind": "member",
        "subject": {
            "given_name": "Alice",
            "surname": "Martin",
            "email": EMAIL,
            "roll_number": "140001234",
            "region": "Paris – Île-de-France",
            "organisation": {"name": "Cabinet Martin", "siren": "732829320"},
        },
        "mobile": MOBILE,
        "return_uri": RETURN_URI,
        "state": "opaque",
        "locale": "fr",
        **changes,
    }


class Platform:
    """The client program, with its token."""

    def __init__(self, client_id: str = "platform") -> None:
        client = clients.register(
            client_id=client_id,
            name="Paraphe",
            secret="a secret of the tests, long enough",
            return_uris=[RETURN_URI],
            scopes=["service", "enrolment"],
        )
        self.token, _scopes = clients.issue_token(client, ["enrolment"])
        self.http = Client()

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        data = body if isinstance(body, bytes) else json.dumps(body if body is not None else {})
        given = {"Authorization": f"Bearer {self.token}", **headers}
        return self.http.post(path, data, content_type="application/json", headers=given)

    def get(self, path: str) -> Answer:
        return self.http.get(path, headers={"Authorization": f"Bearer {self.token}"})

    def enrol(self, **changes: Any) -> dict[str, Any]:
        answer = self.post("/enrolment/v1/requests", asked(**changes))
        assert answer.status_code == 201, answer.content
        return dict(json.loads(answer.content))

    def status(self, enrolment_id: str) -> dict[str, Any]:
        return dict(json.loads(self.get(f"/enrolment/v1/requests/{enrolment_id}").content))


@cache
def side(name: str) -> bytes:
    return encoded(photo(card(side=name)).resize((1000, 680)))


class Holder:
    """Alice at her browser."""

    def __init__(self) -> None:
        self.http = Client()
        self.id = ""

    def enter(self, url: str) -> Answer:
        self.id = urlsplit(url).path.split("/")[2]
        return self.http.get(urlsplit(url).path)

    def path(self, step: str = "") -> str:
        return f"/enrolment/{self.id}/{step}"

    def get(self, step: str = "") -> Answer:
        return self.http.get(self.path(step))

    def post(self, step: str, **data: Any) -> Answer:
        return self.http.post(self.path(step), data)

    def here(self) -> str:
        """Return the step to which the browser is led now."""
        answer = self.get()
        assert answer.status_code == 302, answer.content
        return str(answer["Location"]).rstrip("/").rpartition("/")[2]

    def send(self, step: str, data: bytes, name: str = "photo.jpg") -> Answer:
        upload = io.BytesIO(data)
        upload.name = name
        return self.post(f"{step}/", photograph=upload)

    def up_to_review(self, kind: str = "passport") -> None:
        self.post("kind/", kind=kind)
        for step in ra.sides_of(kind):
            assert self.send(step, side(step)).status_code == 302
        assert self.post("check/").status_code == 302

    def up_to_agreement(self) -> None:
        self.up_to_review()
        decide(self.id, ra.Verdict.APPROVE)

    def up_to_code(self) -> None:
        self.up_to_agreement()
        self.get("agreement/")
        digest = enrolment.load(UUID(self.id)).agreement_sha256
        assert self.post("agreement/", shown=digest, accepted="on")["Location"].endswith("/code/")
        self.get("code/")


def code_for(mobile: str = MOBILE) -> str:
    """Return the digits of the last SMS."""
    text = last_message_to(mobile).text
    return "".join(text.split(":", 1)[1].split()[:2])


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def decide(enrolment_id: str, verdict: ra.Verdict, reason: str = "") -> None:
    """Let Odile decide on the case of this enrolment."""
    found = enrolment.load(UUID(enrolment_id))
    case = ra.case_of(found.subject)
    assert case is not None
    odile = officer("Odile")
    ra.decide(acting(odile), odile, case.id, verdict, reason=reason, checklist=ra.CHECKLIST)
    enrolment.follow_subject(found.subject_id)
