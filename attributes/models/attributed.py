"""The base of the records that a house may add to: accounts, contacts, opportunities."""

from attributes.models.tagging import Taggable


class AttributedRecord(Taggable):
    class Meta:
        abstract = True

    def get_absolute_url(self) -> str:
        """Its page; what the house adds to it has its addresses under it."""
        raise NotImplementedError
