"""GIVE-4: of what is not hers, Eve gets no byte. Every page of hers is the same with it as without it."""

import csv
import datetime as dt
import io
import json
import re
from contextlib import suppress

import pytest
from django.core.management import call_command
from django.urls import reverse

from opportunities import in_passing
from opportunities.models import Opportunity
from tests.everywhere import pages
from tests.make import make_account, make_contact, make_opportunity, stage
from tests.transfers.sheets import csv_bytes

D = dt.date
WORDS = ("zyxwv", "Zyxwv")
TOKENS = re.compile(
    rb'csrfmiddlewaretoken" value="[^"]*|X-CSRFToken": "[^"]*|reference <code>[^<]*|<code>[0-9a-f]{8}</code>|\d\d:\d\d'
)
QUERIES = (
    "", "?q=zyxwv", "?q=secret", "?status=open", "?status=won", "?amount_min=1", "?due_from=2026-01-01", "?incomplete=true",
    "?totals=1", "?after=1.1",
)  # fmt: skip


@pytest.fixture(autouse=True)
def quick(monkeypatch, settings, tmp_path):
    monkeypatch.setattr(in_passing, "LONG_SECONDS", 60)
    in_passing._large.clear()
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def own(cast):
    """What is Eve's own, so that her pages hold something."""
    account = make_account("Own House", by=cast.eve, kind="client")
    contact = make_contact("Own Person", by=cast.eve, account=account)
    return make_opportunity("Own deal", by=cast.eve, account=account, contact=contact)


def make_secrets(cast, own):
    """All kinds of records that are Sam's, some of them hanging on what is Eve's own."""
    account = make_account("Zyxwv Secret Ltd", by=cast.sam, code="ZYXWV", parent=own.account)
    contact = make_contact("Zyxwv Secret", by=cast.sam, account=own.account, emails=["zyxwv@secret.example"])
    deals = [
        make_opportunity(
            "Zyxwv secret deal", by=cast.sam, account=account, contact=None, reference="ZYXWV-1", amount=123_457
        ),
        make_opportunity("Zyxwv on hers", by=cast.sam, account=own.account, contact=own.contact, amount=123_457),
        make_opportunity("Zyxwv won", by=cast.sam, account=own.account, status="won", closed_on=D(2026, 2, 2)),
        make_opportunity("Zyxwv lost", by=cast.sam, contact=contact, status="lost", closed_on=D(2026, 2, 2)),
    ]
    return account, contact, deals


def let(cast, verb):
    """Eve's profile grants a verb it does not come with."""
    profile = cast.eve.profile
    rights = {kind: {**verbs, verb: "all"} for kind, verbs in profile.rights.items() if isinstance(verbs, dict)}
    profile.edit(by=cast.ada, rights={**profile.rights, **rights})


def addresses():
    """Every page and list that Eve can ask for."""
    urls = set(pages().values()) - {"/preferences/sign-in/", "/styleguide/"}  # which show the time
    lists = [
        reverse(name)
        for name in (
            "opportunities:index",
            "opportunities:summary",
            "opportunities:board",
            "accounts:index",
            "contacts:index",
            "search",
        )
    ]
    urls |= {url + query for url in lists for query in QUERIES}
    urls |= {
        f"/{kind}/pick/?q={text}" for kind in ("accounts", "contacts") for text in ("zyx", "secret", "z", "own", "")
    }
    urls |= {
        f"/opportunities/uses/{by}/?row={pk}"
        for by in ("stage", "pipeline", "owner", "source", "closing")
        for pk in range(1, 9)
    }
    return sorted(urls)


def answers(browser, urls):
    """What each says, without the tokens that differ each time."""
    return {
        url: TOKENS.sub(b"", browser.get(url, headers={"hx-request": "true"} if "pick" in url else None).content)
        for url in urls
    }


def test_give_4_every_page_of_hers_is_the_same_with_others_records_as_without(cast, as_, own):
    eve = as_(cast.eve)
    urls = addresses()
    before = answers(eve, urls)
    make_secrets(cast, own)
    after = answers(eve, urls)
    assert [url for url in before if before[url] != after[url]] == []
    assert sum(len(content) > 2_000 for content in before.values()) > 40
    found = answers(as_(cast.sam), urls)
    assert sum(b"Zyxwv" in content for content in found.values()) > 10


