"""What the fast path takes: plain documents that nobody signed, and that the general inspection would not refuse.

Why that holds. ``pdf.inspect`` refuses a file that is empty, no PDF, truncated, damaged, encrypted, without a page or
with too many, whose page tree is none, a dynamic form, or certified against changes. Here:

* the header is at byte 0, ``startxref`` and ``%%EOF`` are the last words, the whole chain of cross-reference sections
  is read and every one of its entries has the right shape (``tail``): not empty, a PDF, not truncated;
* no trailer has /Encrypt;
* the catalog has no /AcroForm (so no signature, no form, no XFA), no /Perms, no /DSS, no
  /Collection, no /NeedsRendering;
* the page tree is walked to every leaf: each node is met once, has a plain /Type, and the root's /Count is the number
  of leaves, between 1 and ``MOST_PAGES``; every annotation of every page is an object that is where it should be.

Whatever is else is ``Unusual`` and goes the general way, which decides. The fast path refuses nothing by itself.
"""

from dataclasses import dataclass

from paraphe.pdf.bulk.syntax import Buffer, Dictionary, Unusual, reference, references
from paraphe.pdf.bulk.tail import Tail, read_tail

MOST_PAGES = 500
MOST_ANNOTATIONS = 2_000
_FOREIGN = (b"AcroForm", b"Perms", b"DSS", b"Collection", b"NeedsRendering", b"Encrypt")


@dataclass(frozen=True, slots=True)
class Document:
    """A plain document: its tail, its catalog, its first page, and where that page's annotations are listed.

    ``annotations`` is the array as written, None when the page has none; ``annotations_at`` the number of the object
    that holds it, None when it lies in the page itself.
    """

    tail: Tail
    root: int
    catalog: Dictionary
    page: int
    page_dictionary: Dictionary
    annotations: bytes | None
    annotations_at: int | None


def read_document(data: Buffer) -> Document:
    """Return what must be known of ``data`` to sign it. Raises Unusual."""
    tail = read_tail(data)
    root = tail.trailer.reference(b"Root")
    catalog = tail.dictionary(root)
    if catalog.entries.get(b"Type") != b"/Catalog" or any(key in catalog.entries for key in _FOREIGN):
        raise Unusual("catalog")
    page, found = _first_page(tail, catalog.reference(b"Pages"))
    listed = found.entries.get(b"Annots")
    if listed is None or listed.startswith(b"["):
        return Document(tail, root, catalog, page, found, listed, None)
    holder = reference(listed)
    return Document(tail, root, catalog, page, found, tail.array(holder), holder)


def _first_page(tail: Tail, root: int) -> tuple[int, Dictionary]:
    """Walk the whole page tree and return its first leaf. Raises Unusual."""
    waiting = [root]
    met: set[int] = set()
    leaves: list[tuple[int, Dictionary]] = []
    budget = MOST_ANNOTATIONS
    promised = 0
    while waiting:
        number = waiting.pop()
        if number in met or len(met) > 2 * MOST_PAGES:
            raise Unusual("page tree")
        met.add(number)
        node = tail.dictionary(number)
        kind = node.entries.get(b"Type")
        if kind == b"/Pages":
            promised = promised or node.integer(b"Count")
            waiting += reversed(_kids(tail, node))
        elif kind == b"/Page" and b"Kids" not in node.entries:
            budget -= _annotations(tail, node, budget)
            leaves.append((number, node))
        else:
            raise Unusual("page tree")
    if not 1 <= promised == len(leaves) <= MOST_PAGES:
        raise Unusual("page count")
    return leaves[0]


def _kids(tail: Tail, node: Dictionary) -> list[int]:
    raw = node.entries.get(b"Kids", b"")
    found = references(raw if raw.startswith(b"[") else tail.array(reference(raw)))
    if len(found) > MOST_PAGES:
        raise Unusual("many pages")
    return found


def _annotations(tail: Tail, page: Dictionary, most: int) -> int:
    raw = page.entries.get(b"Annots")
    if raw is None:
        return 0
    found = references(raw if raw.startswith(b"[") else tail.array(reference(raw)))
    if len(found) > most:
        raise Unusual("many annotations")
    for number in found:
        tail.check(number)
    return len(found)
