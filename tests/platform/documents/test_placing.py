"""One rule places the signatures of many documents, whatever the size of their pages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraphe.platform.documents.placing import SIDES, Pages, Rule, Side, placed
from paraphe.platform.web.documents.forms import TogetherForm

sizes = st.tuples(st.floats(20, 5000), st.floats(20, 5000))


@given(
    pages=st.lists(sizes, min_size=1, max_size=4).map(tuple),
    place=st.sampled_from(["first", "last"]),
    side=st.sampled_from(SIDES),
    box=st.none() | st.tuples(*[st.floats(0, 20_000)] * 4),
)
def test_the_box_lies_on_its_page(
    pages: Pages, place: str, side: Side, box: tuple[float, float, float, float] | None
) -> None:
    found, field = placed(Rule(place, "", side, box), pages, b"")  # type: ignore[arg-type]
    assert field is None
    assert found is not None
    assert found.page == (0 if place == "first" else len(pages) - 1)
    width, height = pages[found.page]
    assert 0 <= found.x <= width - found.width + 0.01
    assert 0 <= found.y <= height - found.height + 0.01


def test_sides_and_an_exact_place_are_the_same_on_all() -> None:
    a4, a5 = ((595.0, 842.0),), ((420.0, 595.0),)
    left = [placed(Rule(side="left"), pages, b"")[0] for pages in (a4, a5)]
    assert [box.x for box in left if box] == [36.0, 36.0]
    exact = [placed(Rule(box=(50.0, 60.0, 150.0, 50.0)), pages, b"")[0] for pages in (a4, a5)]
    assert [(box.x, box.y, box.width, box.height) for box in exact if box] == [(50.0, 60.0, 150.0, 50.0)] * 2


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"left": "20", "top": ""}, {"top"}),
        ({"left": "", "top": "20"}, {"left"}),
        ({"left": "20", "top": "-1"}, {"top"}),
        ({"left": "nan", "top": "20"}, {"left"}),
        ({"left": "20", "top": "30", "width": "5"}, {"width"}),
        ({"side": "above"}, {"side"}),
        ({"left": "20", "top": "30"}, set()),
        ({}, set()),
    ],
)
def test_a_place_in_millimetres_is_whole_or_none(given: dict[str, str], wrong: set[str]) -> None:
    form = TogetherForm({"place": "last", **given})
    assert set(form.errors) == wrong
    if not wrong:
        assert form.exact == (pytest.approx((56.69, 85.04, 198.43, 70.87), abs=0.01) if given else None)