def test_give_4_every_address_of_a_hidden_record_is_as_absent(cast, as_, own):
    account, contact, deals = make_secrets(cast, own)
    eve = as_(cast.eve)
    for kind, record in (("opportunities", deals[0]), ("accounts", account), ("contacts", contact)):
        for route in (
            route for route in _routes(kind) if "<pk:pk>" in route and "<" not in route.replace("<pk:pk>", "")
        ):
            url = "/" + route.replace("<pk:pk>", "{}")
            for method in (eve.get, eve.post):
                hidden, absent = method(url.format(record.pk)), method(url.format(987_654))
                assert hidden.status_code == absent.status_code, url
                assert hidden.status_code in (404, 405), url
                told, other = (TOKENS.sub(b"", answer.content).decode() for answer in (hidden, absent))
                assert told.replace(f"/{record.pk}/", "/N/") == other.replace("/987654/", "/N/"), url


def _routes(kind):
    from tests.everywhere import routes

    return [route for route in routes() if route.startswith(f"{kind}/<")]


def test_give_4_the_export_holds_only_what_one_sees(cast, own, tmp_path):
    make_secrets(cast, own)
    let(cast, "export")
    for kind in ("opportunities", "accounts", "contacts"):
        for query in ("", "q=zyxwv", "status=won" if kind == "opportunities" else ""):
            out = tmp_path / f"{kind}.csv"
            call_command(
                "export_file", kind, str(out), "--as", "eve@demo.example", "--query", query, stdout=io.StringIO()
            )
            content = out.read_text()
            assert "yxwv" not in content and "123457" not in content
            assert len(list(csv.DictReader(io.StringIO(content)))) == (0 if query else 1)


def test_give_4_an_import_by_id_or_reference_tells_and_changes_nothing(cast, own, tmp_path):
    account, contact, (deal, *_more) = make_secrets(cast, own)
    let(cast, "import")
    ids = [["ID", "Amount"], [deal.pk, "1"], [987_654, "1"]]
    references = [["Reference", "Amount"], ["ZYXWV-1", "1"]]
    parties = [
        ["Name", "Account ID", "Contact ID"],
        ["a", account.pk, ""],
        ["b", "", contact.pk],
        ["c", 987_654, ""],
        ["d", "", 987_654],
    ]
    said = []
    for rows in (ids, references, parties):
        path = tmp_path / "sheet.csv"
        path.write_bytes(csv_bytes(rows))
        out = io.StringIO()
        words = ["--as", "eve@demo.example", *(("--duplicates", "overwrite") if rows is not parties else ())]
        with suppress(SystemExit):
            call_command("import_file", "opportunities", str(path), *words, stdout=out)
        receipt = json.loads(out.getvalue())
        assert receipt["refused"] == receipt["read"] == len(rows) - 1, receipt
        said.append([error["message"] for error in receipt["errors"]])
    assert said[0][0] == said[0][1]
    assert said[1] == ["This reference is taken."]
    assert said[2][0] == said[2][2] and said[2][1] == said[2][3]
    assert Opportunity.objects.get(pk=deal.pk).amount == 123_457


def test_give_4_forms_do_not_find_what_is_hidden(cast, as_, own):
    account, contact, _deals = make_secrets(cast, own)
    eve = as_(cast.eve)
    data = {
        "name": "x",
        "amount": "1",
        "due_on": "2026-12-24",
        "opened_on": "2026-01-01",
        "stage": stage("Proposal").pk,
    }
    for name, hidden, text in (("account", account.pk, "Zyxwv Secret Ltd"), ("contact", contact.pk, "Zyxwv Secret")):
        by_id = [
            TOKENS.sub(b"", eve.post("/opportunities/new/", data | {name: pk}).content).decode()
            for pk in (hidden, 987_654)
        ]
        assert by_id[0].replace(str(hidden), "N").count("N") and "Zyxwv" not in by_id[0]
        by_name = [
            TOKENS.sub(b"", eve.post("/opportunities/new/", data | {f"{name}_name": word}).content).decode()
            for word in (text, "Nowhere")
        ]
        assert by_name[0].replace(text, "Nowhere") == by_name[1]
    taken = eve.post("/opportunities/new/", data | {"account": own.account_id, "reference": "ZYXWV-1"}).content.decode()
    assert "This reference is taken." in taken and "secret deal" not in taken
