"""No attack is believed, and every honest twin passes, judged with fresh revocation information beside the file."""

from functools import cache

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from paraphe.kernel.errors import DomainError
from paraphe.pdf.api import Anchor, Report, ValidationMaterial, ValidationSettings, validate
from paraphe.pdf.material import gather
from tests.attacks.catalogue import Attack, attacks
from tests.pdf.hands import LATER, pki

EVERY = list(attacks())


@cache
def known() -> ValidationMaterial:
    """Return what the responders of the test PKI say of everybody."""
    people = [pki().signer(name) for name in ("alice", "bob", "seal", "tsu")]
    every = {one.public_bytes(Encoding.DER) for who in people for one in (who.certificate, *who.chain)}
    return gather(sorted(every), pki().revocation)


def judged(data: bytes) -> Report:
    found = known()
    anchors = tuple(Anchor(one) for one in pki().roots)
    return validate(data, ValidationSettings(anchors, LATER, found.certificates, found.ocsps, found.crls))


@cache
def control(data: bytes) -> Report:
    return judged(data)


@pytest.mark.parametrize("attack", EVERY, ids=[one.name for one in EVERY])
def test_it_is_not_believed_and_its_honest_twin_is(attack: Attack) -> None:
    attacked, honest = attack.build(), attack.control()
    assert attacked != honest
    twin = control(honest)
    assert twin.indication == "TOTAL-PASSED"
    assert all(one.modifications in ("none", "permitted") for one in twin.signatures)
    try:
        report = judged(attacked)
    except DomainError:
        return
    assert report.indication not in ("TOTAL-PASSED", "NO-SIGNATURE")
