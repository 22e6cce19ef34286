"""Numbers and sizes as people read them in their language."""

import pytest
from django.template import Context, Template
from django.utils.translation import gettext, ngettext, override

from paraphe.floor.design.french import spaced
from paraphe.floor.design.templatetags.design import octets

NO_BREAK = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("size", "french", "english"),
    [
        (0, "0 ko", "0 kB"),
        (1, "1 ko", "1 kB"),
        (61_400, "61 ko", "61 kB"),
        (999_499, "999 ko", "999 kB"),
        (999_500, "1 Mo", "1 MB"),
        (1_449_000, "1,4 Mo", "1.4 MB"),
        (50_000_000, "50 Mo", "50 MB"),
        (2_100_000_000, "2,1 Go", "2.1 GB"),
    ],
)
def test_sizes_count_in_thousands_as_the_limits_do(size: int, french: str, english: str) -> None:
    with override("fr"):
        assert octets(size).replace(NO_BREAK, " ") == french
    with override("en"):
        assert octets(size) == english.replace(" ", NO_BREAK)


@pytest.mark.parametrize(("count", "french", "english"), [(0, "document", "documents"), (1, "document", "document")])
def test_nothing_is_singular_in_french_only(count: int, french: str, english: str) -> None:
    words = Template(
        "{% load i18n %}{% blocktranslate count n=n %}document{% plural %}documents{% endblocktranslate %}"
    )
    with override("fr"):
        assert words.render(Context({"n": count})) == french
        assert ngettext("document", "documents", 2) == "documents"
    with override("en"):
        assert words.render(Context({"n": count})) == english


@pytest.mark.parametrize(
    ("sentence", "held"),
    [
        ("Total : {n} €", "Total_: {n}_€"),
        ("Signer « %(title)s » ?", "Signer «_%(title)s_»_?"),
        ("{p} % de %(total)s", "{p}_% de %(total)s"),
        ("de 50 %.", "de 50_%."),
        ("%(n)s %% lus", "%(n)s_%% lus"),
        ("à {a} ; puis !", "à {a}_; puis_!"),
        ("http://exemple.fr:8000 ?a=1", "http://exemple.fr:8000 ?a=1"),
    ],
)
def test_no_line_begins_with_a_sign_in_french(sentence: str, held: str) -> None:
    assert spaced(sentence) == held.replace("_", NO_BREAK)
    with override("fr"):
        assert gettext(sentence) == spaced(sentence)
    with override("en"):
        assert gettext(sentence) == sentence
