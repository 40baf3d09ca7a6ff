"""Giving a record: another owner, shares, another client."""

from accounts.models import Account, Contact
from tests.undoing.world import KINDS
from users.models import User


def _shared(world):
    return world.mine(world.some(*KINDS), "share")


def share_with_a_person(world):
    return world.change(f"{_shared(world).get_absolute_url()}share/", to=f"user:{world.one(User.objects.active()).pk}")


def share_with_a_group(world):
    return world.change(f"{_shared(world).get_absolute_url()}share/", to=f"group:{world.some(*world.groups).pk}")


def share_to_edit_or_withdraw(world):
    url = f"{_shared(world).get_absolute_url()}share/"
    data = world.form(url)
    data |= {f"level-{key}": world.some("view", "change", "") for key in data.get("holder", ())}
    return world.send(url, data)


def give_to_somebody(world):
    return world.change(f"{_shared(world).get_absolute_url()}share/", owner=world.one(User.objects.active()).pk)


def reassign_to_another_client(world):
    one = world.mine("opportunity", "reassign")
    account = world.some(None, world.one(Account.objects.visible_to(world.by)))
    contacts = Contact.objects.visible_to(world.by).filter(account=account)
    contact = world.one(contacts) if account is None or (contacts.exists() and world.some(True, False)) else None
    staged = {"to_list": "", "to_account": account.pk if account else "0", "to_contact": contact.pk if contact else "0"}
    former = [str(pk) for pk in one.involvements.exclude(contact=None).values_list("contact_id", flat=True)]
    staged |= {"former": former, "keep": world.some(former, [])}
    query = "&".join(
        f"{name}={one}" for name, value in staged.items() for one in (value if isinstance(value, list) else [value])
    )
    data = world.form(f"{one.get_absolute_url()}edit/?{query}")
    return world.send(f"{one.get_absolute_url()}edit/", data, **staged, brief="Given away")
