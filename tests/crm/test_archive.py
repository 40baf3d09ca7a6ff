"""DATA-12: one file with everything, which fills an empty installation, on either database."""

import json
import zipfile
from itertools import chain

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import connection, models, transaction

from accounts.verifying import findings as account_findings
from attributes.models import CustomField, Tag
from attributes.verifying import findings as attribute_findings
from core import sql, triggers
from crm.archive import file as archive
from crm.archive.tables import Names, archived, is_left_out, numbers, stands_on
from opportunities.models import Opportunity
from opportunities.verifying import findings as opportunity_findings
from records.journal import operation
from records.models import Change, Operation, owned_kinds
from records.search import fts_table
from records.verifying import findings
from tests.make import make_account, make_contact, make_opportunity
from users.models import User


@pytest.fixture
def filled(cast):
    """A little of everything: records in the trash, tags, custom values, undone operations, hard texts."""
    field = CustomField(of="opportunity", name="Ref", kind="text").add(by=None)
    tag = Tag(name="red").add(by=None)
    account = make_account("=1+1\n'é 🎈", by=cast.ada, emails=["a@x.example"], phones=["+33 1"])
    contact = make_contact("Odile Lecanu", by=cast.ada, account=account)
    first = make_opportunity("Sensors", by=cast.ada, account=account, contact=contact, assignees=[cast.tom])
    second = make_opportunity("Gauges", by=cast.claire, amount=None)
    with operation(by=cast.ada, door="form", what="test"):
        Opportunity.set_custom_rows({first.pk: {field.key: "007"}})
        Opportunity.objects.get(pk=first.pk).set_tags({tag.pk})
    Opportunity.objects.get(pk=first.pk).win(by=cast.ada)
    Operation.objects.latest("pk").undo(by=cast.ada)
    second.trash(by=cast.claire)
    return first


def emptied():
    """Nothing is here any more, as in an installation that was just migrated."""
    tables = [model._meta.db_table for model in reversed(archived())]
    if connection.vendor == "postgresql":
        before, after = ("SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED")
        for statement in (
            before,
            *(f'ALTER TABLE "{table}" DISABLE TRIGGER USER' for table in tables),
            after,
            *(f'DELETE FROM "{table}"' for table in tables),
            before,
            *(f'ALTER TABLE "{table}" ENABLE TRIGGER USER' for table in tables),
            after,
        ):
            sql.execute(statement)
        return
    for (trigger,) in sql.fetch("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
        sql.execute(f"DROP TRIGGER {trigger}")
    for table in tables:
        sql.execute(f'DELETE FROM "{table}"')
        sql.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
    for model in owned_kinds():
        fts = fts_table(model._meta.db_table)
        sql.execute(f"INSERT INTO {fts}({fts}) VALUES ('rebuild')")
    for config in apps.get_app_configs():
        triggers.install(config)


def digests():
    return {model._meta.label: archive.digest(model, Names()) for model in archived()}


def export(tmp_path):
    path = tmp_path / "all.zip"
    archive.export(path)
    return path


def test_data_12_an_archive_restores_into_an_empty_house_row_by_row(filled, tmp_path):
    before, counted, path = digests(), numbers(), export(tmp_path)
    emptied()
    done = archive.restore(path)
    assert (digests(), numbers()) == (before, counted)
    assert done["rows"] == sum(table["rows"] for table in before.values()) > 100
    checks = chain(findings(), account_findings(), attribute_findings(), opportunity_findings())
    assert [finding.text for finding in checks] == []
    assert User.objects.get(email="ada@demo.example").check_password("try-the-crm-2026")
    assert not Opportunity.objects.filter(pk=filled.pk, status="won").exists()
    assert Opportunity.objects.get(pk=filled.pk).tag_ids()
    assert list(Opportunity.objects.matching("sensors")) == [filled]
    newest = make_opportunity("Valves", by=User.objects.get(email="ada@demo.example"))
    assert newest.pk == counted["opportunities.Opportunity"] + 1


def test_data_12_kinds_of_records_go_by_name_since_each_installation_numbers_its_own(filled, tmp_path):
    path = export(tmp_path)
    emptied()
    kind = ContentType.objects.get_for_model(Opportunity)
    ContentType.objects.filter(pk=kind.pk).update(model="gone")
    moved = ContentType.objects.create(app_label="opportunities", model="opportunity")
    ContentType.objects.clear_cache()
    archive.restore(path)
    assert Change.objects.filter(model=moved, record_id=filled.pk).exists()
    assert not Change.objects.filter(model=kind.pk).exists()


def test_data_12_a_house_that_is_not_empty_is_left_as_it_is(filled, tmp_path):
    path, before = export(tmp_path), digests()
    with pytest.raises(archive.Refused, match="not empty"):
        archive.restore(path)
    assert digests() == before


def rewritten(path, change, member=archive.CONTENTS):
    """The archive with one of its members changed."""
    out = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name == member else content)
    return out


