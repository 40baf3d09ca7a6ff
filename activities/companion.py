"""What activities add to the pages of opportunities, accounts and contacts: the first tab (REC-2)."""

from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import Account, Contact
from activities import timeline
from activities.durations import told
from opportunities.models import Opportunity
from records.companions import Companion
from records.models import OwnedRecord, Record


class ActivityTab(Companion):
    def shown_on(self, record: Record, request: Any, tab: str) -> Mapping[str, str]:
        if not isinstance(record, Opportunity | Account | Contact):
            return {}
        url = reverse(f"activities:{record.gate_key()}", args=[record.pk])
        context = {"url": url, "is_here": tab == "activity", "count": timeline.count(record)}
        shown: dict[str, str] = {"tabs": render_to_string("activities/_tab.html", context, request)}
        if isinstance(record, Opportunity):
            shown["aside_end"] = self._time(record, request)
        return shown

    def _time(self, record: OwnedRecord, request: Any) -> str:
        spent = timeline.time_spent(record.pk)
        context = {"opportunity": record, "spent": told(spent) if spent else ""}
        return render_to_string("activities/_time_panel.html", context, request)
