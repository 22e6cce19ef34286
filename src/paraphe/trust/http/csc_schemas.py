"""Bodies of the CSC API v2, as far as this service reads them. Types are strict: nothing is converted in silence.

Unknown parameters are ignored, as the API asks for.
"""

from typing import Annotated, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

Identifier = Annotated[str, Field(max_length=64)]
Hash = Annotated[str, Field(max_length=128)]
Hashes = Annotated[list[Hash], Field(max_length=1000)]
Certificates = Literal["none", "single", "chain"]


class _Body(Schema):
    model_config = ConfigDict(strict=True)

    lang: Annotated[str, Field(max_length=35)] = ""
    clientData: Annotated[str, Field(max_length=200)] = ""


class Info(_Body):
    """§11.1."""


class CredentialsList(_Body):
    """§11.4."""

    userID: Identifier
    credentialInfo: bool = False
    certificates: Certificates = "single"
    certInfo: bool = False
    authInfo: bool = False
    onlyValid: bool = False


class CredentialsInfo(_Body):
    """§11.5."""

    credentialID: Identifier
    certificates: Certificates = "single"
    certInfo: bool = False
    authInfo: bool = False


class AuthData(Schema):
    """One authentication object with its value, §11.6."""

    model_config = ConfigDict(strict=True)

    id: Identifier
    value: Annotated[str, Field(max_length=64)] = ""


class CredentialsAuthorize(_Body):
    """§11.6."""

    credentialID: Identifier
    numSignatures: int
    hashes: Hashes
    hashAlgorithmOID: Identifier
    authData: Annotated[list[AuthData], Field(max_length=10)] = []
    description: Annotated[str, Field(max_length=500)] = ""
    clientData: Annotated[str, Field(max_length=100)] = ""


class CredentialsAuthorizeCheck(_Body):
    """§11.7; ``authData`` is ours: the code that the holder received by SMS."""

    handle: Annotated[str, Field(max_length=128)]
    authData: Annotated[list[AuthData], Field(max_length=10)] = []


class CredentialsGetChallenge(_Body):
    """§11.8."""

    credentialID: Identifier
    authObjectID: Identifier


class SignHash(_Body):
    """§11.10."""

    credentialID: Identifier
    SAD: Annotated[str, Field(max_length=128)] = ""
    hashes: Hashes
    hashAlgorithmOID: Identifier = ""
    signAlgo: Identifier
    operationMode: Annotated[str, Field(max_length=8)] = "S"


class ExtendTransaction(_Body):
    """§11.9."""

    credentialID: Identifier
    hashes: Hashes
    hashAlgorithmOID: Identifier = ""
    SAD: Annotated[str, Field(max_length=128)]


class Timestamp(_Body):
    """§11.13; the nonce is hexadecimal."""

    hash: Hash
    hashAlgo: Identifier
    nonce: Annotated[str, Field(pattern=r"^([0-9A-Fa-f]{1,64})?$")] = ""


class _ToSign(Schema):
    model_config = ConfigDict(strict=True)

    signature_format: Annotated[str, Field(max_length=8)]
    conformance_level: Annotated[str, Field(max_length=16)] = "AdES-B-B"
    signAlgo: Identifier
    signed_envelope_property: Annotated[str, Field(max_length=32)] = "Certification"
    signed_props: Annotated[list[object], Field(max_length=50)] = []


class DocumentDigests(_ToSign):
    """Digests of byte ranges that are to be signed in one way, §11.11."""

    hashes: Hashes
    hashAlgorithmOID: Identifier = ""


class Document(_ToSign):
    """One document in base64, §11.11."""

    document: str


class SignDoc(_Body):
    """§11.11."""

    credentialID: Identifier
    SAD: Annotated[str, Field(max_length=128)] = ""
    documentDigests: Annotated[list[DocumentDigests], Field(max_length=1)] = []
    documents: Annotated[list[Document], Field(max_length=20)] = []
    operationMode: Annotated[str, Field(max_length=8)] = "S"
    returnValidationInfo: bool = False
