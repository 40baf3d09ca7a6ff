"""The plain page, the yardstick: what anybody's weekend project would cost.

Session and user looked up, 50 opportunities with account, stage and owner by ``select_related``, ordered by id, eight
columns through a Django template.
"""

import os

from django.contrib.auth.decorators import login_required
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.template import engines
from django.urls import path

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.plain_settings"
application = get_wsgi_application()

from opportunities.models import Opportunity  # noqa: E402

TEMPLATE = """<!doctype html><title>Opportunities</title><p>{{ request.user.email }}</p><table>
{% for opportunity in opportunities %}<tr><td>{{ opportunity.id }}</td><td>{{ opportunity.name }}</td>
<td>{{ opportunity.account.name }}</td><td>{{ opportunity.stage.name }}</td><td>{{ opportunity.probability }}</td>
<td>{{ opportunity.amount }}</td><td>{{ opportunity.due_on }}</td><td>{{ opportunity.owner.last_name }}</td></tr>
{% endfor %}</table>"""
_compiled = engines["django"].from_string(TEMPLATE)


@login_required
def page(request):
    rows = Opportunity.objects.select_related("account", "stage", "owner").order_by("id")[:50]
    return HttpResponse(_compiled.render({"opportunities": rows, "request": request}, request=None))


urlpatterns = [path("plain/", page)]
