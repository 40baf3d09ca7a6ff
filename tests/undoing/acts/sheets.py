"""Spreadsheets: new records and known ones, with the people, tags and custom fields that stand in their columns."""

from accounts.models import Account, Contact
from opportunities.models import Opportunity
from tests.transfers.sheets import run


def import_opportunities(world):
    world.be("bo")
    head = ["ID", "Name", "Account", "Contact", "Stage", "Amount", "Due date", "Owner", "Assigned to", "Tags", "Grade"]
    known = world.draw.sample(list(Opportunity.objects.visible_to(world.by).order_by("pk")), 3)
    rows = [
        [
            one.pk, f"Renamed {one.pk}", "", "", world.some("Won", "Proposal", ""), 7, "2027-01-01", "Sam Okafor",
            "Eve Martin", world.some("", "Warm, Cold"), "I-1",
        ]
        for one in known
    ]  # fmt: skip
    rows += [
        ["", f"New {at}", f"Company {at % 2}", f"Ana Roca{at}", "Proposal", at, "", "", "Tom Baker", "Old", "I-2"]
        for at in range(3)
    ]
    return run([head, *rows], world.by, duplicates="overwrite", create=["account", "contact"], match="id")


def import_people_on_opportunities(world):
    world.be("bo")
    one = world.one(Opportunity.objects.visible_to(world.by).exclude(account=None))
    rows = [
        ["ID", "Name", "People"],
        [one.pk, one.name, world.some("Maud Anquetil", "Jean Roca (Buyer)", "Mia Ferhat")],
    ]
    return run(rows, world.by, duplicates="overwrite", match="id")


def import_accounts(world):
    world.be("bo")
    known = world.one(Account.objects.visible_to(world.by))
    rows = [
        ["ID", "Name", "City", "Parent account", "Tags", "Grade", "E-mails"],
        [known.pk, known.name, "Brest", "Fresh holding", "Old", "I-3", "new@house.example"],
        ["", "Fresh house", "Caen", "Fresh holding", "Warm", "I-4", ""],
        ["", "Fresh holding", "", "", "", "", ""],
    ]
    return run(rows, world.by, kind="account", duplicates="overwrite", create=["account"], match="id")


def import_contacts(world):
    world.be("bo")
    known = world.one(Contact.objects.visible_to(world.by))
    rows = [
        ["ID", "First name", "Last name", "Account", "Role", "Tags"],
        [known.pk, known.first_name, known.last_name, "", "Director", "Cold"],
        ["", "Fresh", "Face", "Fresh house", "Buyer", "Warm"],
    ]
    return run(rows, world.by, kind="contact", duplicates="overwrite", create=["account"], match="id")
