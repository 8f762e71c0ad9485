"""News from the web into the corpus: by command, form and API, one engine behind them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from articles.intake.web import page_item
from articles.models import Article, Capture, Visit
from articles.pipeline.identity import Sources
from corpus import tokens
from corpus.models import Tombstone
from tests.factories import make_source, make_story
from tests.fetching.conftest import Reply, Web
from tests.warcs import Archive

pytestmark = pytest.mark.django_db

PAGE = """<html lang="en"><head><title>Bridge shut</title>{head}</head><body><article><h1>Bridge shut</h1>
<p>{day}: “The bridge stays shut until the spring of next year,” said Ruth Ashdown, leader of Aldermouth council.</p>
<p>She told the meeting that the ferry would run every half an hour, and that nobody would have to pay for it.</p>
</article></body></html>"""


def page(day: str = "Monday", head: str = "") -> str:
    return PAGE.format(day=day, head=head)


def ingest(*args: object) -> tuple[int, list[str], str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("ingest", *map(str, args), stdout=out, stderr=err)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue().splitlines(), err.getvalue()
    return 0, out.getvalue().splitlines(), err.getvalue()


# The command


def test_an_address_becomes_an_article_with_its_quotes(web: Web) -> None:
    source = make_source("Mercury", domains=["127.0.0.1"])
    url = web.says("/bridge?utm_source=x", page())
    status, lines, err = ingest(url, "--publish")
    assert (status, len(lines)) == (0, 1)
    assert lines[0].startswith(f"created      {url}: article ")
    assert "1 created" in err
    article = Article.objects.get()
    assert (article.source, article.url, article.headline, article.status) == (source, url, "Bridge shut", "published")
    assert article.url_key == web.url("/bridge")
    capture = article.capture
    assert capture is not None
    assert (capture.how, capture.origin, bytes(capture.raw), capture.captured_at) == ("url", url, page().encode(), None)
    assert article.quotes.filter(found=True).count() >= 1


def test_the_same_again_is_unchanged_and_another_text_a_new_capture(web: Web) -> None:
    url = web.says("/bridge", page(), page(), page("Tuesday"))
    assert [ingest(url)[1][0].split("  ")[0] for _ in range(3)] == ["created", "unchanged", "new capture"]
    assert Capture.objects.count() == 2


def test_a_page_that_has_not_changed_is_not_sent_again(web: Web) -> None:
    url = web.says("/bridge", Reply(page().encode(), headers={"ETag": '"7"'}), Reply(status=304), page("Tuesday"))
    ingest(url)
    visit = Visit.objects.get()
    assert (visit.url, visit.etag, visit.article) == (url, '"7"', Article.objects.get())
    status, lines, _ = ingest(url)
    assert (status, lines[0]) == (0, f"unchanged    {url}: article {visit.article.uid}, 0 quotes")
    assert web.asked[-1].headers["if-none-match"] == '"7"'
    ingest(url)
    assert Capture.objects.count() == 2
    assert not Visit.objects.exists(), "the new version has no name"


def test_orders_are_followed_even_if_nothing_has_changed(web: Web) -> None:
    make_source("Mercury", domains=["127.0.0.1"])
    url = web.says("/bridge", Reply(page().encode(), headers={"ETag": '"7"'}))
    ingest(url)
    ingest(url, "--publish")
    assert "if-none-match" not in web.asked[-1].headers
    assert Article.objects.get().status == "published"


def test_a_dry_run_remembers_nothing(web: Web) -> None:
    url = web.says("/bridge", Reply(page().encode(), headers={"ETag": '"7"'}))
    _, lines, err = ingest(url, "--dry-run")
    assert lines[0].startswith("created")
    assert "nothing was stored" in err
    assert not Article.objects.exists()
    assert not Visit.objects.exists()


def test_addresses_in_a_file_and_files_beside_them(web: Web, tmp_path: Path) -> None:
    urls = [web.says(f"/{n}", page(f"Day {n}")) for n in range(3)]
    (tmp_path / "list.txt").write_text("\n".join(["# bridge", *urls, "", urls[0], web.url("/gone")]))
    (tmp_path / "text.txt").write_text("“No,” he said.")
    status, lines, err = ingest(tmp_path / "text.txt", "--urls", tmp_path / "list.txt")
    assert status == 1
    assert len(lines) == 5
    assert "4 created, 1 failed" in err
    assert f"failed       {web.url('/gone')}: it is not there (status 404)." in lines


@pytest.mark.parametrize(
    "url, sentence",
    [
        ("http://127.0.0.1:1/", "'http://127.0.0.1:1/' names port 1: only 80 and 443 are fetched from."),
        ("http://169.254.169.254/latest/", "'http://169.254.169.254/latest/' is not on the public Internet: nothing is fetched from inside a network."),
        ("https://nowhere.example/", "https://nowhere.example/: its robots.txt cannot be had now (there is no host nowhere.example, or it cannot be looked up now)."),
        ("https://", "'https://' is no web address: it begins with http:// or https:// and names a host."),
    ],
)  # fmt: skip
def test_what_cannot_be_fetched_is_one_sentence(
    url: str, sentence: str, monkeypatch: pytest.MonkeyPatch, settings
) -> None:
    settings.FETCH_DELAY = 0.0
    assert ingest(url)[:2] == (1, [f"failed       {sentence}"])


def test_a_page_without_an_article(web: Web) -> None:
    url = web.says("/", "<html><body><nav><a href=/>Home</a></nav></body></html>")
    assert ingest(url)[1] == [
        f"failed       {url} is a web page in which no article was found: save its text, or paste it."
    ]


def test_what_was_purged_is_not_even_asked_for(web: Web) -> None:
    url = web.says("/bridge", page())
    Tombstone.objects.create(
        thing="articles.article", thing_uid="x", keys=[Tombstone.hash_of(web.url("/bridge"))], finished=timezone.now()
    )
    assert ingest(f"{url}?utm_source=x")[1] == [
        f"failed       {url}?utm_source=x: this was purged, and is not taken in again."
    ]
    assert web.asked == []


def test_nothing_to_take_in() -> None:
    with pytest.raises(CommandError, match="Say what to take in"):
        call_command("ingest")
    with pytest.raises(CommandError, match=r"--urls none\.txt: it cannot be read"):
        call_command("ingest", "--urls", "none.txt")
    with pytest.raises(CommandError, match="--map: 'title' is no field"):
        call_command("ingest", "x.csv", "--map", "title=Title")


def test_a_table_says_of_each_row_what_would_become_of_it(tmp_path: Path) -> None:
    table = tmp_path / "export.csv"
    body = "“We stay,” said Ruth Ashdown, leader of the council, on Monday. It was a long evening for everybody in the hall, and a cold one."
    table.write_text(
        f'Title,Body,Link\nOne,"{body}",https://a.example/1\nTwo,"{body}",https://b.example/1\nThree,"{body}",https://m.a.example/1?utm_source=x\n'
        'Four,"Other words.",https://a.example/1\nFive,,\n'
    )
    mapping = "headline=Title,text=Body,url=Link"
    status, lines, _ = ingest(table, "--map", mapping, "--dry-run")
    assert status == 1
    assert [line.split("(")[0].rstrip() for line in lines] == [
        f"created      {table}:2: 1 quote",
        f"created      {table}:3: 1 quote",
        f"unchanged    {table}:4: 1 quote",
        f"new capture  {table}:5: 0 quotes",
        f"failed       {table}:6: no article: the cell of its text is empty.",
    ]
    assert f"the text of {table}:2" in lines[1]
    assert f"the same as {table}:2" in lines[2]
    assert not Article.objects.exists()
    _, lines, _ = ingest(table, "--map", mapping)
    assert [line.split(" ")[0] for line in lines] == ["created", "created", "unchanged", "new", "failed"]
    _, lines, _ = ingest(table, "--map", mapping, "--dry-run")
    assert [line.split(" ")[0] for line in lines][1:3] == ["unchanged", "new"], "against what is there"


# What an archive tells of earlier days


def archive(path: Path, *pages: tuple[str, str, str]) -> Path:
    made = Archive()
    for url, day, words in pages:
        made.add(url, page(words).encode(), date=f"{day}T10:00:00Z")
    path.write_bytes(made.raw())
    return path


def test_captures_of_an_archive_have_their_own_moments(tmp_path: Path, web: Web) -> None:
    url = web.url("/bridge")
    web.says("/bridge", page("Today"))
    old = archive(tmp_path / "old.warc.gz", (url, "2019-03-01", "Monday"), (url, "2019-03-02", "Tuesday"))
    assert [line[:11] for line in ingest(old)[1]] == ["created    ", "new capture"]
    assert [line[:11] for line in ingest(old)[1]] == ["unchanged  ", "unchanged  "]
    assert [line[:11] for line in ingest(url)[1]] == ["new capture"]
    article = Article.objects.get()
    current = article.capture
    assert current is not None
    assert (current.number, current.captured_at) == (3, None)
    older = archive(tmp_path / "older.warc.gz", (url, "2018-12-24", "Christmas Eve"))
    _, lines, _ = ingest(older)
    assert lines[0].startswith("new capture")
    assert "found before the current capture, which stays the current one" in lines[0]
    article.refresh_from_db()
    assert article.capture == current
    found = [
        (c.number, c.captured_at and str(c.captured_at.date()), "Christmas Eve" in c.text)
        for c in article.captures.order_by("number")
    ]
    assert found == [(1, "2019-03-01", False), (2, "2019-03-02", False), (3, None, False), (4, "2018-12-24", True)]
    assert [line[:11] for line in ingest(older)[1]] == ["unchanged  "]
    assert [line[:11] for line in ingest(url)[1]] == ["unchanged  "]
    assert not article.quotes.filter(capture__number=4).exists()


# One article under several addresses, and one text at several


def test_forms_of_one_address_are_one_article_and_a_text_elsewhere_is_another(tmp_path: Path) -> None:
    text = "“We stay,” said Ruth Ashdown, leader of the council, on Monday.\n\nIt was a long evening for everybody in the hall."
    urls = [
        "https://www.a.example/bridge", "http://a.example/bridge?utm_source=x", "https://m.a.example/bridge/", "https://amp.a.example/bridge",
        "https://a.example/bridge/amp", "https://www-a-example.cdn.ampproject.org/c/s/www.a.example/bridge", "https://b.example/bridge",
    ]  # fmt: skip
    lines = [json.dumps({"text": text, "url": url}) for url in urls]
    (tmp_path / "all.jsonl").write_text("\n".join(lines))
    _, out, _ = ingest(tmp_path / "all.jsonl")
    assert [line.split(" ")[0] for line in out] == ["created", *["unchanged"] * 5, "created"]
    assert list(Article.objects.order_by("url_key").values_list("url_key", flat=True)) == [
        "https://a.example/bridge",
        "https://b.example/bridge",
    ]


def test_a_source_is_known_by_every_form_of_its_host() -> None:
    source = make_source("Mercury", domains=["a.example"])
    sources = Sources()
    for host in ("a.example", "www.a.example", "m.a.example", "amp.a.example", "mobile.a.example"):
        item = page_item("x", b"text", html=False, url=f"https://{host}/1")
        assert sources.of(item, None) == source


# The form


def post(client: Client, **said: object):
    return client.post(reverse("admin:articles_article_ingest"), said)


@pytest.fixture
def desk(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("hetty", password="a long password"))
    return client


def test_addresses_are_fetched_by_the_form(web: Web, desk: Client) -> None:
    source, story = make_source("Mercury"), make_story("Bridge")
    first, second = web.says("/1", page("Monday")), web.says("/2", Reply(status=404))
    response = post(desk, addresses=f"{second}\n{first}\n{first}\n", source=source.pk, story=story.pk, publish="on")
    outcomes = [(line.outcome.item, line.outcome.outcome) for line in response.context["lines"]]
    assert outcomes == [(second, "failed"), (first, "created")]
    assert "it is not there (status 404)" in response.content.decode()
    article = Article.objects.get()
    assert (article.source, article.status, list(article.stories.all())) == (source, "published", [story])


@pytest.mark.parametrize(
    "said, sentence",
    [
        ({"addresses": "https://a.example/1", "text": "words"}, "one of them at a time"),
        ({"addresses": "mercury"}, "URL is 'mercury': write a whole address"),
        ({"addresses": "\n".join(f"https://a.example/{n}" for n in range(21))}, "These are 21 addresses: fetch 20 at once"),
        ({"addresses": "https://a.example/1", "url": "https://a.example/2"}, "The address is the one that is fetched"),
        ({"addresses": "https://a.example/1\nhttps://a.example/2", "headline": "One"}, "These are 2 articles, and they cannot all have this headline"),
        ({"text": "words", "mapping": "title=Title"}, "'title' is no field"),
    ],
)  # fmt: skip
def test_what_the_form_refuses(said: dict[str, str], sentence: str, desk: Client) -> None:
    response = post(desk, **said)
    errors = " ".join(error for found in response.context["form"].errors.values() for error in found)
    assert sentence in errors


def test_a_table_is_uploaded_with_its_columns(desk: Client) -> None:
    file = SimpleUploadedFile("export.csv", b"Title,Body\nOne,Words one\nTwo,\n")
    response = post(desk, uploads=file, mapping="headline=Title, text=Body", dry_run="on")
    assert [(line.outcome.item, line.outcome.outcome) for line in response.context["lines"]] == [("export.csv:2", "created"), ("export.csv:3", "failed")]  # fmt: skip
    assert response.context["form"]["mapping"].value() == "headline=Title, text=Body"


# The API


def test_an_address_is_fetched_by_the_api(web: Web) -> None:
    user = User.objects.create_superuser("hetty", password="a long password")
    key = tokens.make(user, "script", ("read", "ingest"))[1]

    def send(**body: str):
        return Client().post(
            "/api/v1/articles/", body, content_type="application/json", headers={"Authorization": f"Bearer {key}"}
        )

    url = web.says("/bridge", page(head='<link rel="canonical" href="/nowhere">'))
    first = send(url=url, headline="As we call it")
    assert (first.status_code, first.json()["outcome"]) == (201, "created")
    article = Article.objects.get(uid=first.json()["article"])
    assert (article.headline, article.url, article.captures.get().how) == ("As we call it", url, "url")
    assert send(url=url).json()["outcome"] == "unchanged"
    for wrong, sentence in (
        (web.url("/gone"), "it is not there (status 404)"),
        ("http://10.0.0.1/", "not on the public Internet"),
    ):
        refused = send(url=wrong)
        assert refused.status_code == 422
        assert sentence in refused.json()["detail"]
