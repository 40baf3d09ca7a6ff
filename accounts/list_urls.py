from django.urls import path

from accounts.views.set_up import ContactLists

app_name = "lists"
urlpatterns = [path("", ContactLists.as_view(), name="index")]
