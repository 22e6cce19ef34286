"""What a collection with hundreds of signers costs, step by step.

``python bench/many_signers.py 100 500`` fills a database with one collection for each number, everybody asked at the
same time, and prints a table in Markdown: time of the processor for the launch, for the first, the middle and the last
signature, for the end; queries and time of the pages of the sender and of a signer, before and after. The trust site is
the small one of the tests, on the same processor: its work is in the figures. Of more than
``--most`` people only so many sign: what a signature costs grows with those before it, for the file does.
"""

import argparse
import cProfile
import os
import pstats
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]
ROWS: list[tuple[str, list[str]]] = []


def main() -> int:
    """Measure each number in turn, in one database."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("signers", type=int, nargs="*", default=[100, 500])
    parser.add_argument("--most", type=int, default=100, help="how many sign, of those who are asked")
    parser.add_argument("--profile", action="store_true", help="print what takes the time")
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        prepare(Path(folder))
        from tests.support.small_trust import small_trust

        with small_trust() as trust:
            point_at(trust, Path(folder))
            for number in asked.signers:
                measure(trust, number, min(number, asked.most), profile=asked.profile)
    table([f"{number} signers" for number in asked.signers])
    return 0


def prepare(folder: Path) -> None:
    """Make the database of this process."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.support.settings.platform"
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.DATABASES["default"]["NAME"] = str(folder / "bench.sqlite3")
    settings.ALLOWED_HOSTS = ["*"]
    settings.INVITATIONS_PER_DAY, settings.MOST_RECIPIENTS = 10_000, 2_000
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)


def point_at(trust: Any, folder: Path) -> None:
    """Let the platform ask this small trust service provider."""
    from cryptography.hazmat.primitives.serialization import Encoding
    from django.conf import settings

    root = folder / "root.pem"
    root.write_bytes(trust.pki.roots[0].public_bytes(Encoding.PEM))
    settings.TRUST_URL, settings.TRUST_ROOT_FILE = trust.url, root


def measure(trust: Any, number: int, most: int, *, profile: bool) -> None:
    """Prepare, launch, sign and end one collection; note what each took."""
    from paraphe.floor.jobs import worker
    from paraphe.platform.envelopes import api as envelopes
    from paraphe.platform.envelopes import completion, freezing, inviting
    from paraphe.platform.envelopes.models import EnvelopeDocument, Recipient
    from tests.platform.envelopes.support import Desk
    from tests.platform.web.test_every_address import registered
    from tests.support import cast

    client, person = registered(cast.ALICE)
    alice = Desk(person, cast.firm(cast.MARTIN))
    draft = alice.draft()
    note(f"adding {number} people", lambda: add_people(alice, draft.id, number))
    document = alice.now(draft.id).documents[0]
    note(
        "placing their boxes",
        lambda: envelopes.place_by_default(**alice.where, envelope_id=draft.id, document_id=document.id),
    )
    Recipient.objects.filter(envelope_id=draft.id).update(step=1)
    pages(
        "draft",
        client,
        [f"/collectes/{draft.id}/signataires/", f"/collectes/{draft.id}/cases/", f"/collectes/{draft.id}/lancement/"],
    )
    note("launch: checks, credit", lambda: envelopes.launch(**alice.who, envelope_id=draft.id, at_once=False))
    note("launch: freezing, the first 100 invitations", lambda: freezing.freeze(draft.id))
    for _ in range(0, number, inviting.AT_ONCE):
        inviting.invite_rest.func(str(draft.id))
    assert alice.now(draft.id).state == "running"
    sign_all(trust, draft.id, most, profile=profile)
    pages("running", client, [f"/collectes/{draft.id}/", f"/collectes/{draft.id}/?page=2"])
    if most < number:
        return
    note("end: archived to B-LTA, everybody told", lambda: completion.complete(draft.id), profile=profile)
    assert alice.now(draft.id).state == "completed", alice.now(draft.id).stuck_code
    note("evidence file and attestations", worker.drain, profile=profile)
    pages("ended", client, [f"/collectes/{draft.id}/"])
    row = EnvelopeDocument.objects.get(envelope_id=draft.id)
    from paraphe.floor.files import api as files

    cell("file at the end", f"{len(files.read(row.final_file)) / 1e6:.1f} MB")


def add_people(alice: Any, envelope_id: Any, number: int) -> None:
    """Add that many people as a list that was pasted."""
    from paraphe.platform.envelopes import api as envelopes

    lines = "\n".join(f"P{one};Vidal;p{one}@vidal.example;06{12345678 + one}" for one in range(number))
    envelopes.add_people(**alice.where, envelope_id=envelope_id, data=lines.encode(), together=True)


def sign_all(trust: Any, envelope_id: Any, number: int, *, profile: bool) -> None:
    """Let everybody sign, and note the first, the middle and the last."""
    from paraphe.platform.envelopes import ceremony
    from tests.platform.envelopes.test_ceremony import Guest

    began = cpu()
    for one in range(number):
        guest = Guest(trust, envelope_id, f"P{one}")
        named = {0: "first signature", number // 2: "middle signature", number - 1: "last signature"}.get(one, "")
        if named:
            note(f"{named}: look", lambda g=guest: ceremony.look(g.who))
            note(named, guest.signs, profile=profile and one > 2)
        else:
            guest.signs()
    cell("all signatures", f"{cpu() - began:.0f} s")


def pages(when: str, client: Any, addresses: list[str]) -> None:
    """Ask pages as the sender."""
    for address in addresses:
        name = address.rstrip("/").rsplit("/", 1)[1]
        name = "collection" if len(name) == 36 else name
        answer = note(f"page {name}, {when}", lambda a=address: client.get(a))
        assert answer.status_code == 200, (address, answer.status_code)
        cell(f"page {name}, {when}: size", f"{len(answer.content) / 1000:.0f} kB")


def note(name: str, act: Callable[[], Any], *, profile: bool = False) -> Any:
    """Do it, keep how long the processor worked and how much the database was asked, and return what it gave."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    seen = cProfile.Profile()
    with CaptureQueriesContext(connection) as queries:
        began = cpu()
        given = seen.runcall(act) if profile else act()
        spent = cpu() - began
    cell(name, f"{spent * 1000:.0f} ms, {len(queries)} q")
    if profile:
        pstats.Stats(seen).sort_stats("cumulative").print_stats(45)
    return given


def cpu() -> float:
    """Return the seconds that this process and those it started (the readers of PDFs) worked, in seconds."""
    ticks, mine = os.sysconf("SC_CLK_TCK"), {os.getpid()}
    spent = 0.0
    for _ in range(2):
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                rest = stat.read_text().rsplit(")", 1)[1].split()
                if int(rest[1]) in mine:
                    mine.add(int(stat.parent.name))
    for number in mine:
        with suppress(OSError):
            rest = Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()
            spent += (int(rest[11]) + int(rest[12])) / ticks
    return spent


def cell(name: str, text: str) -> None:
    """Keep one figure."""
    print(f"  {name}: {text}", flush=True)
    found = next((row for row in ROWS if row[0] == name), None)
    if found is None:
        ROWS.append((name, [text]))
    else:
        found[1].append(text)


def table(numbers: list[Any]) -> None:
    """Print everything as a table."""
    print("\n| step | " + " | ".join(str(number) for number in numbers) + " |")
    print("| --- |" + " --- |" * len(numbers))
    for name, cells in ROWS:
        print(f"| {name} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    sys.exit(main())
