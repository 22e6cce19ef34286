"""Importing and exporting files, whatever program wrote them and whatever bytes they are."""

import time
import tracemalloc

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from paraphe.kernel.errors import NotFound
from paraphe.platform.contacts import api as contacts
from paraphe.platform.contacts import cards, tables
from paraphe.platform.contacts.errors import BadContact, BadFile
from paraphe.platform.contacts.importing import _read
from paraphe.platform.contacts.models import Contact, PendingImport
from paraphe.platform.contacts.reading import decoded
from paraphe.platform.contacts.rules import ContactData, contact_of, contact_of_line
from paraphe.platform.evidence import api as evidence
from tests.platform.conftest import ACTOR
from tests.platform.contacts.people import SOPHIE, add, bring, everything, of_alice
from tests.support import cast

pytestmark = pytest.mark.django_db
ELOISE = ContactData("Éloïse", "D'Artagnan", "eloise@exemple.fr", "+33612345678", "Œuvres & Cie", "en", "")

FRENCH = "Nom;Prénom;Adresse e-mail;Tél. portable;Société;Langue\n"
ROW = "D'Artagnan;Éloïse;Eloise@exemple.fr;06 12 34 56 78;Œuvres & Cie;anglais\n"
TABLES = {
    "UTF-8": (FRENCH + ROW).encode(),
    "UTF-8 with mark": (FRENCH + ROW).encode("utf-8-sig"),
    "Windows-1252": (FRENCH + ROW).encode("cp1252"),
    "old line ends": (FRENCH + ROW).replace("\n", "\r").encode(),
    "Excel Unicode text": (FRENCH + ROW).replace(";", "\t").encode("utf-16"),
    "tabs": (FRENCH + ROW).replace(";", "\t").encode(),
    "commas, quoted, English, other order": (
        'E-mail Address,"First Name",Ignored,Mobile Phone,"Last Name",Company,Language\r\n'
        'eloise@exemple.fr,"Éloïse","a ""b"", c",+33 6 12 34 56 78,D\'Artagnan,Œuvres & Cie,English\r\n'
    ).encode(),
    "separator told": ("sep=;\r\n" + FRENCH + ROW).encode(),
    "name in one piece": (
        "Nom complet;Courriel;Téléphone;Entreprise;Langue\n"
        "Éloïse D'Artagnan;eloise@exemple.fr;0612345678;Œuvres & Cie;en\n"
    ).encode(),
}
CARDS = {
    "4.0": (
        "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Éloïse D'Artagnan\r\nN:D'Artagnan;Éloïse;;;\r\n"
        'item1.EMAIL;TYPE="home,x:y":autre@exemple.fr\r\nEMAIL;PREF=1:eloise@exemple.fr\r\n'
        'TEL;TYPE=home;VALUE=uri:tel:+33142685300\r\nTEL;VALUE=uri;TYPE="cell":tel:+33-6-12-34-56-78;ext=1\r\n'
        "ORG:Œuvres & Cie;;\r\nLANG:en\r\nEND:VCARD\r\n"
    ).encode(),
    "3.0 folded": (
        "BEGIN:VCARD\nVERSION:3.0\nN:D'Arta\n gnan;Éloïse;;;\nFN:x\nEMAIL;TYPE=INTERNET:eloise@exe\n\tmple.fr\n"
        "TEL;TYPE=CELL:06 12 34 56 78\nORG:Œuvres & Cie\nLANG:en\nPHOTO;ENCODING=b:AAAA\n BBBB\nEND:VCARD\n"
    ).encode(),
    "2.1 quoted-printable": (
        b"BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:D'Artagnan;=C3=89lo=C3=\r\n"
        b"=AFse;;;\r\nTEL;CELL:0612345678\r\nEMAIL;INTERNET:eloise@exemple.fr\r\nLANG:en\r\n"
        b"ORG;ENCODING=QUOTED-PRINTABLE;CHARSET=Windows-1252:=8Cuvres & Cie\r\nEND:VCARD\r\n"
    ),
}


