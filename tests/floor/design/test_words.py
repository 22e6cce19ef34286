"""Numbers and sizes as people read them in their language."""

import pytest
from django.template import Context, Template
from django.utils.translation import ngettext, override

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
