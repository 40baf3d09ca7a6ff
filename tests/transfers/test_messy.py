"""A sheet as people keep it: what a new user expects of it, without reading a manual (DATA-2, DATA-9)."""

import pytest

from accounts.models import Account
from opportunities.models import Opportunity
from tests.transfers.sheets import counts, guessed, run, xlsx_bytes

HEADERS = [
    "N° affaire",
    "Nom de l'affaire",
    "Client",
    "Commercial",
    "Montant HT",
    "Stade",
    "Clôture prév.",
    "Remarques",
]


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_data_2_the_usual_words_of_a_sales_sheet_are_guessed(cast):
    row = ["0012", "Capteurs", "Hexabio", "Claire Dubois", "12 k€", "Negotiation", "03/12/2026", "rappeler"]
    assert guessed([HEADERS, row]) == {
        "N° affaire": ["reference"],
        "Nom de l'affaire": ["name"],
        "Client": ["account"],
        "Commercial": ["owner"],
        "Montant HT": ["amount"],
        "Stade": ["stage"],
        "Clôture prév.": ["due_on"],
        "Remarques": ["brief"],
    }


def test_data_9_titles_totals_and_notes_are_no_records_and_two_spellings_are_one_account(cast):
    sheet = [
        ["Suivi commercial"],
        [],
        HEADERS,
        ["0012", "Capteurs", "Laiterie d'Isigny", "Claire Dubois", "12 k€", "Negotiation", "13/12/2026", "rappeler"],
        ["0013", "Télérelève", "Laiterie d’Isigny", "Dubois Claire", "1 234,50 €", "Proposal", "03/12/2026", None],
        [None, "Total", None, None, "13 234,50"],
    ]
    made = run(xlsx_bytes(sheet), cast.bo, name="suivi.xlsx", create=["account"])
    assert counts(made) == {"created": 2}
    assert Account.objects.get().name == "Laiterie d'Isigny"
    found = Opportunity.objects.order_by("pk").values_list("reference", "amount", "due_on", "brief")
    assert [(reference, float(amount), str(due), brief) for reference, amount, due, brief in found] == [
        ("0012", 12000.0, "2026-12-13", "rappeler"),
        ("0013", 1234.5, "2026-12-03", ""),
    ]
