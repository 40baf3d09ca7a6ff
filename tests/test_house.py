"""What no file of the house may hold: records fetched around the gate, unescaped text, inline style or script (STYLE)."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps

from records.models import OwnedRecord, Record
from records.models.owned import owned_kinds
from records.verifying import record_models
from tests.records import declared

ROOT = Path(__file__).resolve().parents[1]
APPS = sorted(path.parent.name for path in ROOT.glob("*/apps.py"))
GATE = re.compile(r"visible_to\(|allowing\(|visible_or_404\(|visible_ids\(|may_see\(|\.none\(\)|\.allowed\(")
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def python(*kinds):
    """Our modules: all, or those of these names (``views`` is a package, ``jobs`` a module)."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if "migrations" not in parts and (not kinds or set(kinds) & set(parts)):
                yield path


def functions(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def test_give_4_views_jobs_and_resources_fetch_records_through_the_gate():
    """A manager of records stands only in a function that also asks the gate."""
    names = "|".join(model.__name__ for model in owned_kinds())
    manager = re.compile(rf"\b(?:{names})\.(?:_default_manager|objects)\b")
    bare = []
    for path in python("views", "jobs", "resources", "api"):
        source = path.read_text()
        for function in functions(ast.parse(source)):
            text = ast.get_source_segment(source, function) or ""
            if manager.search(text) and not GATE.search(text):
                bare.append(f"{path.relative_to(ROOT)}: {function.name}")
    assert not bare


def test_log_1_views_and_jobs_write_by_verbs_only():
    """No ``save``, ``create``, ``update`` or ``delete`` of records in a view: that is a verb of the model."""
    names = "|".join(model.__name__ for model in owned_kinds())
    writes = re.compile(rf"\b(?:{names})\.objects\b[^\n]*\.(?:create|update|delete|bulk_\w+|get_or_create)\(")
    assert not [path for path in python("views", "jobs") if writes.search(path.read_text())]


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("unescaped text", r"\|\s*safe\b|autoescape off|\{%\s*debug"),
        ("an inline style", r"<style|\sstyle="),
        ("an inline script", r'<script(?![^>]*\b(?:src=|type="application/json"))'),
        ("an inline handler", r"\son\w+=|\shx-on|javascript:"),
    ],
)
def test_no_template_holds(name, pattern):
    found = re.compile(pattern, re.I)
    holding = [path.relative_to(ROOT) for path in TEMPLATES if found.search(path.read_text())]
    assert not holding, name


def test_every_component_lists_its_arguments_first():
    assert not [
        path.name
        for path in (ROOT / "templates" / "components").glob("*.html")
        if not path.read_text().startswith("{#")
    ]


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("guardian's own lookups, which do not scale", r"get_objects_for_user|get_objects_for_group"),
        ("a delay that a broker would hold", r"\b(?:eta|countdown)="),
        ("a chord", r"\bchord\("),
        ("a signal of Django's models", r"\b(?:post|pre)_(?:save|delete)\b"),
        ("a way around escaping for what is not written there", r"\bmark_safe\((?![\"'])"),
        ("a query without parameters", r"\.extra\("),
    ],
)
def test_no_module_holds(name, pattern):
    found = re.compile(pattern)
    holding = [str(path.relative_to(ROOT)) for path in python() if found.search(path.read_text())]
    assert not holding, name


def tables():
    """Every concrete model of ours by its label, those between two others too."""
    models = apps.get_models(include_auto_created=True)
    return {model._meta.label: model for model in models if model._meta.app_label in APPS and not model._meta.proxy}


def test_log_1_every_model_is_a_record_or_hangs_on_one_or_says_why_it_does_not():
    """A new one is declared in tests/records/declared.py, unless it is a record."""
    found = {label for label, model in tables().items() if not issubclass(model, Record)}
    told = [*declared.HANGS, *declared.FOLLOWS, *declared.APART]
    assert sorted(found) == sorted(told)


def test_log_2_what_hangs_on_a_record_is_written_back_by_it():
    models, hanging = tables(), {}
    for model in record_models():
        for name, hung in model.hanging_fields().items():
            hanging[model._meta.label, name] = hung
    for label, (record, name) in declared.HANGS.items():
        assert (record, name) in hanging, label
        pointed = {
            field.related_model._meta.label for field in models[label]._meta.concrete_fields if field.is_relation
        }
        assert record in pointed, f"{label} does not point to {record}"
    assert {key for key, hung in hanging.items() if hung.write is None} == declared.ONLY_TOLD


def test_log_2_every_record_says_who_takes_it_back_and_how_what_was_created_goes():
    models = {model._meta.label: model for model in record_models()}
    asked = {
        label
        for label, model in models.items()
        if issubclass(model, OwnedRecord)
        or model.undo_ability
        or model.taken_back_by.__func__ is not Record.taken_back_by.__func__
    }
    assert models.keys() - asked == declared.WITHOUT_UNDO.keys()
    assert {label for label, model in models.items() if not model.is_taken_back} == declared.WITHOUT_UNDO.keys()
    assert {label for label, model in models.items() if not model.away} == declared.NEVER_AWAY.keys()
