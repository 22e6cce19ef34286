"""What the platform asks of the trust service provider about seals: deeds, mandates, releases, activations."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from paraphe.platform.sealing.errors import NoWayToRelease
from paraphe.platform.signing import api as signing

RETURN_PATH = "/cachets/retour/"
SCOPE = "enrolment"


@dataclass(frozen=True)
class Asked:
    """What the trust site answered: number of the deed or release, address for the browser, token of the mandate."""

    id: str
    url: str
    token: str = ""


@dataclass(frozen=True)
class DeedState:
    """How far a deed is; ``seal_id`` and ``subject_id`` once a seal is issued, ``used`` of a mandate."""

    status: str
    seal_id: str
    subject_id: str
    used: int
    withdrawn: bool


def ask_seal(*, reference: str, responsible: str, state: str, name: str, siren: str) -> Asked:
    """Ask for the seal of a firm. Raises TrustUnavailable, TrustRefused."""
    body = {
        **_asked(reference, state),
        "responsible_id": responsible,
        "organisation": {"name": name, "siren": siren},
    }
    return _answer(_post("/enrolment/v1/seals", body))


def ask_mandate(
    *,
    reference: str,
    responsible: str,
    state: str,
    seal: str,
    purpose: str,
    count: int,
    ends_at: datetime,
    list_sha256: str | None = None,
    releasers: list[dict[str, str]] | None = None,
) -> Asked:
    """Ask for a mandate: for one list, or a standing one that names who releases. Raises what ``ask_seal`` raises."""
    body = {
        **_asked(reference, state),
        "responsible_id": responsible,
        "seal_id": seal,
        "purpose": purpose,
        "count": count,
        "ends_at": ends_at.isoformat(),
        "list_sha256": list_sha256,
        "releasers": releasers,
    }
    return _answer(_post("/enrolment/v1/mandates", body), with_token=True)


def ask_release(
    *, deed: str, reference: str, state: str, releaser: str, purpose: str, count: int, list_sha256: str
) -> Asked:
    """Ask for a release under a standing mandate. Raises NoWayToRelease where it does not allow it any more."""
    body = {
        **_asked(reference, state),
        "releaser": releaser,
        "purpose": purpose,
        "count": count,
        "list_sha256": list_sha256,
    }
    try:
        return _answer(_post(f"/enrolment/v1/mandates/{deed}/releases", body), with_token=True)
    except signing.TrustRefused as error:
        if error.params.get("error") == "mandate_refused":
            raise NoWayToRelease(count=count) from error
        raise


def deed_state(deed: str) -> DeedState:
    """Read how far a deed is. Raises TrustUnavailable, TrustRefused."""
    client = signing.trust()
    found = client.get_json(f"/enrolment/v1/deeds/{deed}", token=client.token(SCOPE))
    used = found.get("used")
    return DeedState(
        status=signing.text_of(found, "status"),
        seal_id=str(found.get("seal_id") or ""),
        subject_id=str(found.get("subject_id") or ""),
        used=used if isinstance(used, int) else 0,
        withdrawn=found.get("withdrawn") is True,
    )


def release_status(number: str) -> str:
    """Read how far a release is: ``open``, ``given``, ``closed``."""
    client = signing.trust()
    return signing.text_of(client.get_json(f"/enrolment/v1/releases/{number}", token=client.token(SCOPE)), "status")


def end_mandate(deed: str) -> None:
    """Withdraw a mandate. Raises TrustUnavailable, TrustRefused."""
    _post(f"/enrolment/v1/deeds/{deed}/withdraw", {})


def end_release(number: str) -> None:
    """End a release; what it did not use goes back to its mandate."""
    _post(f"/enrolment/v1/releases/{number}/withdraw", {})


def revoke_seal(credential: str, reference: str) -> None:
    """Have the certificate of a seal revoked. Raises TrustUnavailable, TrustRefused."""
    _post(f"/enrolment/v1/credentials/{credential}/revoke", {"reason": "data_changed", "reference": reference})


def _asked(reference: str, state: str) -> dict[str, str]:
    return {"reference": reference, "return_uri": settings.SITE_URL + RETURN_PATH, "state": state}


def _post(path: str, body: dict[str, Any]) -> dict[str, Any]:
    client = signing.trust()
    given = {name: value for name, value in body.items() if value is not None}
    return client.post_json(path, given, token=client.token(SCOPE))


def _answer(found: dict[str, Any], *, with_token: bool = False) -> Asked:
    token = signing.text_of(found, "mandate") if with_token else ""
    return Asked(signing.text_of(found, "id"), signing.text_of(found, "url"), token)
