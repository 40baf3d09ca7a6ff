"""Accounts and contacts: their facts, sites, lists, tags and custom fields."""

from accounts.models import Account, Contact, ContactList, Site


def make_an_account(world):
    return world.change("/accounts/new/", name="Fresh house", parent="new", parent_name="Fresh holding", city="Caen")


def make_a_contact(world):
    company = world.some({"account": "new", "account_name": "Fresh house"}, {})
    return world.change("/contacts/new/", first_name="New", last_name="Comer", emails="n@comer.example", **company)


def edit_an_account(world):
    one = world.mine("account")
    parts = {
        "name": world.some("Renamed", "Hexabio Group"),
        "city": world.some("Caen", "Lyon"),
        "kind": world.some("client", "prospect"),
        "code": world.some("HX-2", "DA"),
        "emails": world.some("", "x@y.example"),
        "revenue": "1200.50",
        "employees": "12",
        "tags": world.some([], [str(world.tags[0].pk)]),
        f"cf_{world.texts['account'].pk}": world.some("", "X-9"),
    }
    return world.change(f"{one.get_absolute_url()}edit/", **_some_of(world, parts))


def put_it_below_another(world):
    one = world.mine("account")
    above = world.one(Account.objects.visible_to(world.by).exclude(pk=one.pk))
    return world.change(f"{one.get_absolute_url()}edit/", parent=above.pk)


def edit_a_contact(world):
    one = world.mine("contact")
    parts = {
        "first_name": world.some("Anna", "Odette"),
        "last_name": "Renamed",
        "role": world.some("", "Buyer"),
        "phones": "02 40 00 00 00",
        "tags": world.some([], [str(world.tags[1].pk)]),
        f"cf_{world.texts['contact'].pk}": world.some("", "X-8"),
    }
    return world.change(f"{one.get_absolute_url()}edit/", **_some_of(world, parts))


def move_a_contact(world):
    one = world.mine("contact")
    return world.change(
        f"{one.get_absolute_url()}edit/", account=world.one(Account.objects.visible_to(world.by)).pk, account_name=""
    )


def _some_of(world, parts):
    return {name: parts[name] for name in world.draw.sample(sorted(parts), world.draw.randint(1, 4))}


def edit_custom_fields_of_a_party(world):
    kind = world.some("account", "contact")
    one, text, choice = world.mine(kind), world.texts[kind], world.choices[kind]
    option = world.some("", *(str(pk) for pk in choice.options()))
    return world.change(
        f"{one.get_absolute_url()}custom/edit/", **{f"cf_{text.pk}": world.some("", "X-7"), f"cf_{choice.pk}": option}
    )


def delete_an_account(world):
    return world.send(f"{world.mine('account', 'delete', opportunities=None).get_absolute_url()}delete/")


def delete_a_contact(world):
    return world.send(f"{world.mine('contact', 'delete').get_absolute_url()}delete/")


def restore_a_party(world):
    world.be("sup")
    kind, model, delete = world.some(("account", Account, delete_an_account), ("contact", Contact, delete_a_contact))
    delete(world)
    world.start()
    return world.send(f"/trash/{kind}/{world.one(model.objects.exclude(trashed_at=None)).pk}/restore/")


def tag_a_party(world):
    one = world.mine(world.some("account", "contact"))
    were = [str(tag.pk) for tag in one.tags()]
    return world.send(f"{one.get_absolute_url()}tags/", was=were, tag=[world.some(*world.tags).pk])


def add_a_site(world):
    return world.change(f"{world.mine('account').get_absolute_url()}sites/add/", name="Depot", city="Caen")


def _site(world):
    return world.one(Site.objects.active().filter(account__in=Account.objects.allowing(world.by, "change")))


def edit_a_site(world):
    one = _site(world)
    return world.change(
        f"{one.account.get_absolute_url()}sites/{one.pk}/edit/", **world.some({"name": "Works"}, {"city": "Lyon"})
    )


def remove_a_site(world):
    one = _site(world)
    return world.send(f"{one.account.get_absolute_url()}sites/{one.pk}/remove/")


def put_it_on_a_list(world):
    one = world.mine(world.some("account", "contact"))
    free = ContactList.objects.active().visible_to(world.by)
    return world.send(f"{one.get_absolute_url()}lists/put/", list=world.one(free).pk)


def take_it_off_a_list(world):
    one = world.mine(world.some("account", "contact"), listed__isnull=False)
    row = world.one(one.listed.all())
    return world.send(f"{one.get_absolute_url()}lists/take-off/", list=row.list_id)
