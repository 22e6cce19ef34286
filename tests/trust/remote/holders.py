"""Alice with her credential, the platform that brought her, and her telephone."""

import re
from uuid import UUID, uuid4

from paraphe.kernel.digests import sha256
from paraphe.trust.clients import api as clients
from paraphe.trust.codes import api as codes
from paraphe.trust.ra import api as ra
from paraphe.trust.remote import api as remote
from tests.support.outbox import last_message_to
from tests.trust.ra.people import ALICE

SECRET = "the-secret-of-the-platform"
RETURN = "https://platform.example/signature/retour/"
MOBILE = ALICE.mobile
LETTER = sha256(b"letter of engagement")
REPORT = sha256(b"annual report")


def platform() -> clients.Client:
    return clients.register(
        client_id="platform",
        name="Paraphe",
        secret=SECRET,
        return_uris=[RETURN],
        scopes=["service", "credential", "enrolment"],
    )


def mallorys_program() -> clients.Client:
    return clients.register(
        client_id="mallory",
        name="Mallory",
        secret="the-secret-of-mallory",
        return_uris=["https://mallory.example/"],
        scopes=["service", "credential"],
    )


def alices_credential(attempt_id: UUID | None = None) -> remote.Credential:
    """Issue Alice a certificate; the hierarchy has to be there."""
    alice = ra.create_subject("platform", ALICE)
    return remote.issue_credential(
        attempt_id=attempt_id or uuid4(), subject=alice, client_id="platform", profile_name="natural-person"
    )


def code_on_telephone(mobile: str = MOBILE) -> str:
    """Return the code of the newest SMS."""
    found = re.search(r"(\d{3}) (\d{3})", last_message_to(mobile).text)
    assert found
    return found.group(1) + found.group(2)


def wrong_code(mobile: str = MOBILE) -> str:
    return f"{(int(code_on_telephone(mobile)) + 1) % 1_000_000:06d}"


def confirmed_challenge(mobile: str = MOBILE) -> UUID:
    """Return a challenge whose code came to ``mobile`` and was typed."""
    binding = uuid4().bytes
    challenge = codes.send(
        purpose="signature", subject="Lettre de mission", mobile_e164=mobile, binding=binding, language="fr"
    )
    codes.check(challenge.id, binding, code_on_telephone(mobile))
    return challenge.id


def activated(credential: remote.Credential, digests: list[bytes]) -> str:
    """Return a SAD of the platform for ``digests``."""
    return remote.activate(
        credential_id=credential.id,
        client_id="platform",
        digests=digests,
        challenge_id=confirmed_challenge(),
        labels=[f"Document {number}" for number in range(len(digests))],
    )
