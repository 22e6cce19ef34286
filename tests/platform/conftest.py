from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from paraphe.kernel.actor import Actor
from paraphe.platform.signing import api as signing
from paraphe.platform.signing import trust_client
from tests.support.small_trust import CREDENTIAL, SUBJECT, SmallTrust, small_trust

ACTOR = Actor("person", "1", "127.0.0.1", "a browser")


@pytest.fixture(scope="session")
def provider() -> Iterator[SmallTrust]:
    """Return a small trust service provider over real HTTP."""
    with small_trust() as found:
        yield found


@pytest.fixture
def trust(provider: SmallTrust, settings: Any, tmp_path: Path) -> Iterator[SmallTrust]:
    """Point the platform at the provider, which behaves until a test says otherwise."""
    root = tmp_path / "root.pem"
    root.write_bytes(provider.pki.roots[0].public_bytes(Encoding.PEM))
    settings.TRUST_URL, settings.TRUST_ROOT_FILE = provider.url, root
    trust_client._shared.clear()
    yield provider
    provider.faults.clear()
    provider.enrolments.clear()
    provider.revoked.clear()
    for client in trust_client._shared.values():
        client.session.close()
    trust_client._shared.clear()


def give_certificate(person_id: int, trust: SmallTrust) -> None:
    """Let the platform know that this person holds Alice's credential."""
    signing.remember_holder(
        person_id=person_id,
        subject_id=SUBJECT,
        credential_id=CREDENTIAL,
        certificate=trust.pki.signer("alice").certificate,
    )
