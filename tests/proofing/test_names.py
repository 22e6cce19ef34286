"""Names as French people bear them, and as documents show them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraphe.proofing.claim import Claim
from paraphe.proofing.names import NameDifference, NameMatch, NameOutcome, SeenName, match

EXACT, COMPATIBLE, FUZZY, MISMATCH = (
    NameOutcome.EXACT,
    NameOutcome.COMPATIBLE,
    NameOutcome.FUZZY,
    NameOutcome.MISMATCH,
)

SURNAMES = [
    # Accents, hyphens, apostrophes, particles written apart or together.
    ("Martin", "MARTIN", EXACT),
    ("Le Gall-Dubois", "LE GALL DUBOIS", EXACT),
    ("Le Gall-Dubois", "LEGALL-DUBOIS", EXACT),
    ("D'Artagnan", "DARTAGNAN", EXACT),
    ("D’Artagnan", "D ARTAGNAN", EXACT),
    ("De La Tour", "DE LA TOUR", EXACT),
    ("Delatour", "DE LA TOUR", EXACT),
    ("N'Guyen", "NGUYEN", EXACT),
    ("Œuvrard", "OEUVRARD", EXACT),
    ("Lefèvre", "LEFEVRE", EXACT),
    ("Lefe\u0300vre", "LEFEVRE", EXACT),
    ("L'Haÿ-les-Roses", "LHAY LES ROSES", EXACT),
    ("Cœur-Brûlé", "COEUR<BRULE", EXACT),
    # The table of ICAO and what states do beside it.
    ("Müller", "MUELLER", EXACT),
    ("Müller", "MULLER", EXACT),
    ("Müller", "MUXXLLER", EXACT),
    ("Mueller", "MÜLLER", EXACT),
    ("Straße", "STRASSE", EXACT),
    ("STRAẞE", "STRASSE", EXACT),
    ("Schröder-Bäcker", "SCHROEDER BAECKER", EXACT),
    ("Schröder-Bäcker", "SCHRODER BACKER", EXACT),
    ("Åkesson", "AAKESSON", EXACT),
    ("Åkesson", "AKESSON", EXACT),
    ("Sørensen", "SORENSEN", EXACT),
    ("Sørensen", "SOERENSEN", EXACT),
    ("Muñoz", "MUNOZ", EXACT),
    ("Muñoz", "MUNXXOZ", EXACT),
    ("Łukasiewicz", "LUKASIEWICZ", EXACT),
    ("Đorđević", "DORDEVIC", EXACT),
    ("Þórsson", "THORSSON", EXACT),
    ("Yıldız", "YILDIZ", EXACT),
    ("İnönü", "INONU", EXACT),
    ("Ærø", "AEROE", EXACT),
    ("Ĳsselstein", "IJSSELSTEIN", EXACT),
    ("Gal·la", "GALLA", EXACT),
    # Parts of double names, particles left out.
    ("Le Gall-Dubois", "LE GALL", COMPATIBLE),
    ("Le Gall-Dubois", "DUBOIS", COMPATIBLE),
    ("Dubois", "LE GALL DUBOIS", COMPATIBLE),
    ("De La Tour", "TOUR", COMPATIBLE),
    ("Tour", "DE LA TOUR", COMPATIBLE),
    ("van der Meer", "MEER", COMPATIBLE),
    ("Tour de Dubois", "TOUR DUBOIS", COMPATIBLE),
    ("Garcia Lopez", "GARCIA", COMPATIBLE),
    ("Dupont", "MARTIN EPOUSE DUPONT", COMPATIBLE),
    # What is not a part.
    ("De La Tour", "DE LA", MISMATCH),
    ("Le Gall", "LE", MISMATCH),
    ("Saint-Martin", "MARTIN", MISMATCH),
    ("Ali", "BEN ALI", MISMATCH),
    ("Martin", "MARTINEAU", MISMATCH),
    ("Bois", "DUBOIS", MISMATCH),
    # A slip, two in a long name, none in a short one; the order of a double name.
    ("Martin", "MARTEN", FUZZY),
    ("Martin", "MATRIN", FUZZY),
    ("Muller", "MUELLER", FUZZY),
    ("Lukasiewicz", "LUKASZEWITZ", FUZZY),
    ("Martin", "MARTUM", MISMATCH),
    ("Petit", "PETIF", FUZZY),
    ("Roux", "ROUY", MISMATCH),
    ("Le", "LI", MISMATCH),
    ("Le Gall-Dubois", "DUBOIS LE GALL", FUZZY),
    ("Martin", "DURAND", MISMATCH),
    ("Martin", "", MISMATCH),
    ("", "MARTIN", MISMATCH),
    ("", "", MISMATCH),
    ("Мартин", "MARTIN", MISMATCH),
]


@pytest.mark.parametrize(("claimed", "seen", "outcome"), SURNAMES)
def test_a_surname(claimed: str, seen: str, outcome: NameOutcome) -> None:
    assert match(Claim("Alice", claimed), SeenName(seen, "ALICE")).outcome is outcome


GIVEN_NAMES = [
    ("Jean-Paul", "JEAN PAUL", EXACT),
    ("Jean Paul", "JEAN-PAUL", EXACT),
    ("Étienne", "ETIENNE", EXACT),
    ("Maëlys Gaëlle Marie", "MAELYS GAELLE MARIE", EXACT),
    ("Åsa", "AASA", EXACT),
    ("Chloé", "CHLOÉ", EXACT),
    ("Maëlys", "MAELYS GAELLE MARIE", COMPATIBLE),
    ("Maëlys Marie", "MAELYS GAELLE MARIE", COMPATIBLE),
    ("Maëlys Gaëlle Marie", "MAELYS", COMPATIBLE),
    ("Jean-Paul", "JEAN PAUL PIERRE", COMPATIBLE),
    ("Jean", "JEAN PAUL", COMPATIBLE),
    # Where the hyphen is to be seen, Jean is not Jean-Paul.
    ("Jean", "JEAN-PAUL", FUZZY),
    ("Jean-Paul", "JEAN", FUZZY),
    ("Jean Pierre", "JEAN MARIE", FUZZY),
    ("Gaëlle", "MAELYS GAELLE MARIE", FUZZY),
    ("Marie-Anne", "SOPHIE MARIE ANNE", FUZZY),
    ("Sophie Marie", "MARIE", FUZZY),
    ("Alice", "ALYCE", FUZZY),
    ("Maëlys", "MAELIS GAELLE MARIE", FUZZY),
    ("Léa", "LEO", MISMATCH),
    ("Alice", "CHLOE", MISMATCH),
    ("Alice", "", MISMATCH),
    ("", "ALICE", MISMATCH),
    ("-", "ALICE", MISMATCH),
]


@pytest.mark.parametrize(("claimed", "seen", "outcome"), GIVEN_NAMES)
def test_given_names(claimed: str, seen: str, outcome: NameOutcome) -> None:
    assert match(Claim(claimed, "Martin"), SeenName("MARTIN", seen)).outcome is outcome


CUT_SURNAMES = [
    # The French licence has room for eight letters.
    ("Le Gall-Dubois", "LE GALL", COMPATIBLE),
    ("Rochefoucauld", "ROCHEFOU", COMPATIBLE),
    ("Dubois-Legrand", "DUBOIS L", COMPATIBLE),
    ("Rochefoucauld", "ROCHEFOV", FUZZY),
    ("Rochefort", "ROCHEFOU", FUZZY),
    ("Richelieu", "ROCHEFOU", MISMATCH),
    ("Berthier", "BERTHIER", EXACT),
    ("Rochefoucauld", "RO", MISMATCH),
]


@pytest.mark.parametrize(("claimed", "seen", "outcome"), CUT_SURNAMES)
def test_a_surname_cut_by_the_end_of_its_field(claimed: str, seen: str, outcome: NameOutcome) -> None:
    shown = SeenName(seen, "ALICE", surname_cut=True)
    assert match(Claim("Alice", claimed), shown).outcome is outcome


CUT_GIVEN_NAMES = [
    ("Christiane Nicole", "CHRISTIANE NI", COMPATIBLE),
    ("Christiane", "CHRISTIANE NI", COMPATIBLE),
    ("Christiane Marie Nicole", "CHRISTIANE NI", COMPATIBLE),
    ("Christiane Nathalie", "CHRISTIANE NI", FUZZY),
    ("Anne-Christiane", "ANNE CHRIS", COMPATIBLE),
    ("Christiane", "CH", MISMATCH),
    ("Christiane", "", COMPATIBLE),
]


@pytest.mark.parametrize(("claimed", "seen", "outcome"), CUT_GIVEN_NAMES)
def test_given_names_cut_by_the_end_of_their_field(claimed: str, seen: str, outcome: NameOutcome) -> None:
    shown = SeenName("DOUEL", seen, given_names_cut=True)
    assert match(Claim(claimed, "Douel"), shown).outcome is outcome


def test_what_is_not_cut_does_not_go_on() -> None:
    assert match(Claim("Alice", "Rochefoucauld"), SeenName("ROCHEFOU", "ALICE")).outcome is MISMATCH
    assert match(Claim("Christiane", "Douel"), SeenName("DOUEL", "CHRIS")).outcome is MISMATCH


def test_the_name_at_birth_and_the_one_in_use_are_both_hers() -> None:
    alice = Claim("Alice", "Martin", usage_name="Le Gall")
    assert match(alice, SeenName("MARTIN", "ALICE")) == NameMatch(EXACT, "birth")
    assert match(alice, SeenName("LE GALL", "ALICE")) == NameMatch(EXACT, "usage")
    assert match(alice, SeenName("MARTIN", "ALICE", usage_name="LE GALL")).matched == "birth"
    assert match(alice, SeenName("DURAND", "ALICE")).matched is None


def test_a_name_in_use_that_the_account_has_as_surname_is_found_where_it_is_printed() -> None:
    assert match(Claim("Alice", "Le Gall"), SeenName("MARTIN", "ALICE", usage_name="LE GALL")).outcome is EXACT
    assert match(Claim("Alice", "Le Gall"), SeenName("MARTIN", "ALICE", usage_name="DURAND")).outcome is MISMATCH


def test_a_document_without_given_names_is_compatible_at_best() -> None:
    assert match(Claim("Alice", "Martin"), SeenName("MARTIN", None)) == NameMatch(COMPATIBLE, "birth")
    assert match(Claim("Alice", "Martin"), SeenName("DURAND", None)).outcome is MISMATCH


def test_a_near_miss_shows_what_differs() -> None:
    found = match(Claim("Étienne", "Le Gall-Dubois"), SeenName("LE GALL DUBOYS", "ETIENE MARC"))
    assert found.outcome is FUZZY
    assert found.differences == (
        NameDifference("surname", "Le Gall-Dubois", "LE GALL DUBOYS", FUZZY),
        NameDifference("given_name", "Étienne", "ETIENE MARC", FUZZY),
    )


def test_mallory_is_nobody_elses_name() -> None:
    assert match(Claim("Mallory", "Martin"), SeenName("MARTIN", "ALICE")).outcome is MISMATCH
    assert match(Claim("Alice", "Martin"), SeenName("ALICE", "MARTIN")).outcome is MISMATCH


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60), st.booleans())
def test_any_text_is_compared(surname: str, given_name: str, other: str, cut: bool) -> None:
    seen = SeenName(other, given_name, usage_name=surname, surname_cut=cut, given_names_cut=cut)
    assert match(Claim(given_name, surname, other), seen).outcome in NameOutcome


def test_a_name_full_of_special_letters_takes_no_time() -> None:
    name = "ÄÅÖØÜÑÆÞ " * 12
    assert match(Claim(name, name), SeenName(name, name)).outcome is EXACT
