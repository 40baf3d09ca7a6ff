from django.urls import path

from accounts.models import Account
from accounts.views import account, deleting, duplicates, form, listing, lists, picking, sites
from accounts.views.giving import account_access, share_account
from attributes.urls import under

app_name = "accounts"
urlpatterns = [
    path("", listing.accounts, name="index"),
    path("filters/", listing.account_filters, name="filters"),
    path("columns/", listing.account_columns, name="columns"),
    path("new/", form.new_account, name="new"),
    path("pick/", picking.accounts, name="pick"),
    path("alike/", duplicates.accounts, name="alike"),
    path("<pk:pk>/", account.account, name="account"),
    path("<pk:pk>/contacts/", account.contacts, name="contacts"),
    path("<pk:pk>/information/", account.information, name="information"),
    path("<pk:pk>/custom/", account.custom, name="custom"),
    path("<pk:pk>/custom/edit/", account.edit_custom, name="edit_custom"),
    path("<pk:pk>/history/", account.history, name="history"),
    path("<pk:pk>/menu/", account.menu, name="menu"),
    path("<pk:pk>/edit/", form.edit_account, name="edit"),
    path("<pk:pk>/delete/", deleting.delete_account, name="delete"),
    path("<pk:pk>/access/", account_access, name="access"),
    path("<pk:pk>/share/", share_account, name="share"),
    path("<pk:pk>/sites/add/", sites.add, name="add_site"),
    path("<pk:pk>/sites/<pk:site>/edit/", sites.edit, name="edit_site"),
    path("<pk:pk>/sites/<pk:site>/remove/", sites.remove, name="remove_site"),
    path("<pk:pk>/lists/put/", lists.put_account, name="put"),
    path("<pk:pk>/lists/take-off/", lists.take_account_off, name="take_off"),
    *under(Account),
]
