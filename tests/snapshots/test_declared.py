"""Nothing is forgotten: every model and every field is in a snapshot, or it is said why not."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import models

from corpus.management.whole import CORPUS, LEFT_OUT
from corpus.snapshots.tables import Table

MODELS = [model for app in ("corpus", "people", "articles") for model in apps.get_app_config(app).get_models()]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_model_is_kept_or_said_to_be_left_out(model: type[models.Model]) -> None:
    assert (model in CORPUS.by_model) != (model in LEFT_OUT), (
        f"Say in the snapshot.py of its app what becomes of {model._meta.label}: a Table, or LEFT_OUT with the reason."
    )


@pytest.mark.parametrize("table", CORPUS.tables, ids=lambda table: table.label)
class TestTable:
    def test_what_is_said_of_fields_is_of_fields_that_there_are(self, table: Table) -> None:
        names = {field.name for field in [*table.model._meta.concrete_fields, *table.model._meta.many_to_many]}
        said = {*table.derived, *table.linked, *table.linked.values(), *table.later, *(table.either or ()), *table.key,
                *table.order, *table.flipped,
                *(name for names in table.alike for name in names), *filter(None, [table.of, table.numbered])}  # fmt: skip
        assert said <= names

    def test_every_kind_of_field_has_a_form(self, table: Table) -> None:
        known = set(
            """
            BigIntegerField BinaryField BooleanField CharField DateField DateTimeField FloatField ForeignKey IntegerField
            JSONField OneToOneField PositiveIntegerField PositiveSmallIntegerField SlugField TextField TimeField
            """.split()
        )
        assert {field.get_internal_type() for field in table.fields} <= known

    def test_references_are_to_what_has_a_uid_and_comes_before(self, table: Table) -> None:
        before = [one.model for one in CORPUS.tables[: CORPUS.tables.index(table)]]
        for name, model in table.references.items():
            if model is not User:
                assert CORPUS.by_model[model].key == ("uid",), name
                assert name in table.later or model in before, name
        for one in table.sets:
            assert CORPUS.by_model[one.related_model].key == ("uid",), one.name

    def test_its_key_is_one_in_the_database_too(self, table: Table) -> None:
        alone = {(field.name,) for field in table.model._meta.concrete_fields if field.unique}
        together = {tuple(one.fields) for one in table.model._meta.total_unique_constraints}
        assert table.key in alone | together
        assert table.of == "" or table.key == ("uid",) or table.key[0] == table.of


def test_files_have_names_of_their_own() -> None:
    assert len({table.file for table in CORPUS.tables}) == len(CORPUS.tables)