@pytest.mark.parametrize("data", (TABLES | CARDS).values(), ids=(TABLES | CARDS).keys())
def test_the_same_person_comes_out_of_whatever_program(data: bytes) -> None:
    alice, martin = of_alice()
    result = bring(alice, martin, data)
    assert result == contacts.ImportResult(added=1, known=0, refused=0)
    assert everything(alice, martin) == [ELOISE]
    assert bring(alice, martin, data) == contacts.ImportResult(added=0, known=1, refused=0)


def test_several_cards_and_one_without_end() -> None:
    card = "BEGIN:VCARD\nFN:{0}\nN:{0};;;;\nEND:VCARD\n"
    data = card.format("Un") + "BEGIN:VCARD\nN:Deux\n" + card.format("Trois") + "BEGIN:VCARD\nORG:Quatre\\; et Cie\n"
    found = _read(data.encode())
    assert [one.family_name for one in found.contacts] == ["Un", "Trois"]
    assert [(one.line, one.reason) for one in found.refused] == [(5, "unfinished_card"), (11, "unfinished_card")]


def test_a_company_without_a_person_stays_a_company() -> None:
    (line,) = cards.read(cards.write([ContactData(company="ACME; fils, et Cie")]).decode())
    assert contact_of_line(line.typed) == ContactData(company="ACME; fils, et Cie")


def test_a_preview_counts_and_says_why_each_line_is_refused() -> None:
    alice, martin = of_alice()
    add(alice, martin, **SOPHIE)
    data = (
        "Nom;Prénom;E-mail;Mobile;Langue;Note\n"
        "Lefèvre Nunez;sophie;sophie.lefevre@exemple.fr;;;\n"
        'Zola;Émile;emile@exemple.fr;;;"première ligne\nseconde ligne"\n'
        "Sand;George;pas une adresse;;;\n"
        "Hugo;Victor;;01 42 68 53 00;;\n"
        ";;seul@exemple.fr;;;\n"
        "\n"
        "Verne;Jules;;;klingon;\n"
        "Zola;Emile;EMILE@exemple.fr;;;\n"
        "Dumas;Alexandre;;;;;;de trop\n"
    ).encode()
    preview = contacts.begin_import(person=alice, firm=martin, data=data)
    assert (preview.new, preview.known, preview.kind) == (1, 2, "csv")
    assert [(one.line, one.field, one.reason) for one in preview.refused] == [
        (5, "email", "bad_email"),
        (6, "mobile", "not_mobile"),
        (7, "family_name", "nameless"),
        (9, "language", "bad_language"),
        (11, "", "too_many_columns"),
    ]
    assert [one.note for one in preview.samples] == ["première ligne\nseconde ligne"]
    assert Contact.objects.count() == 1
    assert contacts.pending_import(alice, martin, preview.id) == preview
    result = contacts.import_rows(actor=ACTOR, person=alice, firm=martin, import_id=preview.id)
    assert result == contacts.ImportResult(added=1, known=2, refused=5)
    assert Contact.objects.filter(source="csv").count() == 1
    last = evidence.history(firm=str(martin.pk)).last()
    assert last is not None
    assert (last.tag, last.data) == ("contact:imported", {"added": 1, "known": 2, "refused": 5, "format": "csv"})
    with pytest.raises(NotFound):
        contacts.import_rows(actor=ACTOR, person=alice, firm=martin, import_id=preview.id)


@pytest.mark.parametrize(
    ("whole", "given_name", "family_name"),
    [
        ("Jean Dupont", "Jean", "Dupont"),
        ("DUPONT Jean", "Jean", "DUPONT"),
        ("Jean-Pierre DE LA TOUR", "Jean-Pierre", "DE LA TOUR"),
        ("Ludwig van Beethoven", "Ludwig", "van Beethoven"),
        ("JEAN DUPONT", "JEAN", "DUPONT"),
        ("Molière", "", "Molière"),
    ],
)
def test_a_name_in_one_piece_is_taken_apart(whole: str, given_name: str, family_name: str) -> None:
    found = contact_of_line({"full_name": whole})
    assert (found.given_name, found.family_name) == (given_name, family_name)


@pytest.mark.parametrize(
    "table",
    [
        "Name\nJean Dupont",
        "Name;First name\nDupont;Jean",
        "Name;First name;Last name\nx;Jean;Dupont",
        "Contact\nDUPONT Jean",
    ],
)
def test_a_column_called_name_is_the_whole_one_or_the_family(table: str) -> None:
    (found,) = _read(table.encode()).contacts
    assert (found.given_name, found.family_name.title()) == ("Jean", "Dupont")


