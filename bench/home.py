"""How long the first page, the search and the lists of collections take in a large firm.

``python bench/home.py`` fills a database of each kind with made-up data (100,000 collections in the firm that is
looked at, 1,000,000 in all, two people each, as many documents, a word index), asks each page as its people do, and
prints a table in Markdown: queries, median and 95th percentile of the time from request to answer, and what it took of
the processor in the web process (on SQLite the database is in it).
``--firm`` and ``--all`` make it smaller. Data goes when the run ends. PostgreSQL's server programs must be installed.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]
NOW = datetime.now(UTC).replace(microsecond=0)
TITLES = ("Lettre de mission", "Comptes annuels", "Bulletin de paie", "Attestation", "Rapport de gestion", "Bail")
FAMILY = ("Martin", "Bernard", "Dubois", "Thomas", "Robert", "Petit", "Durand", "Leroy", "Moreau", "Simon", "Laurent")
STATES = ["completed"] * 85 + ["running"] * 5 + ["refused"] * 3 + ["expired"] * 3 + ["cancelled"] * 2 + ["draft"] * 2
#: One in so many collections names somebody whose name is rare.
RARE = 5_000


def main() -> int:
    """Measure on both databases, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firm", type=int, default=100_000, help="collections in the firm that is looked at")
    parser.add_argument("--all", type=int, default=1_000_000, help="collections in all")
    parser.add_argument("--times", type=int, default=100, help="how often each page is asked")
    parser.add_argument("--one", choices=("sqlite", "postgresql"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        measure(asked.one, asked.firm, asked.all, asked.times)
        return 0
    words = [f"--{name}={getattr(asked, name)}" for name in ("firm", "all", "times")]
    from tests.support.postgres import cluster

    for kind in ("postgresql", "sqlite"):
        command = [sys.executable, __file__, *words, "--one", kind]
        if kind == "sqlite":
            subprocess.run(command, check=True)
            continue
        with cluster() as url:
            subprocess.run(command, env={**os.environ, "PARAPHE_TEST_DATABASE_URL": url}, check=True)
    return 0


def measure(kind: str, firm_size: int, everything: int, times: int) -> None:
    """Fill the database of this process, then ask and print."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.support.settings.platform"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    began = time.monotonic()
    people = fill(firm_size, everything)
    print(f"\n## {kind}: {firm_size:,} collections in the firm, {everything:,} in all")
    print(f"\nFilled in {time.monotonic() - began:.0f} s.\n")
    print("| page | asked by | queries | median | p95 | CPU |\n| --- | --- | --- | --- | --- | --- |")
    for visibility in ("own", "all"):
        set_visibility(people[0][1], visibility)
        for who, person in people:
            for name, address in pages():
                ask(f"{name} | {who}, sees {visibility}", person, address, times)


def pages() -> list[tuple[str, str]]:
    """Return what is asked: name and address."""
    search = "/espace/recherche/?quoi=collectes"
    deep = (NOW - timedelta(days=300)).isoformat().replace("+", "%2B") + "_" + "0" * 32
    return [
        ("first page", "/espace/"),
        ("search, a rare name", "/espace/recherche/?q=zephyrin"),
        ("search, inside a rare name", "/espace/recherche/?q=phyrin"),
        ("search, a common word", "/espace/recherche/?q=lettre"),
        ("search, two words", "/espace/recherche/?q=lettre+zephyrin"),
        ("search, nothing", "/espace/recherche/?q=introuvable"),
        ("collections, running", f"{search}&etat=running"),
        ("collections, mine", f"{search}&de=moi"),
        ("collections, a page deep inside", f"{search}&apres={deep}"),
        ("documents", "/espace/documents/"),
    ]


def ask(name: str, person: Any, address: str, times: int) -> None:
    """Ask one page often, and print a line."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from paraphe.platform.accounts import api as accounts
    from paraphe.platform.web.account.access import PERSON_KEY, SESSION_KEY

    client = Client(SERVER_NAME="localhost")
    session = client.session
    session[PERSON_KEY] = person.pk
    session[SESSION_KEY] = str(accounts.open_session(person, address="", agent=""))
    session.save()
    assert client.get(address).status_code == 200, address
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
        count = len(queries)
    cpu = time.process_time()
    spent = sorted(_spent(lambda: client.get(address)) for _ in range(times))
    p95 = spent[min(len(spent) - 1, int(len(spent) * 0.95))]
    cpu = (time.process_time() - cpu) / times * 1000
    print(f"| {name} | {count} | {statistics.median(spent):.0f} ms | {p95:.0f} ms | {cpu:.0f} ms |", flush=True)


def _spent(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def fill(firm_size: int, everything: int) -> list[tuple[str, Any]]:
    """Make firms, people and collections, and return who asks: an accountant with a fifth, a colleague with few."""
    from django.db import connection

    from paraphe.platform.accounts import api as accounts
    from paraphe.platform.contacts.models import Contact
    from paraphe.platform.documents.models import Document
    from paraphe.platform.enrolment.models import Enrolment, OpenFirm
    from paraphe.platform.envelopes import searching
    from paraphe.platform.envelopes.models import Envelope, EnvelopeWord, Recipient
    from tests.support import cast

    alice, bob = cast.sign_in(cast.ALICE), cast.sign_in(cast.BOB)
    etienne = cast.sign_in(cast.ETIENNE)
    martin = cast.firm(cast.MARTIN)
    for person in (alice, bob):
        enrolment = Enrolment.objects.create(
            person=person, track=accounts.track(person), step="done", started_at=NOW, changed_at=NOW
        )
        OpenFirm.objects.get_or_create(firm=martin, defaults={"enrolment": enrolment, "opened_at": NOW})
    others = [one.pk for one in accounts.firms_of(etienne)]
    colleagues = [cast.sign_in(cast.CHLOE).pk, cast.sign_in(cast.HUGO).pk, cast.sign_in(cast.INES).pk]

    def whose(number: int) -> tuple[int, int]:
        if number >= firm_size:
            return others[number % len(others)], etienne.pk
        if number % 5 == 0:
            return martin.pk, alice.pk
        return martin.pk, bob.pk if number % 5_001 == 1 else colleagues[number % 3]

    load(Envelope, envelopes(everything, whose))
    load(Recipient, recipients(everything))
    load(EnvelopeWord, words(everything, whose))
    while searching.mend():
        pass
    load(Document, documents(everything, whose))
    load(Contact, contacts(martin.pk, alice.pk, min(firm_size, 5_000)))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")
    return [("accountant", alice), ("colleague", bob)]


def load(model: Any, rows: Iterable[dict[str, Any]]) -> None:
    """Write rows the short way; a column that a row does not name has the default of its field."""
    from django.db import connection

    fields = [one for one in model._meta.concrete_fields if one.get_internal_type() != "BigAutoField"]
    base = {one.column: _default(one) for one in fields}
    names = list(base)
    tuples = (tuple({**base, **row}[name] for name in names) for row in rows)
    columns = ", ".join(names)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {model._meta.db_table} ({columns}) FROM STDIN") as target:
                for one in tuples:
                    target.write_row(one)
            return
        cursor.execute("BEGIN")
        marks = ", ".join("?" for _ in names)
        raw = connection.connection.cursor()
        raw.executemany(f"INSERT INTO {model._meta.db_table} ({columns}) VALUES ({marks})", tuples)
        raw.close()
        cursor.execute("COMMIT")


def _default(one: Any) -> Any:
    import json

    if one.null:
        return None
    value = one.get_default()
    if one.get_internal_type() == "JSONField":
        return json.dumps(value if value is not None else [])
    return "" if value is None else value


def envelopes(count: int, whose: Callable[[int], tuple[int, int]]) -> Iterator[dict[str, Any]]:
    """Yield collections of the last 400 days, in no order of time."""
    dice = random.Random(1)
    for number in range(count):
        firm, sender = whose(number)
        state = STATES[dice.randrange(100)]
        age = timedelta(seconds=dice.randrange((400 if state in ("completed", "cancelled") else 40) * 86_400))
        at = (NOW - age).isoformat(sep=" ")
        ends = (NOW + timedelta(days=dice.randrange(1, 15))).isoformat(sep=" ")
        yield {
            "id": key(1, number), "firm_id": firm, "sender_id": sender, "state": state,
            "launched_by_id": None if state == "draft" else sender,
            "title": title(number), "expiry_days": 15, "created_at": _stamp(at), "changed_at": _stamp(at),
            "handed_over_at": _stamp(at) if state == "draft" and number % 2 else None,
            "expires_at": _stamp(ends) if state == "running" else None,
        }  # fmt: skip


def recipients(count: int) -> Iterator[dict[str, Any]]:
    """Yield two people for each collection."""
    for number in range(count):
        for place, (given, family) in enumerate(names(number)):
            yield {
                "id": key(2 + place, number), "envelope_id": key(1, number), "position": 0, "step": place + 1,
                "role": "signer", "given_name": given, "family_name": family,
                "email": f"{given}.{family}@client{number % 20_000}.example".lower(),
                "state": "signed" if place else "invited",
            }  # fmt: skip


def words(count: int, whose: Callable[[int], tuple[int, int]]) -> Iterator[dict[str, Any]]:
    """Yield the words of each collection, as the room keeps them."""
    from paraphe.platform.envelopes.searching import words_of

    known: dict[str, list[bytes]] = {}
    for number in range(count):
        firm, _ = whose(number)
        text = " ".join((title(number), *(part for pair in names(number) for part in pair)))
        if text not in known:
            known[text] = words_of(text)
        for word in known[text]:
            yield {"envelope_id": key(1, number), "firm_id": firm, "word": word}


def documents(count: int, whose: Callable[[int], tuple[int, int]]) -> Iterator[dict[str, Any]]:
    """Yield documents of the last month, one in a hundred not signed."""
    dice = random.Random(2)
    for number in range(count):
        firm, owner = whose(number)
        age = dice.randrange(30 * 86_400)
        name = title(number)
        yield {
            "id": key(5, number), "firm_id": firm, "owner_id": owner, "title": name, "title_folded": name.lower(),
            "added_at": _stamp((NOW - timedelta(seconds=age)).isoformat(sep=" ")),
            "delete_on": (NOW.date() + timedelta(days=31 - age // 86_400)).isoformat(),
            "current": int(number % 100 > 0), "page_count": 3, "size": 80_000,
        }  # fmt: skip


def contacts(firm: int, person: int, count: int) -> Iterator[dict[str, Any]]:
    """Yield an address book."""
    for number in range(count):
        given, family = names(number)[0]
        folded = f"{family} {given}".lower()
        yield {
            "id": key(6, number), "firm_id": firm, "given_name": given, "family_name": family,
            "email": f"{number}@client.example", "created_by_id": person, "created_at": _stamp(NOW.isoformat(sep=" ")),
            "changed_at": _stamp(NOW.isoformat(sep=" ")), "search": folded, "sort_key": folded, "name_key": folded,
        }  # fmt: skip


def title(number: int) -> str:
    """Return the title of a collection."""
    return f"{TITLES[number % len(TITLES)]} {2020 + number % 7}"


def names(number: int) -> Sequence[tuple[str, str]]:
    """Return who signs a collection."""
    first = ("Zéphyrin" if number % RARE == 0 else "Claire", FAMILY[number % len(FAMILY)])
    return (first, ("Denis", FAMILY[number % 7]))


def key(kind: int, number: int) -> str:
    """Return the number of a row, spread like one that was drawn."""
    mixed = (number * 0x9E3779B97F4A7C15 + kind) & 0xFFFFFFFFFFFFFFFF
    return f"{mixed:016x}{kind:08x}{number:08x}"


def _stamp(text: str) -> str:
    from django.db import connection

    return text if connection.vendor == "postgresql" else text.removesuffix("+00:00")


def set_visibility(person: Any, visibility: str) -> None:
    """Let the firm show its people their own, or everything."""
    from paraphe.platform.firms.models import FirmOptions
    from tests.support import cast

    FirmOptions.objects.update_or_create(
        firm=cast.firm(cast.MARTIN),
        defaults={"changed": {"visibility": visibility}, "version": 1, "changed_by": person, "changed_at": NOW},
    )


if __name__ == "__main__":
    sys.exit(main())