def with_migration(content):
    contents = json.loads(content)
    contents["migrations"].append(["records", "9999_of_tomorrow"])
    return json.dumps(contents)


def without_migration(content):
    contents = json.loads(content)
    contents["migrations"].pop()
    return json.dumps(contents)


def a_row_changed(content):
    return content.replace(b"Sensors", b"Censors")


def a_row_gone(content):
    return content.partition(b"\n")[2]


@pytest.mark.parametrize(
    "change,member,said",
    [
        (with_migration, archive.CONTENTS, "made by a newer version"),
        (without_migration, archive.CONTENTS, "made by an older version"),
        (lambda content: b"{", archive.CONTENTS, "is broken"),
        (a_row_changed, "tables/opportunities.Opportunity.jsonl", "is broken"),
        (a_row_gone, "tables/opportunities.OpportunityTag.jsonl", "is broken"),
        (lambda content: b"[1]\n", "tables/opportunities.Opportunity.jsonl", "is broken"),
    ],
)
def test_data_12_a_broken_or_foreign_archive_restores_nothing(filled, tmp_path, change, member, said):
    path = rewritten(export(tmp_path), change, member)
    emptied()
    with pytest.raises(archive.Refused, match=said), transaction.atomic():
        archive.restore(path)
    assert not User.objects.exists() and not Opportunity.objects.exists()


@pytest.mark.parametrize("content", [b"", b"no archive", "cut"])
def test_data_12_a_file_that_is_no_archive_is_refused_with_a_sentence(filled, tmp_path, content):
    path = tmp_path / "x.zip"
    whole = export(tmp_path).read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if content == "cut" else content)
    with pytest.raises(CommandError, match="is broken or is none"):
        call_command("restore_all", str(path))


def test_data_12_the_archive_is_its_owner_s_alone_and_appears_only_when_whole(filled, tmp_path, capsys):
    path = tmp_path / "all.zip"
    call_command("export_all", str(path))
    assert json.loads(capsys.readouterr().out)["tables"] == len(archived())
    assert path.stat().st_mode & 0o077 == 0
    assert [one.name for one in tmp_path.iterdir()] == ["all.zip"]


def test_data_12_nothing_in_an_archive_needs_what_stays_behind():
    for model in archived():
        for field in model._meta.concrete_fields:
            assert not isinstance(field, models.FileField), f"{field}: its files must go into the archive"
            assert not (field.is_relation and is_left_out(field.related_model)) or field.null or named(field), field
    places = {model: at for at, model in enumerate(archived())}
    later = {
        (model._meta.label, other._meta.label)
        for model in places
        for other in stands_on(model) - {model}
        if places.get(other, -1) > places[model]
    }
    assert later <= {("users.Team", "users.User"), ("users.User", "users.Team")}


def named(field):
    return field.related_model._meta.label in ("contenttypes.ContentType", "auth.Permission")
