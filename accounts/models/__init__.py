from accounts.models.account import Account, AccountAccess, AccountGroupGrant, AccountUserGrant
from accounts.models.contact import Contact, ContactAccess, ContactGroupGrant, ContactUserGrant
from accounts.models.contact_list import ContactList, ListedAccount, ListedContact
from accounts.models.likeness import AccountKey, Alike, ContactKey, Like, alike
from accounts.models.site import Site

__all__ = [
    "Account",
    "AccountAccess",
    "AccountGroupGrant",
    "AccountKey",
    "AccountUserGrant",
    "Alike",
    "Contact",
    "ContactAccess",
    "ContactGroupGrant",
    "ContactKey",
    "ContactList",
    "ContactUserGrant",
    "Like",
    "ListedAccount",
    "ListedContact",
    "Site",
    "alike",
]
