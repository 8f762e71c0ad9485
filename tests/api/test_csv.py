"""CSV: the same rows as JSON, all of them, streamed, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from articles.models import Source
from corpus import paging
from corpus.cells import cell, together
from tests import factories as make
from tests.api.conftest import API

pytestmark = pytest.mark.django_db


def read(api: API, path: str, **headers: str) -> list[dict[str, str]]:
    response = api.get(path, **headers)
    assert response.status_code == 200
    assert response.streaming
    return list(csv.DictReader(io.StringIO(b"".join(response).decode(), newline="")))


def test_the_rows_are_those_of_the_list(api: API, corpus: dict[str, Any]) -> None:
    for query in "", "kind=direct&sort=date", "q=ferry", "source!=severn-gazette":
        rows = read(api, f"quotes/?{query}&format=csv")
        assert [row["uid"] for row in rows] == [row["uid"] for row in api.rows(f"quotes/?{query}")]
    [person] = read(api, "people/?include=names", Accept="text/csv")
    assert person["names.text"] == "Ruth Ashdown | Cllr Ashdown | Ruth Ashdowne"


def test_nested_values_are_columns(api: API, corpus: dict[str, Any]) -> None:
    [row] = read(api, "quotes/?format=csv&q=ferry")
    assert row["article.source.slug"] == "severn-gazette"
    assert row["speakers.person.slug"] == "ruth-ashdown"
    assert row["speakers.printed"] == "Ruth Ashdowne"
    start = corpus["ferry"].start
    assert row["anchor.spans"] == f"[[{start}, {start + 20}], [{start + 32}, {start + 50}]]"
    assert row["nested_in"] == ""


def test_fields_choose_the_columns(api: API, corpus: dict[str, Any]) -> None:
    rows = read(api, "quotes/?format=csv&fields=uid,speakers.person.name,article.published&sort=date")
    assert list(rows[0]) == ["uid", "speakers.person.name", "article.published"]
    assert [row["speakers.person.name"] for row in rows] == ["Ruth Ashdown", "Ruth Ashdown", ""]


def test_it_is_whole_however_long(api: API, monkeypatch: pytest.MonkeyPatch) -> None:
    article = make.make_article(gated=False)
    uids = [make.make_quote(article, gated=False).uid for _ in range(7)]
    make.settle([article])
    monkeypatch.setattr(paging.every, "__defaults__", (3, None))
    path = f"quotes/?format=csv&article={article.uid}"
    assert [row["uid"] for row in read(api, path)] == uids[::-1]
    # By relevance only the best are shown in pages; a file has all of them.
    monkeypatch.setattr(paging, "MAX_RANKED", 2)
    assert len(read(api, f"{path}&q=bridge&sort=relevance")) == 7


def test_it_is_a_file_to_keep(api: API, corpus: dict[str, Any]) -> None:
    response = api.get("quotes/?format=csv")
    assert response["Content-Disposition"] == 'attachment; filename="quotes.csv"'
    assert response["Content-Type"] == "text/csv; charset=utf-8; header=present"


def test_one_thing_as_csv(api: API, corpus: dict[str, Any]) -> None:
    response = api.get(f"quotes/{corpus['monday'].uid}/?format=csv&fields=uid,kind")
    assert response.content.decode() == f"uid,kind\r\n{corpus['monday'].uid},direct\r\n"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_no_cell_is_a_formula(api: API, text: str) -> None:
    assert cell(text) == f"'{text}"
    assert cell([text]) == f"'{text}"
    source = make.make_source()
    make.make_article(source=source)
    Source.objects.filter(pk=source.pk).update(name=text)
    [row] = read(api, f"articles/?format=csv&source={source.slug}")
    assert row["source.name"] == f"'{text}"


@pytest.mark.parametrize(
    "value, text",
    [
        (None, ""), (True, "true"), (False, "false"), (0, "0"), (-0.5, "-0.5"), ("a, “b”", "a, “b”"), ([], ""),
        (["a", "b"], "a | b"), ([[1, 2]], "[[1, 2]]"), ("'quoted'", "'quoted'"),
    ],
)  # fmt: skip
def test_cells(value: object, text: str) -> None:
    assert cell(value) == text


def test_several_values_share_a_cell() -> None:
    assert together([["'=1", "a"], ["2", ""], ["", "b"]]) == ["'=1 | 2 | ", "a |  | b"]


def test_lines_are_quoted_as_the_rfc_has_it(api: API, corpus: dict[str, Any]) -> None:
    Source.objects.filter(pk=corpus["mercury"].pk).update(name='x"y\nz, w')
    response = api.get("sources/?format=csv&fields=slug,name&q=x")
    assert b"".join(response).decode() == 'slug,name\r\naldermouth-mercury,"x""y\nz, w"\r\n'
