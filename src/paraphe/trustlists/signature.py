"""The signature of a trusted list: enveloped XAdES by one of the certificates that are known beforehand (§5.7)."""

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature as WrongSignature
from lxml import etree
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration
from signxml.xades.xades import XAdESVerifier

from paraphe.trustlists.errors import ListNotSigned

ROOT = "{http://uri.etsi.org/02231/v2#}TrustServiceStatusList"


def signed_root(data: bytes, signers: Sequence[x509.Certificate], at: datetime) -> etree._Element:
    """Return the root element of the list ``data`` as one of ``signers`` signed it; nothing else of it is to be read.

    ``at``: when the signer's certificate must be valid. Raises ListNotSigned.
    """
    for signer in signers:
        root = _signed_by(data, signer, at)
        if root is not None:
            return root
    raise ListNotSigned(signers=len(signers))


def _signed_by(data: bytes, signer: x509.Certificate, at: datetime) -> etree._Element | None:
    expected = SignatureConfiguration(expect_references=True, location="./", verification_time=at)
    try:
        results = XAdESVerifier().verify(data, x509_cert=signer, expect_config=expected)
    except (SignXMLException, WrongSignature, ValueError, TypeError, KeyError, AttributeError, etree.LxmlError):
        return None
    # A signature over a part only, with other services around it, is a wrapping attack: the whole list or nothing.
    whole: list[etree._Element] = [one.signed_xml for one in results if getattr(one.signed_xml, "tag", None) == ROOT]
    return whole[0] if len(whole) == 1 else None
