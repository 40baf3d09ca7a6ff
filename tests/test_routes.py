"""Every route says who may call it: no route without a row in tests/access/routes.py, no row without a route.

What the rows say is asked of each route by the access matrix.
"""

from django.urls import URLResolver, get_resolver

from tests.access.routes import ROUTES


def routes(patterns=None, prefix="", spaces=()):
    """Name and address of every route of the URL conf."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        at = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, at, (*spaces, entry.namespace) if entry.namespace else spaces)
        else:
            yield ":".join((*spaces, entry.name or f"({at})")), at


def test_every_route_has_a_row_in_the_access_matrix():
    named = dict(routes())
    missing = {name: named[name] for name in named if name not in ROUTES}
    example = "\n".join(
        f'    "{name}": may("opportunity", "view"),  # or able(SET_UP, methods=BOTH), signed_in(): {address}'
        for name, address in missing.items()
    )
    assert not missing, f"Say in tests/access/routes.py who may call these, and by which methods:\n{example}"
    assert not ROUTES.keys() - named.keys(), "these rows are of no route any more"