def test_a_telephone_that_is_no_mobile_is_left_out_only_where_any_telephone_may_stand() -> None:
    found = _read(b"Nom;T\xe9l\xe9phone;Mobile\nA;0142685300;\nB;06 12 34 56 78;\nC;;0142685300\nD;;07 56 78 90 12\n")
    assert [one.mobile for one in found.contacts] == ["", "+33612345678", "+33756789012"]
    assert [(one.line, one.reason) for one in found.refused] == [(4, "not_mobile")]


def test_a_couple_with_one_address_is_two_contacts() -> None:
    alice, martin = of_alice()
    data = b"Nom;Prenom;E-mail\nCurie;Marie;curie@exemple.fr\nCurie;Pierre;curie@exemple.fr\n"
    assert bring(alice, martin, data).added == 2
    assert [one.reason for one in contacts.duplicates(alice, martin)] == ["email"]


def test_an_import_belongs_to_who_brought_it_and_can_be_abandoned() -> None:
    alice, martin = of_alice()
    pending = contacts.begin_import(person=alice, firm=martin, data=b"Nom\nZola\n")
    bob = cast.sign_in(cast.BOB)
    with pytest.raises(NotFound):
        contacts.pending_import(bob, martin, pending.id)
    contacts.abandon_import(person=alice, firm=martin, import_id=pending.id)
    assert not PendingImport.objects.exists()
    assert not Contact.objects.exists()


def test_an_import_that_breaks_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    alice, martin = of_alice()
    pending = contacts.begin_import(person=alice, firm=martin, data=b"Nom\nZola\n")

    def broken(*words: object, **more: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(evidence, "record", broken)
        with pytest.raises(RuntimeError):
            contacts.import_rows(actor=ACTOR, person=alice, firm=martin, import_id=pending.id)
    assert not Contact.objects.exists()
    assert contacts.import_rows(actor=ACTOR, person=alice, firm=martin, import_id=pending.id).added == 1


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"PK\x03\x04 an Excel file", "spreadsheet"),
        (b"\xd0\xcf\x11\xe0 an old one", "spreadsheet"),
        (b"bonjour\n", "no_columns"),
        (b"E-mail;Note\na@exemple.fr;x\n", "no_columns"),
        (b'Nom\n"' + b"x" * 200_000, "unreadable"),
        (b"Nom\n" + b"x\n" * 20_001, "too_many"),
        (b"Nom\n" + b"x" * 5_000_000, "too_large"),
    ],
    ids=lambda one: one if isinstance(one, str) else None,
)
def test_a_file_of_which_nothing_can_be_read_is_refused_as_a_whole(data: bytes, reason: str) -> None:
    alice, martin = of_alice()
    with pytest.raises(contacts.BadFile) as refusal:
        contacts.begin_import(person=alice, firm=martin, data=data)
    assert refusal.value.reason == reason
    assert not PendingImport.objects.exists()


def test_20_000_lines_are_imported_in_little_time_and_memory() -> None:
    alice, martin = of_alice()
    rows = "".join(
        f"Client {number};Jean;client{number}@exemple.fr;06 {number // 10_000:02} {number // 100 % 100:02} "
        f"{number % 100:02} 99\n"
        for number in range(20_000)
    )
    data = f"Nom;Prénom;E-mail;Mobile\n{rows}".encode("latin-1")
    started = time.process_time()
    tracemalloc.start()
    preview = contacts.begin_import(person=alice, firm=martin, data=data)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (preview.new, preview.known, len(preview.refused)) == (20_000, 0, 0)
    assert most < 150_000_000
    assert contacts.import_rows(actor=ACTOR, person=alice, firm=martin, import_id=preview.id).added == 20_000
    again = contacts.begin_import(person=alice, firm=martin, data=data)
    assert (again.new, again.known) == (0, 20_000)
    # Ten times what it takes alone: a cost that grows with the square of the lines is seen.
    assert time.process_time() - started < 120


