"""What a firm set holds for its documents: size, days, logo; and a firm that left takes nothing more."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image
from pyhanko.pdf_utils.reader import PdfFileReader

from paraphe.floor.files import api as files
from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents import api as documents
from paraphe.platform.documents.models import Document
from paraphe.platform.firms import api as firms
from tests.journeys.visitor import pdf_of
from tests.platform.conftest import ACTOR, give_certificate
from tests.platform.documents.test_documents import LETTER, as_person, bring
from tests.platform.documents.test_paid import begin, come_back
from tests.support import cast
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> Any:
    return as_person(cast.ALICE)


def change(person: accounts.Person, **changes: Any) -> accounts.Firm:
    firm = cast.firm(cast.MARTIN)
    seen = firms.options(firm).version
    firms.change(actor=ACTOR, person=person, firm=firm, changes=changes, seen_version=seen)
    return firm


def test_the_firms_own_limit_holds_below_that_of_the_operator(alice: Any) -> None:
    client, person = alice
    change(person, max_pdf_mb=1)
    answer = bring(client, LETTER + bytes(1_100_000))
    assert answer.status_code == 422
    assert "la limite est de 1" in answer.content.decode()
    assert bring(client, LETTER).status_code == 302


def test_documents_go_on_the_day_that_the_firm_set(alice: Any) -> None:
    client, person = alice
    change(person, retention_days=7)
    bring(client, LETTER)
    assert Document.objects.get().delete_on == timezone.localdate() + timedelta(days=7)


def test_a_firm_that_left_takes_nothing_more(alice: Any) -> None:
    _client, person = alice
    firm = cast.firm(cast.MARTIN)
    firms.close(actor=ACTOR, person=person, firm=firm, typed_siren=firm.siren)
    with pytest.raises(firms.FirmClosed):
        documents.add(actor=ACTOR, person=person, firm=firm, filename="a.pdf", chunks=[LETTER])
    assert not Document.objects.exists()


def test_the_logo_of_the_firm_is_in_the_signature(alice: Any, trust: SmallTrust) -> None:
    client, person = alice
    give_certificate(person.pk, trust)
    buffer = io.BytesIO()
    Image.new("RGB", (64, 64), (200, 30, 40)).save(buffer, "PNG")
    firms.set_logo(actor=ACTOR, person=person, firm=cast.firm(cast.MARTIN), data=buffer.getvalue())
    bring(client, pdf_of("Lettre"))
    number = str(Document.objects.get().pk)
    come_back(client, trust, begin(client, number)["Location"])
    data = files.read(Document.objects.get().versions.get(number=1).file_id)
    field = PdfFileReader(io.BytesIO(data)).embedded_signatures[0].sig_field
    appearance = field["/AP"]["/N"] if "/AP" in field else field["/Kids"][0]["/AP"]["/N"]
    assert "/XObject" in appearance["/Resources"]
