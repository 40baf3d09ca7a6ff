from accounts.models.account import Account, AccountAccess, AccountGroupGrant, AccountUserGrant
from accounts.models.contact import Contact, ContactAccess, ContactGroupGrant, ContactUserGrant
from accounts.models.contact_list import ContactList, ListedAccount, ListedContact
from accounts.models.site import Site

__all__ = [
    "Account",
    "AccountAccess",
    "AccountGroupGrant",
    "AccountUserGrant",
    "Contact",
    "ContactAccess",
    "ContactGroupGrant",
    "ContactList",
    "ContactUserGrant",
    "ListedAccount",
    "ListedContact",
    "Site",
]
