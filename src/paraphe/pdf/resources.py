"""What a page draws with: fonts that are not in the file, content that is elsewhere."""

from collections.abc import Iterator

from pyhanko.pdf_utils import generic

from paraphe.pdf.opening import look
from paraphe.pdf.pages import Page

MAX_FONTS, MAX_XOBJECTS = 200, 200
EMBEDDED = ("/FontFile", "/FontFile2", "/FontFile3")


def page_fonts_missing(page: Page) -> bool:
    """Tell whether a font of the page is not in the file: another machine draws it otherwise (ISO 32000-2 §9.6.2)."""
    return any(not _is_embedded(font) for font in _entries(_resources(page), "/Font", MAX_FONTS))


def page_is_external(page: Page) -> bool:
    """Tell whether something that the page draws lies in another file (ISO 32000-2 §7.11, §8.10.4)."""
    for one in _entries(_resources(page), "/XObject", MAX_XOBJECTS):
        if look(one, "/F") is not None or look(one, "/Ref") is not None:
            return True
    return False


def _resources(page: Page) -> generic.PdfObject | None:
    return look(page.dictionary, "/Resources") or page.resources


def _entries(resources: object, kind: str, limit: int) -> Iterator[generic.PdfObject]:
    holder = look(resources, kind)
    if isinstance(holder, generic.DictionaryObject):
        for name in list(holder)[:limit]:
            found = look(holder, name)
            if found is not None:
                yield found


def _is_embedded(font: generic.PdfObject) -> bool:
    kind = str(look(font, "/Subtype"))
    if kind == "/Type3":
        return True
    descendants = look(font, "/DescendantFonts")
    if isinstance(descendants, generic.ArrayObject) and len(descendants):
        font = descendants[0]
    descriptor = look(font, "/FontDescriptor")
    return any(look(descriptor, key) is not None for key in EMBEDDED)
