"""The house rules that a machine can check: which way imports go, what may lie at the top, and what no file may name.

Each rule takes the root of a project and gives a sentence a breach; it holds for this project, and is shown to notice
a breach planted in a small one.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("corpus", "people", "articles")

TOP = set(
    """
    .ci .editorconfig .git .gitattributes .gitignore LICENSE Makefile README.md articles corpus docs manage.py people
    pyproject.toml requirements-dev.txt requirements.txt templates tests
    """.split()
)
LEFT_BEHIND = set(".hypothesis .mypy_cache .pytest_cache .ruff_cache .venv __pycache__ var".split())

# Parts of corpus that are wiring above the apps; the rest of it is ground, on which both apps stand.
WIRING = {"admin", "api_urls", "feeds", "management", "metrics", "pages", "settings", "sitemaps", "urls", "wsgi"}

# Within an app a module may import those on its own line and above. What stands on no line is free, but imports no
# module of the last two lines.
LAYERS = (
    {"models"},
    {"filters", "serializers", "intake", "pipeline"},
    {"admin", "api", "management", "views"},
    {"urls"},
)

IMPURE = set(
    """
    asyncio builtins ftplib glob http importlib io logging multiprocessing os pathlib random secrets select shelve shutil
    signal smtplib socket sqlite3 ssl subprocess sys tempfile threading time urllib
    """.split()
)
IMPURE_CALLS = {"breakpoint", "eval", "exec", "input", "open", "print", "__import__"}

ELSEWHERE = re.compile(
    r"""(?:\bsrc=|<link[^>]*\bhref=|@import\s+(?:url\()?|\burl\()["']?(?:https?:)?//""", re.IGNORECASE
)


# The rules


def reading_is_pure(root: Path) -> Iterator[str]:
    """articles/reading and people/names.py: text in, data out; no Django, no files, no network, no clock, no chance."""
    rooms = [(root / "articles" / "reading", "articles.reading"), (root / "people" / "names.py", "people.names")]
    for place, own in rooms:
        for path in python_files(place):
            for line, name in imports(path, root):
                top = name.partition(".")[0]
                if not within(name, own) and (top not in sys.stdlib_module_names or top in IMPURE):
                    yield f"{path.relative_to(root)}:{line} imports {name}: {own} is pure, it stands on the standard library alone and does no I/O."
            for node in ast.walk(parsed(path)):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in IMPURE_CALLS:
                    yield f"{path.relative_to(root)}:{node.lineno} calls {node.func.id}(): {own} is pure, it takes text and gives data."


def people_know_nothing_of_articles(root: Path) -> Iterator[str]:
    for path in python_files(root / "people"):
        for line, name in imports(path, root):
            if within(name, "articles"):
                yield f"{path.relative_to(root)}:{line} imports {name}: people knows nothing of articles; use a reverse accessor."


def ground_knows_no_app(root: Path) -> Iterator[str]:
    """corpus is ground below the apps, but for the modules that wire them together."""
    for path in python_files(root / "corpus"):
        room = path.relative_to(root / "corpus").parts[0].removesuffix(".py")
        for line, name in imports(path, root):
            if room not in WIRING and (within(name, "people") or within(name, "articles")):
                yield f"{path.relative_to(root)}:{line} imports {name}: corpus.{room} is ground that the apps stand on; only the wiring ({', '.join(sorted(WIRING))}) knows them."


def layers_go_one_way(root: Path) -> Iterator[str]:
    """Within an app: pure code, then models, then what uses them, then what is shown, then the addresses."""
    for app in ROOMS:
        for path in python_files(root / app):
            own = path.relative_to(root / app).parts[0].removesuffix(".py")
            for line, name in imports(path, root):
                parts = name.split(".")
                if parts[0] == app and len(parts) > 1 and layer(parts[1], 0) > layer(own, 1):
                    yield f"{path.relative_to(root)}:{line} imports {name}: within an app {parts[1]} stands above {own}."


def no_signals(root: Path) -> Iterator[str]:
    """Work hidden in signals of rows is found by nobody; post_migrate, which installs the search, is not one of them."""
    hidden = {"pre_init", "post_init", "pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed"}
    for room in ROOMS:
        for path in python_files(root / room):
            for node in ast.walk(parsed(path)):
                if isinstance(node, ast.ImportFrom):
                    names = {alias.name for alias in node.names}
                elif isinstance(node, ast.Attribute):
                    names = {node.attr}
                else:
                    continue
                for name in sorted(names & hidden):
                    yield f"{path.relative_to(root)}:{node.lineno} uses {name}: what happens to a row is called by name, not by signal."


def modules_have_names(root: Path) -> Iterator[str]:
    for path in files(root):
        if path.suffix == ".py" and re.fullmatch(r"_?(?:utils?|helpers?|services?|common|misc)(?:\.py)?", path.name):
            yield f"{path.relative_to(root)}: a module called {path.stem} says nothing of what is in it; name it after that."
    for path in sorted({parent for file in files(root) for parent in file.relative_to(root).parents}):
        if path.name in {"utils", "helpers", "services", "common", "misc"}:
            yield f"{path}/: a folder called {path.name} says nothing of what is in it; name it after that."


def the_top_is_kept_clear(root: Path) -> Iterator[str]:
    for path in sorted(root.iterdir()):
        if path.name not in TOP | LEFT_BEHIND:
            yield f"{path.name} lies at the top level, which is fixed; put it into the room that it belongs to, or in var/."


def the_build_names_no_address(root: Path) -> Iterator[str]:
    """Where packages come from is the affair of the machine that installs them."""
    for path in files(root):
        name = path.relative_to(root).as_posix()
        if name in {"Makefile", "pyproject.toml"} or name.startswith((".ci/", "requirements")):
            for line, text in lines(path):
                if match := re.search(
                    r"https?://(?!127\.0\.0\.1|localhost)[^\s\"']+|--(?:extra-)?index-url|--find-links", text
                ):
                    yield f"{name}:{line} names {match[0]}: where packages come from is the affair of the machine."


def the_pages_load_nothing_from_elsewhere(root: Path) -> Iterator[str]:
    for path in files(root):
        if path.suffix in {".css", ".js"} or (path.suffix == ".html" and "templates" in path.parts):
            for line, text in lines(path):
                if ELSEWHERE.search(text):
                    yield f"{path.relative_to(root)}:{line} loads something from another site; keep it here, with its licence."


def the_workplace_is_not_named(root: Path) -> Iterator[str]:
    for path in files(root):
        for line, text in lines(path):
            if match := re.search(r"(?<![\w./])/(?:work|root|home/\w+)/[\w.]", text):
                yield f"{path.relative_to(root)}:{line} names a folder of one machine, {match[0]}…; others have no such folder."


Rule = Callable[[Path], Iterator[str]]
RULES: list[Rule] = [
    reading_is_pure,
    people_know_nothing_of_articles,
    ground_knows_no_app,
    layers_go_one_way,
    no_signals,
    modules_have_names,
    the_top_is_kept_clear,
    the_build_names_no_address,
    the_pages_load_nothing_from_elsewhere,
    the_workplace_is_not_named,
]


# What they stand on


def files(root: Path) -> Iterator[Path]:
    """Every file of the project, but none that a tool left behind."""
    for path in sorted(root.iterdir()):
        if path.name == ".git" or path.name in LEFT_BEHIND:
            continue
        if path.is_dir():
            yield from files(path)
        else:
            yield path


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """The numbered lines of a text file; none of another."""
    try:
        yield from enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    except UnicodeDecodeError:
        return


def python_files(place: Path) -> Iterator[Path]:
    """The Python files below a folder, or the one that is named; migrations are written by a machine."""
    found = [place] if place.suffix == ".py" else sorted(place.rglob("*.py"))
    return (path for path in found if path.exists() and "migrations" not in path.parts)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_bytes(), filename=str(path))


def imports(path: Path, root: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of all that a file imports, anywhere in it; `from a import b` gives `a.b`."""
    parts = path.relative_to(root).parts
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = list(parts[: len(parts) - node.level]) if node.level else []
            base += [node.module] if node.module else []
            yield from ((node.lineno, ".".join([*base, alias.name])) for alias in node.names)


def within(name: str, package: str) -> bool:
    return f"{name}.".startswith(f"{package}.")


def layer(module: str, otherwise: int) -> int:
    return next((number for number, modules in enumerate(LAYERS) if module in modules), otherwise)


# The tests


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_project_keeps(rule: Rule) -> None:
    assert not (breaches := list(rule(ROOT))), "\n".join(breaches)


BREACHES = [
    (reading_is_pure, "articles/reading/cues.py", "from django.utils import timezone", "cues.py:1 imports django"),
    (reading_is_pure, "articles/reading/cues.py", "import regex", "imports regex"),
    (reading_is_pure, "articles/reading/cues.py", "import os.path", "imports os.path"),
    (
        reading_is_pure,
        "articles/reading/cues.py",
        "def f():\n    from articles import models",
        "cues.py:2 imports articles.models",
    ),
    (reading_is_pure, "articles/reading/cues.py", "from ..models import Quote", "imports articles.models.Quote"),
    (reading_is_pure, "articles/reading/cues.py", "from .. import models", "imports articles.models"),
    (reading_is_pure, "articles/reading/__init__.py", "from ..models import Quote", "imports articles.models.Quote"),
    (reading_is_pure, "articles/reading/cues.py", "words = open('verbs').read()", "calls open()"),
    (reading_is_pure, "people/names.py", "from people.models import Person", "imports people.models.Person"),
    (
        people_know_nothing_of_articles,
        "people/views.py",
        "from articles.models import Quote",
        "imports articles.models.Quote",
    ),
    (
        people_know_nothing_of_articles,
        "people/views.py",
        "if TYPE_CHECKING:\n    import articles",
        "views.py:2 imports articles",
    ),
    (ground_knows_no_app, "corpus/views.py", "from people.models import Person", "imports people.models.Person"),
    (ground_knows_no_app, "corpus/api/paging.py", "import articles.models", "corpus.api is ground"),
    (
        layers_go_one_way,
        "articles/models/quote.py",
        "from articles.pipeline import read",
        "pipeline stands above models",
    ),
    (layers_go_one_way, "articles/filters.py", "from .views import ArticleList", "views stands above filters"),
    (layers_go_one_way, "articles/resolving.py", "from articles import api", "api stands above resolving"),
    (no_signals, "articles/models.py", "from django.db.models.signals import post_save", "uses post_save"),
    (no_signals, "articles/apps.py", "signals.pre_delete.connect(f)", "uses pre_delete"),
    (modules_have_names, "people/utils.py", "", "a module called utils"),
    (modules_have_names, "articles/helpers/text.py", "", "a folder called helpers"),
    (the_top_is_kept_clear, "notes.md", "", "notes.md lies at the top level"),
    (
        the_build_names_no_address,
        "requirements.txt",
        "\n--index-url https://packages.example/simple",
        "requirements.txt:2 names --index-url",
    ),
    (
        the_build_names_no_address,
        ".ci/run",
        "curl https://packages.example/x",
        "run:1 names https://packages.example/x",
    ),
    (
        the_pages_load_nothing_from_elsewhere,
        "templates/base.html",
        '<script src="//cdn.example/x.js">',
        "base.html:1 loads",
    ),
    (
        the_pages_load_nothing_from_elsewhere,
        "templates/base.html",
        '<link rel=stylesheet href="https://cdn.example/x">',
        "base.html:1 loads",
    ),
    (
        the_pages_load_nothing_from_elsewhere,
        "corpus/static/verbatim.css",
        "@font-face { src: url(https://f.example/a) }",
        "verbatim.css:1 loads",
    ),
    (the_workplace_is_not_named, "corpus/settings.py", f"VAR = '/{'root'}/var'", "settings.py:1 names a folder"),
]


@pytest.mark.parametrize("rule, path, text, sentence", BREACHES)
def test_a_breach_is_noticed(rule: Rule, path: str, text: str, sentence: str, tmp_path: Path) -> None:
    place = tmp_path / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)
    (breach,) = rule(tmp_path)
    assert sentence in breach


ALLOWED = """
    articles/reading/__init__.py     from articles.reading.model import Reading
    articles/reading/cues.py         from .model import Quote
    articles/reading/split.py        from datetime import date
    articles/reading/rules/verbs.py  from ..model import Quote
    articles/pipeline.py             from articles.models import Quote
    articles/models/quote.py         from people.models import Person
    articles/models/capture.py       from articles.reading import Reading
    articles/resolving.py            from articles.models import Quote
    articles/apps.py                 from django.db.models.signals import post_migrate
    corpus/urls.py                   from articles import views
    corpus/management/commands/a.py  from articles.pipeline import read
    people/models.py                 from people import names
    people/views.py                  from corpus.views import FilteredListView
    templates/base.html              <a href="https://example.org/">the original</a> <script src="/static/x.js">
    corpus/static/verbatim.css       a { background: url("data:image/svg+xml,//") }
    Makefile                         @$(python) manage.py demo --serve 127.0.0.1:$(PORT)
"""


@pytest.mark.parametrize("line", ALLOWED.strip().splitlines(), ids=lambda line: line.split()[0])
def test_what_is_allowed_passes(line: str, tmp_path: Path) -> None:
    path, _, text = line.strip().partition(" ")
    place = tmp_path / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text.strip())
    assert [breach for rule in RULES for breach in rule(tmp_path)] == []


@pytest.mark.django_db
def test_the_migrations_say_what_the_models_say() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)


def test_django_finds_nothing_to_warn_of() -> None:
    call_command("check", fail_level="WARNING")
