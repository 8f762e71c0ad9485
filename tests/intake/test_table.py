"""Tables and mappings: whose columns hold what, row by row, each error with its line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from articles import intake
from articles.intake import Failure, Item, parse_mapping

MAPPING = {"headline": "Title", "text": "Body", "url": "Link", "published": "Date"}


def rows(text: str | bytes, mapping: dict[str, str] | None = None, name: str = "export.csv") -> list[Item | Failure]:
    return intake.item_from_upload(name, text.encode() if isinstance(text, str) else text, mapping=mapping)


def told(found: list[Item | Failure]) -> list[tuple[str, str]]:
    return [(entry.name, entry.error if isinstance(entry, Failure) else entry.text) for entry in found]


def test_a_mapping_says_which_column_holds_what() -> None:
    table = (
        'ID,Title,Body,Link,Date,Notes\r\n1,"The bridge, again","First line\r\n“Second,” she said.",https://a.example/1,12 March 2024,x\r\n'
        "2,Ferry,Ferry text,,2024-03,\r\n"
    )
    first, second = rows(table, MAPPING)
    assert isinstance(first, Item)
    assert isinstance(second, Item)
    assert (first.name, first.headline, first.text) == (
        "export.csv:2",
        "The bridge, again",
        "First line\n“Second,” she said.",
    )
    assert (first.url, first.how, first.media_type) == ("https://a.example/1", "csv", "text/csv")
    assert first.published is not None
    assert first.published.day == dt.date(2024, 3, 12)
    assert (
        first.raw
        == '1,"The bridge, again","First line\r\n“Second,” she said.",https://a.example/1,12 March 2024,x'.encode()
    )
    assert (second.name, second.text, second.published and second.published.precision) == (
        "export.csv:4",
        "Ferry text",
        "month",
    )


def test_columns_called_as_fields_need_no_mapping() -> None:
    [item] = rows("Headline;TEXT;source\nFerry;“No,” he said.;mercury\n")
    assert isinstance(item, Item)
    assert (item.headline, item.text, item.source) == ("Ferry", "“No,” he said.", "mercury")


@pytest.mark.parametrize(
    "table, encoding",
    [("text\n“Café”", "utf-8"), ("text\n“Café”", "utf-8-sig"), ("text\n“Café”", "cp1252"), ("text\n“Café”", "utf-16"), ("text\r“Café”\r", "utf-8")],
)  # fmt: skip
def test_spreadsheets_write_in_many_ways(table: str, encoding: str) -> None:
    assert told(rows(table.encode(encoding))) == [("export.csv:2", "“Café”")]


def test_a_row_that_fails_says_where_and_why_and_the_rest_go_in() -> None:
    table = """\
Title,Body,Link,Date
One,Text one,https://a.example/1,2024-03-12

Two,,https://a.example/2,
Three,Text three,a.example/3,
Four,Text four,,yesterday
Five,Text five,,,,,
Six,"Text
six",,
Seven,Text seven,,
"""
    assert told(rows(table, MAPPING)) == [
        ("export.csv:2", "Text one"),
        ("export.csv:4", "export.csv:4: no article: the cell of its text is empty."),
        ("export.csv:5", "export.csv:5: url is 'a.example/3': write a whole address, beginning with http:// or https://."),
        ("export.csv:6", "export.csv:6: published is 'yesterday': write it as 2016-06-29, 2016-06-29T14:05, 2016-06 or 2016."),
        ("export.csv:7", "export.csv:7: 7 cells under 4 columns; put a cell that holds a comma between double quotes."),
        ("export.csv:8", "Text\nsix"),
        ("export.csv:10", "Text seven"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "table, mapping, sentence",
    [
        ("", {}, "export.csv is empty: its first line names the columns."),
        ("a,b\n1,2", {}, "export.csv does not say which column holds the article: map it, such as text=Body; its columns are a, b."),
        ("a,b\n1,2", {"text": "Body"}, "export.csv has no column 'Body': its columns are a, b."),
        ("text,Text,text\n1,2,3", {}, "export.csv has the column 'text' twice: rename one of them."),
        ('text\n"open', {}, "export.csv:2: not well-formed CSV (unexpected end of data); put a cell that holds quotes between quotes."),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_read(table: str, mapping: dict[str, str], sentence: str) -> None:
    [failure] = rows(table, mapping)
    assert isinstance(failure, Failure)
    assert failure.error == sentence


def test_html_in_a_cell_is_read_as_a_page() -> None:
    html = "<html><head><meta property='og:title' content='Ferry &amp; bridge'></head><body><p>The ferry stays, the council said on Monday.</p></body></html>"
    [item] = rows(f'Page,Title\n"{html}",\n', {"html": "Page", "headline": "Title"})
    assert isinstance(item, Item)
    assert (item.text, item.headline) == ("The ferry stays, the council said on Monday.", "Ferry & bridge")


def test_what_a_spreadsheet_spoilt_is_mended_in_the_text_alone() -> None:
    [item] = rows("text\theadline\n“It â€˜sÃ©emsâ€™ so,” she said &amp; left\tCaf\u00c3\u00a9\n")
    assert isinstance(item, Item)
    assert (item.text, item.headline) == ("“It ‘séems’ so,” she said & left", "Café")
    assert "â€˜sÃ©emsâ€™" in item.raw.decode()


def test_json_lines_take_a_mapping_too() -> None:
    line = '{"Title": "Ferry", "Body": "Text", "Other": 7, "source": "mercury"}\n'
    [item] = rows(line, {"headline": "Title", "text": "Body"}, "a.jsonl")
    assert isinstance(item, Item)
    assert (item.headline, item.text, item.source) == ("Ferry", "Text", "mercury")
    [failure] = rows(line, {}, "a.jsonl")
    assert isinstance(failure, Failure)
    assert "unknown field 'Title'" in failure.error


def test_tables_in_a_folder_are_news_only_when_mapped(tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text("Body\nText\n")
    (tmp_path / "manifest.csv").write_text("file,headline\n")
    assert list(intake.items([tmp_path])) == []
    assert intake.count([tmp_path]) == 0
    [item] = intake.items([tmp_path], mapping={"text": "Body"})
    assert isinstance(item, Item)
    assert intake.count([tmp_path], mapping={"text": "Body"}) is None, "nobody knows before it is read"


@pytest.mark.parametrize(
    "said, mapping",
    [
        ("headline=Title,text=Body", {"headline": "Title", "text": "Body"}),
        (" headline = The Title , ", {"headline": "The Title"}),
        ("text=a=b", {"text": "a=b"}),
        ("", {}),
    ],
)
def test_a_mapping_is_written_in_a_line(said: str, mapping: dict[str, str]) -> None:
    assert parse_mapping(said) == mapping


@pytest.mark.parametrize(
    "said, sentence",
    [
        ("headline", "'headline' maps nothing: write field=column"),
        ("headline=", "maps nothing"),
        ("title=Title", "'title' is no field: the fields are url, "),
        ("text=A,text=B", "the field 'text' is mapped twice"),
    ],
)
def test_a_mapping_that_says_nothing(said: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        parse_mapping(said)
