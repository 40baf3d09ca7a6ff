"""DUP-1: a likely duplicate account or contact is named while typing, among those one may see."""

import pytest
from django.core.management import call_command

from accounts.models import Account, AccountKey, Contact, ContactKey, Like, alike
from accounts.models.likeness import company_words, sounds_of
from records.journal import operation
from tests.make import make_account, make_contact


def likes(model, by, **row):
    """By what each visible record is like the row: ``{name: [reasons]}``."""
    return {one.name: [str(like) for like in one.likes] for one in alike(model, {0: row}, by).get(0, [])}


@pytest.mark.parametrize(
    "one,other",
    [
        ("Hexabio", "HEXABIO S.A.S."),
        ("Société Générale", "societe generale, SA"),
        ("L’Œuvre & Fils", "L'oeuvre et Fils SARL"),
        ("Saint-Gobain", "Saint Gobain Ltd."),
        ("Ets Évrard", "Evrard"),
        ("Airfrance", "Air France S A"),
        ("日本電気", "日本電気"),
    ],
)
def test_dup_1_a_name_without_accents_punctuation_or_legal_form(one, other):
    assert "".join(company_words(one)) == "".join(company_words(other))


@pytest.mark.parametrize("one,other", [("hexabio", "hexabyo"), ("philips", "filips"), ("marteau", "martaux")])
def test_dup_1_names_that_sound_alike(one, other):
    assert sounds_of(one).rstrip("x") == sounds_of(other).rstrip("x")


def test_dup_1_a_company_called_by_its_legal_form_alone_keeps_its_name():
    assert company_words("SA") == ("sa",)
    assert company_words("Le Groupe") == ("le", "groupe") or company_words("Le Groupe") == ("groupe",)


def test_dup_1_an_account_is_found_by_registration_address_number_and_name(cast):
    make_account(
        "Hexabio SAS", by=cast.claire, emails=["x@y.example", "Info@Hexabio.example"], phones=["+33 2 40 12 34 56"],
        registration="552 013 500",
    )  # fmt: skip
    make_account("Quartz Optics", by=cast.claire)
    assert likes(Account, cast.claire, emails=["info@hexabio.example"]) == {"Hexabio SAS": ["email"]}
    assert likes(Account, cast.claire, phones=["02.40.12.34.56"]) == {"Hexabio SAS": ["phone"]}
    assert likes(Account, cast.claire, registration="FR40 552013500") == {"Hexabio SAS": ["registration"]}
    assert likes(Account, cast.claire, name="HÉXABIO") == {"Hexabio SAS": ["name"]}
    assert likes(Account, cast.claire, name="Hexabyo") == {"Hexabio SAS": ["spelling"]}
    assert likes(Account, cast.claire, name="hexabio", emails=["x@y.example"]) == {"Hexabio SAS": ["email", "name"]}
    make_account("Chantiers Rhône Express", by=cast.claire)
    assert likes(Account, cast.claire, name="Chantier Rhone Expres") == {"Chantiers Rhône Express": ["spelling"]}
    for unlike in ("Hexagon", "Bio", "", "SAS"):
        assert not likes(Account, cast.claire, name=unlike, emails=["", "@", "other@hexabio.example"], phones=["12"])


def test_dup_1_a_contact_is_found_by_address_number_and_name_either_way_round(cast):
    one, two = make_account("One", by=cast.claire), make_account("Two", by=cast.claire)
    make_contact("Odile Le Canu", by=cast.claire, account=one, emails=["o@x.example"], phones=["0612345678"])
    assert likes(Contact, cast.claire, emails=["O@x.example"]) == {"Odile Le Canu": ["email"]}
    assert likes(Contact, cast.claire, phones=["+33612345678"]) == {"Odile Le Canu": ["phone"]}
    assert likes(Contact, cast.claire, first_name="le canu", last_name="Odile") == {"Odile Le Canu": ["name"]}
    name = {"first_name": "Odile", "last_name": "Le Canu"}
    assert likes(Contact, cast.claire, **name, account_id=one.pk) == {"Odile Le Canu": ["name"]}
    assert not likes(Contact, cast.claire, **name, account_id=two.pk), "a namesake at another company"
    moved = likes(Contact, cast.claire, **name, account_id=two.pk, phones=["0612345678"])
    assert moved == {"Odile Le Canu": ["phone", "name"]}
    assert not likes(Contact, cast.claire, first_name="Paul", last_name="Ney", phones=["0612345678"]), "a colleague"


