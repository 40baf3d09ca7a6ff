"""GIVE-4: a spreadsheet is no way around the gate, attacked as Eve, who sees her own, and as Sam, of another team.

What one may not see behaves as if absent: in the import, its preview, its suggestions, its duplicates, its error file,
and in what is exported. The one exception is a reference, or a code, that is taken.
"""

import re

import pytest

from accounts.models import Account, Site
from core.models import Job
from opportunities.models import Opportunity
from records.journal import operation
from tests.make import make_account, make_contact, make_opportunity
from tests.transfers.sheets import check, counts, read, refusals, run
from transfers.models import Export, Import

SECRET = re.compile(r"secret|sesame", re.I)
OPPORTUNITIES = [
    "ID", "Reference", "Name", "Account", "Contact", "Account ID", "Contact ID", "Site", "Amount",
]  # fmt: skip


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def hidden(cast):
    """What Claire has, and neither Eve nor Sam sees."""
    parent = make_account("Secret Holding", by=cast.claire, code="SEC0")
    account = make_account(
        "Secret Labs", by=cast.claire, code="SEC1", emails=["info@sesame.example"], phones=["+33 2 40 99 88 77"],
        registration="552013500", parent=parent,
    )  # fmt: skip
    contact = make_contact("Odile Secret", by=cast.claire, account=account, emails=["odile@sesame.example"])
    with operation(by=cast.claire, door="form", what="site.add"):
        Site.objects.create(account=account, name="Secret Site")
    deal = make_opportunity("Secret deal", by=cast.claire, account=account, contact=contact, reference="SR1")
    return {"parent": parent, "account": account, "contact": contact, "deal": deal}


def everything_said(made, browser):
    """All that the pages and files of an import say, but for what stands in the file itself."""
    made = check(made)
    url = made.get_absolute_url()
    pages = [browser.get(f"{url}{page}").content for page in ("columns/", "values/")]
    pages += [
        browser.get(f"{url}preview/?show={kind}").content for kind in ("created", "updated", "refused", "skipped")
    ]
    pages.append(b"".join(browser.get(f"{url}refused/").streaming_content))
    return b"".join(pages).decode()


@pytest.mark.parametrize("who", ["eve", "sam"])
def test_give_4_nothing_hidden_is_named_by_ids_near_names_or_likenesses(cast, as_, hidden, who):
    """The file holds ids and near names only: whatever of the secret is said comes from the house."""
    by = getattr(cast, who)
    ids = {name: record.pk for name, record in hidden.items()}
    rows = [
        OPPORTUNITIES,
        [ids["deal"], "", "a", "", "", "", "", "", 1],
        ["", "SR1", "b", "", "", "", "", "", 1],
        ["", "", "c", "Secre Labs", "Odile Secre", "", "", "", 1],
        ["", "", "d", "SEC1", "", "", "", "Secre Site", 1],
        ["", "", "e", "", "", ids["account"], "", "", 1],
        ["", "", "f", "", "", "", ids["contact"], "", 1],
    ]
    fed = {at: [name] for at, name in enumerate(
        ("id", "reference", "name", "account", "contact", "account_id", "contact_id", "site", "amount"))}  # fmt: skip
    for match in ("id", "reference", "name_account"):
        made = read(rows, by)
        settings = made.settings
        settings.columns, settings.match, settings.duplicates = fed, match, "update"
        made.decide(settings)
        said = everything_said(Import.objects.get(pk=made.pk), as_(by))
        assert not re.search("Secret|sesame", said), match
    rows = [
        ["Name", "E-mail", "Phone", "SIRET", "Parent"],
        ["Secre Labs", "info@sesame.EXAMPLE", "0240998877", "FR12552013500", "Secre Holding"],
    ]
    said = everything_said(read(rows, by, "account"), as_(by))
    assert not re.search(r"Secret|sesame\.example|likely here", said)
    rows = [["First name", "Last name", "E-mail"], ["Odile", "Secre", "odile@sesame.EXAMPLE"]]
    said = everything_said(read(rows, by, "contact"), as_(by))
    assert not re.search(r"Secret|sesame\.example|likely here", said)


@pytest.mark.parametrize("who", ["eve", "sam"])
def test_give_4_the_exact_names_ids_and_addresses_of_what_is_hidden_do_as_those_of_what_is_absent(cast, hidden, who):
    by = getattr(cast, who)
    ids = {name: record.pk for name, record in hidden.items()}

    def told(account, contact, account_id, contact_id, deal, code, site):
        rows = [
            ["ID", "Name", "Account", "Contact", "Account ID", "Contact ID", "Site"],
            [deal, "a", "", "", "", "", ""],
            ["", "b", account, "", "", "", ""],
            ["", "c", code, "", "", "", ""],
            ["", "d", "", contact, "", "", ""],
            ["", "e", "", "", account_id, "", ""],
            ["", "f", "", "", "", contact_id, ""],
            ["", "g", "", "", "", "", site],
        ]
        fed = {
            at: [name]
            for at, name in enumerate(("id", "name", "account", "contact", "account_id", "contact_id", "site"))
        }
        made = run(rows, by, columns=fed, duplicates="update", match="id")
        words = (account, contact, code, site)
        return [
            (row, column, re.sub("|".join(map(re.escape, words)), "X", message))
            for row, column, message in refusals(made)
        ]

    seen = told("Secret Labs", "Odile Secret", ids["account"], ids["contact"], ids["deal"], "SEC1", "Secret Site")
    absent = told("Nothing Labs", "Nobody Known", 999_991, 999_992, 999_993, "NOT1", "No Site")
    assert seen == absent and len(seen) == 7


