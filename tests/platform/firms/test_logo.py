"""The logo: taken, replaced, removed; hostile files."""

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image

from paraphe.floor.files.models import StoredFile
from paraphe.kernel.errors import NotFound
from paraphe.platform.firms import api as firms
from tests.platform.conftest import ACTOR
from tests.support import cast

pytestmark = pytest.mark.django_db


def picture(kind: str = "PNG", size: tuple[int, int] = (200, 80), mode: str = "RGB") -> bytes:
    """Return a blue picture."""
    target = io.BytesIO()
    Image.new(mode, size, "navy").save(target, kind)
    return target.getvalue()


def header_of(width: int, height: int) -> bytes:
    """Return a PNG of some octets that says it is very large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"0")) + chunk(b"IEND", b"")


def _set(data: bytes, person: Any = None) -> None:
    who = person or cast.sign_in(cast.ALICE)
    firms.set_logo(actor=ACTOR, person=who, firm=cast.firm(cast.MARTIN), data=data)


@pytest.mark.parametrize("data", [picture(), picture("JPEG"), picture(mode="RGBA"), picture(mode="P")])
def test_a_png_or_jpeg_is_drawn_anew(data: bytes) -> None:
    _set(data)
    firm = cast.firm(cast.MARTIN)
    assert firms.options(firm).has_logo
    with Image.open(io.BytesIO(firms.logo(firm))) as found:
        assert (found.format, found.mode, found.size) == ("PNG", "RGB", (200, 80))


def test_what_a_picture_carries_beside_itself_is_not_kept() -> None:
    hidden = b"%PDF-1.7 <script>alert(1)</script>PK\x03\x04"
    _set(picture() + hidden)
    assert b"script" not in firms.logo(cast.firm(cast.MARTIN))
    _set(picture("JPEG").replace(b"\xff\xd8", b"\xff\xd8\xff\xfe\x00\x2a" + hidden, 1))
    assert b"script" not in firms.logo(cast.firm(cast.MARTIN))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"GIF89a\x01\x00\x01\x00<script>", "unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unreadable"),
        (picture("GIF"), "unreadable"),
        (picture()[:60], "unreadable"),
        (header_of(10_000, 10_000), "too_large"),
        (header_of(60_000, 60_000), "too_large"),
        (header_of(7_000, 7_000), "too_large"),
        (header_of(0, 10), "unreadable"),
        (picture(size=(3, 300)), "too_small"),
        (b"\x89PNG" + b"0" * 2_000_001, "too_large"),
    ],
)
def test_another_file_is_refused_and_the_old_logo_stays(data: bytes, reason: str) -> None:
    _set(picture())
    before = firms.logo(cast.firm(cast.MARTIN))
    with pytest.raises(firms.LogoRefused) as refusal:
        _set(data)
    assert refusal.value.params["reason"] == reason
    assert firms.logo(cast.firm(cast.MARTIN)) == before


def test_replaced_and_removed_the_old_file_is_destroyed() -> None:
    _set(picture())
    _set(picture(size=(300, 80)))
    assert StoredFile.objects.filter(purpose="firms.logo").count() == 1
    alice, firm = cast.sign_in(cast.ALICE), cast.firm(cast.MARTIN)
    firms.remove_logo(actor=ACTOR, person=alice, firm=firm)
    firms.remove_logo(actor=ACTOR, person=alice, firm=firm)
    assert not StoredFile.objects.filter(purpose="firms.logo").exists()
    with pytest.raises(NotFound):
        firms.logo(firm)


def test_a_collaborator_sets_none() -> None:
    cast.sign_in(cast.ALICE)
    with pytest.raises(firms.MayNotChange):
        _set(picture(), cast.sign_in(cast.CHLOE))
    with pytest.raises(NotFound):
        _set(picture(), cast.sign_in(cast.ETIENNE))
