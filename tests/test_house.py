"""What no file of the house may hold: records fetched around the gate, unescaped text, inline style or script (STYLE)."""

import ast
import re
from pathlib import Path

import pytest

from records.models import OwnedRecord

ROOT = Path(__file__).resolve().parents[1]
APPS = ("accounts", "attributes", "core", "crm", "opportunities", "pipelines", "records", "transfers", "users")
GATE = re.compile(r"visible_to\(|allowing\(|visible_or_404\(|visible_ids\(|may_see\(|\.none\(\)")
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
    names = "|".join(model.__name__ for model in OwnedRecord.__subclasses__())
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
    names = "|".join(model.__name__ for model in OwnedRecord.__subclasses__())
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
