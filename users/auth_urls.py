"""Signing in and out, a forgotten password, a second factor; django-allauth's views under ``/auth/``."""

from allauth.account import views
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as keys
from django.urls import path, re_path

from users import single_sign_on
from users.changed_keys import witnessed
from users.views import preferences

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/reset/key/done/", views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    path("closed/", views.signup, name="account_signup"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("confirm/", views.reauthenticate, name="account_reauthenticate"),
    path("factor/", preferences.factors, name="mfa_index"),
    path("factor/ask/", factor.authenticate, name="mfa_authenticate"),
    path("factor/confirm/", factor.reauthenticate, name="mfa_reauthenticate"),
    path("factor/app/on/", witnessed(app.activate_totp), name="mfa_activate_totp"),
    path("factor/app/off/", witnessed(app.deactivate_totp), name="mfa_deactivate_totp"),
    path("factor/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("factor/codes/new/", witnessed(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("factor/codes/download/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("factor/keys/", keys.list_webauthn, name="mfa_list_webauthn"),
    path("factor/keys/add/", witnessed(keys.add_webauthn), name="mfa_add_webauthn"),
    path("factor/keys/confirm/", keys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("factor/keys/login/", keys.login_webauthn, name="mfa_login_webauthn"),
    path("factor/keys/<pk:pk>/edit/", keys.edit_webauthn, name="mfa_edit_webauthn"),
    path("factor/keys/<pk:pk>/remove/", witnessed(keys.remove_webauthn), name="mfa_remove_webauthn"),
    path("single/<slug:provider_id>/", single_sign_on.login, name="openid_connect_login"),
    path("single/<slug:provider_id>/back/", single_sign_on.callback, name="openid_connect_callback"),
    path("single/cancelled/again/", single_sign_on.cancelled, name="socialaccount_login_cancelled"),
]
