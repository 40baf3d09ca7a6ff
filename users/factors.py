"""The second factor: its secrets are kept encrypted, and apps show the house's name beside them (ALL-5)."""

from base64 import urlsafe_b64encode
from hashlib import sha256

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

from core.models import House


class SecondFactor(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return box().decrypt(encrypted_text.encode()).decode()

    def build_totp_svg(self, url: str) -> str:
        """An element to stand in a page: without the declaration of a file."""
        svg: str = super().build_totp_svg(url)
        return svg[svg.index("<svg") :]

    def _get_site_name(self) -> str:
        return House.current().name


def box() -> MultiFernet:
    """Locks with today's secret key; opens what an earlier one locked, too."""
    keys: list[str] = [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]
    return MultiFernet([Fernet(urlsafe_b64encode(sha256(("factor" + key).encode()).digest())) for key in keys])
