"""The seal with which the platform seals evidence: the operator's, at the trust site, used without a person."""

import base64

from paraphe.pki.ports import RevocationSource, SignatureAlgorithm, TimestampSource
from paraphe.platform.signing.csc import (
    ECDSA_SHA256_OID,
    RSA_SHA256_OID,
    SHA256_OID,
    RemoteCredential,
    usable_credential,
)
from paraphe.platform.signing.sources import HttpRevocationSource, HttpTimestampSource
from paraphe.platform.signing.trust_client import TrustClient, text_of, trust


def timestamps() -> TimestampSource:
    """Return the time-stamping authority of the trust site."""
    return HttpTimestampSource(trust())


def revocation() -> RevocationSource:
    """Return what tells the state of certificates of the trust site, for the life of one piece of work."""
    return HttpRevocationSource(trust())


def algorithm_oid(algorithm: SignatureAlgorithm) -> str:
    """Return how the CSC API names an algorithm."""
    return ECDSA_SHA256_OID if algorithm.startswith("ecdsa") else RSA_SHA256_OID


def evidence_credential(client: TrustClient) -> RemoteCredential:
    """Return the seal for evidence. Raises NoCredential, TrustUnavailable, TrustRefused."""
    told = client.get_json("/enrolment/v1/evidence-seal", token=client.token("enrolment"))
    return usable_credential(client, text_of(told, "subject_id"))


def authorise_evidence(client: TrustClient, credential_id: str, digest: bytes, attempt: str) -> str:
    """Return activation data for exactly this digest (CSC v2 §11.6, ``authData`` of kind ``CLIENT``).

    The same ``attempt``, a UUID, again gives it again until it is used. Raises TrustUnavailable, TrustRefused.
    """
    body = {
        "credentialID": credential_id,
        "numSignatures": 1,
        "hashes": [base64.b64encode(digest).decode("ascii")],
        "hashAlgorithmOID": SHA256_OID,
        "authData": [{"id": "CLIENT", "value": attempt}],
    }
    return text_of(client.post_json("/csc/v2/credentials/authorize", body, token=client.token("service")), "SAD")
