"""Names as strings: which printed forms meet in one key, and what is a slug."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people import names


@pytest.mark.parametrize(
    "printed, key",
    [
        ("Ruth Ashdown", "ruth ashdown"),
        ("Dame Ruth Ashdown", "ruth ashdown"),
        ("Coun Ruth Ashdown", "ruth ashdown"),
        ("Sir Keir O’Neill MP", "keir oneill"),
        ("Rt Hon Ada Brook KC", "rt hon ada brook"),
        ("Zoë O'Neill-Brook", "zoe oneill brook"),
        ("Zoe O’Neill Brook", "zoe oneill brook"),
        ("RUTH ASHDOWN", "ruth ashdown"),
        ("Ruth  Ashdown,", "ruth ashdown"),
        ("Ruth Ashdown’s", "ruth ashdown"),
        ("the unions'", "unions"),
        ("The Coastal Authority", "coastal authority"),
        ("P.W.U.", "pwu"),
        ("Mrs", "mrs"),
        ("Dr", "dr"),
        ("Łukasz Żak", "łukasz zak"),
        ("Київ", "киів"),
        ("—", "—"),
    ],
)
def test_matching_keys(printed: str, key: str) -> None:
    assert names.matching_key(printed) == key


@pytest.mark.parametrize(
    "printed, titles, name",
    [
        ("Dame Ada Brook", ("Dame",), "Ada Brook"),
        ("Rev Dr Ada Brook", ("Rev", "Dr"), "Ada Brook"),
        ("Ada Brook MP", (), "Ada Brook"),
        ("Ada Brook", (), "Ada Brook"),
        ("Justice", (), "Justice"),
    ],
)
def test_titles_are_split_off(printed: str, titles: tuple[str, ...], name: str) -> None:
    assert names.split_titles(printed) == (titles, name)


@pytest.mark.parametrize(
    "printed, slug",
    [("Zoë O’Neill-Brook", "zoe-oneill-brook"), ("Mrs Thorley", "thorley"), ("Київ", "person"), ("§§", "person")],
)
def test_slugs(printed: str, slug: str) -> None:
    assert names.slug(printed) == slug


@given(st.text(min_size=1))
def test_keys_and_slugs_exist_for_whatever_is_printed(text: str) -> None:
    assert names.matching_key(text)
    assert len(names.matching_key(text)) <= 200
    assert names.slug(text).isascii()
    assert 0 < len(names.slug(text)) <= 100