def test_lines_that_go_on_for_ever_cost_no_more_than_others() -> None:
    started = time.process_time()
    soft = b"BEGIN:VCARD\nN;ENCODING=QUOTED-PRINTABLE:x=\n" + b"a=\n" * 1_500_000
    folded = b"BEGIN:VCARD\nN:x\n" + b" a\n" * 1_500_000
    name = b"BEGIN:VCARD\n" + b"a" * 4_000_000
    quotes = b"BEGIN:VCARD\nN;X=" + b'"' * 2_000_001 + b":\n"
    for data in (soft, folded, name, quotes):
        assert [one.reason for one in _read(data).refused] == ["unfinished_card"]
    assert time.process_time() - started < 60


@pytest.mark.parametrize("value", ["=1+1", "+33", "-5", "@SUM(A1)", "'=1", "''+1", "＝1", "'t Hooft", "O'Brien-Πλάτων"])
def test_no_spreadsheet_computes_an_exported_field(value: str) -> None:
    data = tables.write([ContactData(family_name=value, note=value)], "en")
    cells = data.decode("utf-8-sig").splitlines()[1].split(";")
    assert not any(cell.strip('"')[:1] in "=+-@＝" for cell in cells if cell)
    (line,) = tables.read(decoded(data))
    assert contact_of_line(line.typed) == ContactData(family_name=value, note=value)


def _kept(typed: dict[str, str]) -> ContactData | None:
    try:
        return contact_of(typed)
    except BadContact:
        return None


WORDS = st.text(max_size=30) | st.text(alphabet="=+-@'’\";,\t\n\\:Éé Ως-", max_size=20)
DATA = st.builds(
    lambda given_name, family_name, company, note, language, mobile, email: _kept(
        {
            "given_name": given_name,
            "family_name": family_name,
            "company": company,
            "note": note,
            "language": language,
            "mobile": mobile,
            "email": email,
        }
    ),
    WORDS,
    WORDS,
    WORDS,
    WORDS,
    st.sampled_from(["fr", "en"]),
    st.sampled_from(["", "0612345678", "+352621123456"]),
    st.sampled_from(["", "a@exemple.fr", "o'brien+x@exemple.fr"]),
).filter(lambda one: one is not None)


@settings(max_examples=300, deadline=None)
@given(st.lists(DATA, max_size=5), st.sampled_from(["fr", "en"]))
@example([ContactData(family_name="O'Brien", given_name="Zoë", company="Αλφα-Ωμέγα")], "fr")
def test_what_is_exported_is_read_back_the_same(given_contacts: list[ContactData], language: str) -> None:
    for text in (decoded(tables.write(given_contacts, language)), cards.write(given_contacts).decode()):
        lines = list(cards.read(text) if cards.is_card(text) else tables.read(text)) if text.strip() else []
        assert [contact_of_line(line.typed) for line in lines] == given_contacts


PIECES = [
    *(b"BEGIN:VCARD", b"END:VCARD", b"\n", b"\r", b" ", b"N", b"FN", b"TEL", b"ORG", b":", b";", b"=", b"\\"),
    *(b"ENCODING=QUOTED-PRINTABLE", b"CHARSET=", b"UTF-8", b"idna", b'"', b"tel:", b"=C3", b"\xff\xfe", b"\x00"),
]
BYTES = (
    st.binary(max_size=400)
    | st.binary(max_size=400).map(lambda tail: b"Nom;Note;Mobile\n" + tail)
    | st.binary(max_size=400).map(lambda tail: b"BEGIN:VCARD\nN:a;b\n" + tail + b"\nEND:VCARD\n")
    | st.lists(
        st.sampled_from(PIECES),
        max_size=40,
    ).map(b"".join)
)


@settings(max_examples=500, deadline=None)
@given(BYTES)
def test_no_bytes_break_the_reading(data: bytes) -> None:
    try:
        found = _read(data)
    except BadFile:
        return
    for one in found.contacts:
        assert contact_of({name: getattr(one, name) for name in contacts.FIELDS}) == one


@settings(max_examples=60, deadline=None)
@given(BYTES)
def test_whatever_is_read_can_be_kept(data: bytes) -> None:
    alice, martin = of_alice()
    try:
        result = bring(alice, martin, data)
    except BadFile:
        return
    assert result.added <= Contact.objects.count()