@pytest.mark.parametrize("who", ["eve", "sam"])
def test_give_4_an_address_or_a_name_of_a_hidden_record_creates_another_and_changes_nothing(cast, hidden, who):
    by = getattr(cast, who)
    rows = [["First name", "Last name", "E-mail", "Role"], ["Odile", "Secret", "odile@sesame.example", "Spy"]]
    assert counts(run(rows, by, "contact", duplicates="overwrite", match="email")) == {"created": 1}
    rows = [["Name", "City"], ["Secret Labs", "Elsewhere"]]
    assert counts(run(rows, by, "account", duplicates="overwrite", match="name")) == {"created": 1}
    rows = [["Name", "Account"], ["Mine", "Secret Holding"]]
    assert counts(run(rows, by, create=["account"])) == {"created": 1}
    for record in hidden.values():
        version = record.version
        record.refresh_from_db()
        assert record.version == version
    assert Account.objects.filter(name="Secret Holding").count() == 2
    made = run([["Code", "Name"], ["SEC1", "Mine"]], by, "account")
    assert refusals(made) == [(2, "Code", "This code is taken.")]


def test_give_4_an_id_put_into_the_form_of_the_values_is_not_taken(cast, as_, hidden):
    made = read([["Name", "Account"], ["a", "Nowhere"]], cast.eve)
    url = f"/imports/{made.pk}/values/"
    as_(cast.eve).post(url, {"account-0": f"to:{hidden['account'].pk}"})
    assert Import.objects.get(pk=made.pk).settings.values == {"account": {}}


def test_give_4_what_is_hidden_since_it_was_chosen_is_not_written(cast, hidden):
    """A job asks again when it runs."""
    account, contact = hidden["account"], hidden["contact"]
    values = {"account": {"Labs": {"to": account.pk}}, "contact": {"Odile": {"to": contact.pk}}}
    made = run([["Name", "Account"], ["a", "Labs"]], cast.eve, values=values)
    assert counts(made) == {"refused": 1}
    made = run([["Name", "Contact"], ["a", "Odile"]], cast.eve, values=values)
    assert counts(made) == {"refused": 1}
    assert counts(run([["Name", "Account"], ["a", "Labs"]], cast.bo, values=values)) == {"created": 1}


def exported(kind, by):
    made = Export.start(by=by, kind=kind, query="", format="csv", only_shown=False, speech="en")
    Job.objects.get(pk=made.job_id).run()
    made.refresh_from_db()
    with made.file.open() as file:
        return file.read()


def test_give_4_an_export_names_no_hidden_company_of_a_visible_contact_or_account(cast, hidden):
    """Seeing a contact, or a subsidiary, does not show the company: only an opportunity shows its account's name."""
    by = cast.sam
    make_contact("Paul Ney", by=by, account=hidden["account"])
    make_account("Daughter", by=by, parent=hidden["parent"])
    for kind in ("contact", "account"):
        content = exported(kind, by).decode()
        assert "Paul" in content or "Daughter" in content
        assert not SECRET.search(content)
        assert str(hidden["account"].pk) not in content.splitlines()[1].split(",")[-1:]


def test_data_1_the_names_that_an_opportunity_shows_are_no_reason_to_refuse_it(cast, hidden):
    """Whoever sees an opportunity sees the names of its account and contact; of another they are as absent."""
    account, contact = hidden["account"], hidden["contact"]
    deal = make_opportunity("Mine", by=cast.claire, account=account, contact=contact, reference="M1")
    deal.share(to=cast.sam, by=cast.claire, edit=True)
    other = make_opportunity("Other", by=cast.sam, reference="M2")
    header = ["ID", "Account", "Main contact", "Account ID", "Contact ID"]
    same = ["Secret Labs", "Odile Secret", account.pk, contact.pk]
    made = run([header, [deal.pk, *same]], cast.sam, duplicates="overwrite", match="id")
    assert counts(made) == {"unchanged": 1}, refusals(made)
    rows = [
        header,
        [other.pk, "Secret Labs", "", "", ""],
        [deal.pk, "Secret Holding", "", "", ""],
        [other.pk, "", "", account.pk, ""],
    ]
    made = run(rows, cast.sam, duplicates="overwrite", match="id")
    assert counts(made) == {"refused": 3}, (refusals(made), made.rows, made.format)
    assert Opportunity.objects.get(pk=other.pk).account is None


def test_give_4_a_blank_cell_does_not_clear_a_company_that_one_does_not_see(cast, hidden):
    by = cast.sam
    contact = make_contact("Paul Ney", by=by, account=hidden["account"])
    daughter = make_account("Daughter", by=by, parent=hidden["parent"])
    own = make_contact("Ann Roy", by=by, account=daughter)
    rows = [["ID", "Account", "Role"], [contact.pk, "", "Spy"], [own.pk, "", "Cook"]]
    made = run(rows, by, "contact", duplicates="overwrite", match="id", clear_empty=True)
    assert counts(made) == {"updated": 2}
    run([["ID", "Parent"], [daughter.pk, ""]], by, "account", duplicates="overwrite", match="id", clear_empty=True)
    for record in (contact, daughter, own):
        record.refresh_from_db()
    assert (contact.account, daughter.parent, own.account) == (hidden["account"], hidden["parent"], None)
