"""What hangs on the demo's accounts and contacts: lists, further sites, groups of companies."""

import random

from django.contrib.auth.models import Group

from accounts.models import Account, Contact, ContactList, Site
from crm.demo import words
from records.journal import operation
from records.models import Door

LISTS = {
    "en": (("Key accounts", True), ("New Year cards", False), ("Trade show guests", False)),
    "fr": (("Grands comptes", True), ("Vœux", False), ("Invités du salon", False)),
}
SITE_NAMES = {"en": ("Warehouse", "Plant", "Sales office"), "fr": ("Entrepôt", "Usine", "Agence")}


def make(language: str) -> None:
    """Once, on the first accounts and contacts; what is there stays as it is."""
    if ContactList.objects.exists():
        return
    draw = random.Random(7)
    accounts = list(Account.objects.live().order_by("pk")[:60])
    contacts = list(Contact.objects.live().order_by("pk")[:60])
    with operation(by=None, door=Door.IMPORT, what="demo.relations"):
        for name, only_group in LISTS[language]:
            made = ContactList(name=name, for_everybody=not only_group)
            made.add(by=None, groups=Group.objects.values_list("pk", flat=True)[:1] if only_group else ())
            listed = accounts if only_group else contacts
            for record in draw.sample(listed, min(12, len(listed))):
                made.put(record, by=None)
        for account in draw.sample(accounts, min(15, len(accounts))):
            postcode, city, country = draw.choice(words.CITIES)
            name = f"{draw.choice(SITE_NAMES[language])} {city}"
            Site(account=account, name=name, street="2, quai Nord", postcode=postcode, city=city, country=country).add(
                by=None
            )
        for account in draw.sample(accounts[10:], min(6, max(len(accounts) - 10, 0))):
            account.parent = draw.choice(accounts[:10])
            account.edit(by=None)