def test_give_4_a_hidden_or_deleted_duplicate_is_not_named(cast, as_):
    make_account("Hexabio", by=cast.sam, emails=["a@hexabio.example"])
    make_contact("Odile Lecanu", by=cast.sam, emails=["o@hexabio.example"])
    gone = make_account("Quartz", by=cast.eve)
    gone.trash(by=cast.eve)
    for url in (
        "/accounts/alike/?name=hexabio&emails=a@hexabio.example",
        "/accounts/alike/?name=quartz",
        "/contacts/alike/?last_name=lecanu&first_name=odile&emails=o@hexabio.example",
        "/accounts/pick/?q=hexabio sas",
    ):
        answer = as_(cast.eve).get(url)
        assert answer.status_code == 200
        assert not {b"Hexabio", b"Quartz", b"Lecanu"} & set(answer.content.replace(b">", b"<").split(b"<"))
    as_(cast.eve).post("/accounts/new/", {"name": "Hexabio SA", "kind": "prospect"})
    page = as_(cast.eve).get("/accounts/").content.decode()
    assert "much like" not in page


def test_dup_1_the_forms_name_it_while_typing_and_after_saving(cast, as_):
    account = make_account("Hexabio", by=cast.claire)
    contact = make_contact("Odile Lecanu", by=cast.claire, account=account)
    browser = as_(cast.claire)
    page = browser.get("/accounts/alike/?name=H%C3%A9xabio+sas&emails=&phones=").content.decode()
    assert f'href="/accounts/{account.pk}/"' in page and "same name" in page
    assert browser.get(f"/accounts/alike/?name=Hexabio&pk={account.pk}").content.strip() == b"", "not itself"
    page = browser.get(f"/contacts/alike/?first_name=odile&last_name=lecanu&account={account.pk}").content.decode()
    assert f'href="/contacts/{contact.pk}/"' in page
    assert browser.get("/contacts/alike/?first_name=odile&last_name=lecanu&account=new").content.strip() == b""
    for path in ("/accounts/new/", f"/accounts/{account.pk}/edit/", "/contacts/new/"):
        assert "alike/?pk=" in browser.get(path).content.decode()
    browser.post("/accounts/new/", {"name": "Hexabio SARL", "kind": "prospect"})
    created = Account.objects.get(name="Hexabio SARL")
    assert "“Hexabio” is much like it: same name." in browser.get(created.get_absolute_url()).content.decode()


def test_dup_1_whoever_creates_an_account_inside_another_form_is_shown_the_one_that_is_there(cast, as_):
    account = make_account("Hexabio", by=cast.claire)
    page = as_(cast.claire).get("/accounts/pick/?field=account&account_name=Hexabyo").content.decode()
    assert f'data-id="{account.pk}"' in page and 'data-id="new"' in page
    make_contact("Odile Lecanu", by=cast.claire)
    page = as_(cast.claire).get("/contacts/pick/?q=Lecanu Odile").content.decode()
    assert "Odile Lecanu" in page


@pytest.mark.parametrize(
    "query", ["name=%00", "pk=999999999999999999999", "account=x&last_name=", "phones=" + "1" * 3000]
)
def test_all_6_whatever_is_typed_is_answered(cast, as_, query):
    for kind in ("accounts", "contacts"):
        assert as_(cast.claire).get(f"/{kind}/alike/?{query}").status_code == 200


def test_dup_1_the_keys_follow_the_record_and_are_verified(cast, capsys):
    account = make_account("Hexabio", by=cast.claire, emails=["a@x.example"])
    contact = make_contact("Odile Lecanu", by=cast.claire)
    account.name, account.emails = "Quartz", []
    account.edit(by=cast.claire)
    assert not likes(Account, cast.claire, name="Hexabio", emails=["a@x.example"])
    assert likes(Account, cast.claire, name="Quartz")
    before = contact.likeness.count()
    with operation(by=cast.claire, door="form", what="contact.edit"):
        row = {name: getattr(contact, name) for name in Contact.columns()}
        Contact.change_rows([row | {"emails": ["o@x.example"]}], [row])
    assert contact.likeness.count() == before + 1
    call_command("verify")
    AccountKey.objects.filter(record=account).delete()
    ContactKey.objects.create(key=1, record=contact)
    with pytest.raises(SystemExit):
        call_command("verify")
    call_command("verify", "--repair")
    call_command("verify")
    assert likes(Account, cast.claire, name="Quartz")


def test_dup_1_likenesses_are_told_surest_first():
    assert [str(like) for like in Like] == ["registration", "email", "phone", "name", "spelling"]
