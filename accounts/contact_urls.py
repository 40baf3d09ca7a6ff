from django.urls import path

from accounts.models import Contact
from accounts.views import contact, deleting, duplicates, form, listing, lists, picking
from accounts.views.giving import contact_access, share_contact
from attributes.urls import under

app_name = "contacts"
urlpatterns = [
    path("", listing.contacts, name="index"),
    path("filters/", listing.contact_filters, name="filters"),
    path("columns/", listing.contact_columns, name="columns"),
    path("new/", form.new_contact, name="new"),
    path("pick/", picking.contacts, name="pick"),
    path("alike/", duplicates.contacts, name="alike"),
    path("<pk:pk>/", contact.contact, name="contact"),
    path("<pk:pk>/custom/", contact.custom, name="custom"),
    path("<pk:pk>/custom/edit/", contact.edit_custom, name="edit_custom"),
    path("<pk:pk>/history/", contact.history, name="history"),
    path("<pk:pk>/menu/", contact.menu, name="menu"),
    path("<pk:pk>/edit/", form.edit_contact, name="edit"),
    path("<pk:pk>/delete/", deleting.delete_contact, name="delete"),
    path("<pk:pk>/access/", contact_access, name="access"),
    path("<pk:pk>/share/", share_contact, name="share"),
    path("<pk:pk>/lists/put/", lists.put_contact, name="put"),
    path("<pk:pk>/lists/take-off/", lists.take_contact_off, name="take_off"),
    *under(Contact),
]
