"""What a collection of many or large documents costs, from the draft to a signature.

``python bench/large_collections.py`` prepares 50 documents of 10 pages (40 MB in all), then one document of 500 pages
and 40 MB, each for one signer, and prints a table in Markdown: time of the processor (that of the processes that read
PDFs included), queries, and size of the pages that the sender and the signer load. The trust site is the small one of
the tests, on the same processor.
"""

import os
import random
import resource
import sys
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src"), str(ROOT / "bench")]

from many_signers import cell, note, point_at, prepare, table  # noqa: E402


def main() -> int:
    """Measure both in one database."""
    with TemporaryDirectory() as folder:
        prepare(Path(folder))
        from tests.support.small_trust import small_trust

        with small_trust() as trust:
            point_at(trust, Path(folder))
            measure(trust, [document(10, 800_000, seed) for seed in range(50)])
            measure(trust, [document(500, 40_000_000, 99)])
    table(["50 × 10 pages", "1 × 500 pages"])
    return 0


def document(pages: int, octets: int, seed: int) -> bytes:
    """Return a PDF of so many pages with a picture of noise on the first one, which makes it as large as asked."""
    from PIL import Image
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    side = int((octets / 3) ** 0.5)
    noise = Image.frombytes("RGB", (side, side), random.Random(seed).randbytes(side * side * 3))
    out = BytesIO()
    canvas = Canvas(out, pageCompression=1)
    canvas.drawImage(ImageReader(noise), 60, 60, 200, 200)
    for number in range(pages):
        canvas.drawString(72, 780, f"Page {number + 1}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def measure(trust: Any, files: list[bytes]) -> None:
    """Bring the files, launch, sign; note what each took."""
    from paraphe.floor.jobs import worker
    from paraphe.platform.envelopes import api as envelopes
    from paraphe.platform.envelopes import ceremony, completion, freezing
    from tests.platform.envelopes.support import CLIENTS, Desk
    from tests.platform.envelopes.test_ceremony import Guest
    from tests.platform.web.test_every_address import registered
    from tests.support import cast

    client, person = registered(cast.ALICE)
    alice = Desk(person, cast.firm(cast.MARTIN))
    draft = envelopes.create(**alice.who)
    cell("size in all", f"{sum(map(len, files)) / 1e6:.0f} MB")
    note("bringing them", lambda: [bring(alice, draft.id, number, one) for number, one in enumerate(files)])
    envelopes.add_recipient(**alice.where, envelope_id=draft.id, typed=CLIENTS["claire"])
    for one in alice.now(draft.id).documents:
        envelopes.place_by_default(**alice.where, envelope_id=draft.id, document_id=one.id)
    for name in ("documents", "cases", "lancement"):
        answer = note(f"page {name}", lambda name=name: client.get(f"/collectes/{draft.id}/{name}/"))
        cell(f"page {name}: size", f"{len(answer.content) / 1000:.0f} kB")
    note("launch: the person waits", lambda: envelopes.launch(**alice.who, envelope_id=draft.id))
    note("launch: freezing by the job", lambda: freezing.freeze(draft.id))
    claire = Guest(trust, draft.id, "Claire")
    reader = type(client)()
    from paraphe.platform.envelopes import links

    answer = note(
        "the signer opens his link", lambda: reader.get(f"/signer/{links.token_of(claire.row)}/", follow=True)
    )
    cell("page of the signer: size", f"{len(answer.content) / 1000:.0f} kB")
    first = alice.now(draft.id).documents[0]
    note("first image of a page", lambda: ceremony.page_image(claire.who, first.id, 1, 900))
    note("a page seen, written down", lambda: ceremony.note_pages_seen(claire.who, claire.actor, first.id, [0]))
    claire.reads()
    claire.agrees()
    address = note("signature: prepared", claire.goes)
    note("signature: the code is typed", lambda: claire.types_code(address))
    note("signature: finished, judged, stored by the job", worker.drain)
    note("signature: taken into the documents", ceremony.settle_ended)
    note("archived to B-LTA", lambda: completion.complete(draft.id))
    assert alice.now(draft.id).state == "completed", alice.now(draft.id)
    cell("memory of the web process, so far", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.0f} MB")


def bring(alice: Any, envelope_id: Any, number: int, data: bytes) -> None:
    """Put one file into the draft."""
    from paraphe.platform.envelopes import api as envelopes

    envelopes.add_document(**alice.where, envelope_id=envelope_id, filename=f"Document {number}.pdf", chunks=[data])


if __name__ == "__main__":
    os.environ.setdefault("PARAPHE_MAX_PDF_MB", "50")
    sys.exit(main())
