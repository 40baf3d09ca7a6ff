"""Every route of the CRM and who may call it: add the row of a new route here, in the order of the URL conf.

``methods`` are those that the route serves; any other must answer 405. See tests/access/rows.py for the kinds of rows.
"""

from tests.access.rows import Row, able, anybody, grants, journalled, may, nobody, only, signed_in, taken_back
from tests.access.sending import LEADS_ON, SENDS, sends

GET, POST, BOTH = "GET", "POST", "GET POST"
FORM = "GET POST PUT"  # a class of allauth's, which takes a PUT for a POST
SET_UP, PEOPLE, RESTORE, ARCHIVE = "set_up", "people", "restore", "archive"
ABSENT = 999_999_999
KINDS = ("opportunity", "account", "contact")


def on(kind, **verbs):
    """Routes below a record's page: name = verb and methods, GET if not said."""
    folder = {"opportunity": "opportunities"}.get(kind, f"{kind}s")
    found = {}
    for name, said in verbs.items():
        verb, _, methods = said.partition(" ")
        found[f"{folder}:{name}"] = may(kind, verb, methods or GET)
    return found


def site(world, record):
    facts = next(facts for facts in world.records["account"].values() if facts is record)
    return {"site": world.sites[world.state_of(facts)].pk}


def hanging(on, verb, methods=GET, *, kinds=KINDS, **given):
    """What hangs on a record: seen by who sees it, and for ``verb`` asked as the record is."""

    def pks(world, record):
        found = getattr(world, on)
        return {"pk": (found.get((record.kind, world.state_of(record))) or found[world.state_of(record)]).pk}

    return [may(kind, verb, methods).given(pks=pks, **given) for kind in kinds]


def saved_view(world, record):
    """Claire's own, shared with nobody."""
    return {"pk": world.view.pk}


def field(world, record):
    return {"of": "opportunity"}


def in_trash(world, record):
    return {"kind": "opportunity", "pk": world.records["opportunity"]["trashed"].pk}


def operation(world, record):
    """The one that made an opportunity, by Sup."""
    return {"pk": world.operations[world.state_of(record)]}


def archive(world, record):
    """A full export of Sup’s."""
    return {"pk": world.archive.pk}


def imported(state):
    """An import of Bo’s that has come so far."""
    return lambda world, record: {"pk": getattr(world, state).pk}


_ROUTES = {
    "home": signed_in(),
    "setup": nobody(BOTH),
    "healthz": anybody(),
    "readyz": anybody().given(also=(503,)),
    "favicon": anybody(),
    "robots": anybody(),
    "styleguide": signed_in(),
    "search": signed_in().given(query="q=Quartz"),
    "journal": signed_in().given(trash=True),
    "operation": journalled("opportunity").given(pks=operation),
    "undo": taken_back("opportunity", BOTH).given(pks=operation),
    "trash": able(RESTORE).given(trash=True),
    "restore": able(RESTORE, methods=POST).given(pks=in_trash),
    "settings": able(SET_UP, PEOPLE, ARCHIVE),
    "house": able(SET_UP, methods=BOTH),
    "archives": able(ARCHIVE).given(reads_only=False),  # its notice counts as read
    "make_archive": able(ARCHIVE, methods=POST),
    "archive_file": able(ARCHIVE, methods=POST).given(pks=archive),
    "delete_archive": able(ARCHIVE, methods=POST).given(pks=archive),
    "targets": able(SET_UP, methods=BOTH),
    # Pipelines and lists to set up
    "pipelines:index": able(SET_UP),
    "pipelines:new": able(SET_UP, methods=BOTH),
    "pipelines:archived": able(SET_UP),
    "pipelines:stages": able(SET_UP, methods=BOTH).given(pks=lambda world, record: {"pk": world.pipeline.pk}),
    "pipelines:unarchive": able(SET_UP, methods=POST).given(pks=lambda world, record: {"pk": world.old_pipeline.pk}),
    "pipelines:sources": able(SET_UP, methods=BOTH),
    "pipelines:lost_reasons": able(SET_UP, methods=BOTH),
    "pipelines:origin_types": able(SET_UP, methods=BOTH),
    "pipelines:origins": able(SET_UP, methods=BOTH).given(pks=lambda world, record: {"pk": world.origin_type.pk}),
    **{
        f"pipelines:{name}": able(SET_UP, methods=BOTH)
        for name in ("categories", "families", "establishments", "sectors", "sale_types", "products", "person_roles")
    },
    "pipelines:currencies": able(SET_UP, methods=BOTH),
    "pipelines:rates": able(SET_UP, methods=BOTH).given(pks=lambda world, record: {"pk": world.currency.pk}),
    "pipelines:withdraw_rate": able(SET_UP, methods=POST).given(pks=lambda world, record: {"pk": world.rate.pk}),
    "pipelines:subcategories": able(SET_UP, methods=BOTH).given(pks=lambda world, record: {"pk": world.category.pk}),
    "pipelines:subfamilies": able(SET_UP, methods=BOTH).given(pks=lambda world, record: {"pk": world.family.pk}),
    "attributes:tags": able(SET_UP, methods=BOTH),
    "attributes:all_fields": signed_in(FORM),  # only leads to the next
    "attributes:fields": able(SET_UP, methods=BOTH).given(pks=field),
    "attributes:new_field": able(SET_UP, methods=POST).given(pks=field),
    "attributes:groups": able(SET_UP, methods=BOTH).given(pks=field),
    "attributes:filled": able(SET_UP).given(pks=field),
    "attributes:options": able(SET_UP, methods=BOTH).given(pks=lambda world, record: {"pk": world.field.pk}),
    "lists:index": able(SET_UP, methods=BOTH),
    # Opportunities
    "opportunities:index": signed_in(),
    "opportunities:closed": signed_in(),
    "opportunities:columns": signed_in(),
    "opportunities:new_view": signed_in(BOTH),
    "opportunities:edit_view": only("claire", BOTH).given(pks=saved_view),
    "opportunities:save_view": only("claire", POST).given(pks=saved_view),
    "opportunities:delete_view": only("claire", POST).given(pks=saved_view),
    "opportunities:first_view": only("claire", POST).given(pks=saved_view),
    "opportunities:summary": signed_in(),
    "opportunities:filters": signed_in(),
    "opportunities:uses": signed_in().given(pks={"by": "stage"}, query="row=1"),
    "opportunities:stage_effect": signed_in().given(pks=lambda world, record: {"pk": world.pipeline.pk}),
    "opportunities:board": signed_in(),
    "opportunities:board_sums": signed_in(),
    "opportunities:board_column": signed_in().given(
        pks=lambda world, record: {"pk": world.stage.pk}, query="after=0.0"
    ),
    "opportunities:bulk": signed_in(POST),
    "opportunities:bulk_job": only("bo", BOTH).given(pks=lambda world, record: {"pk": world.bulk.pk}),
    "opportunities:bulk_cancel": only("bo", POST).given(pks=lambda world, record: {"pk": world.running.pk}),
    "opportunities:new": grants("create", "opportunity", methods=BOTH),
    **on(
        "opportunity",
        opportunity="view",
        preview_lines="change POST",
        follow_lines="change POST",
        history="view",
        pipeline="view",
        menu="view",
        duplicate="view GET POST",
        edit="change GET POST",
        delete="delete GET POST",
        share="share GET POST",
        access="view",
        reassign="reassign",
        retag="change POST",
        custom="view",
        edit_custom="change GET POST",
        add_person="change GET POST",
        remove_person="change POST",
        board_menu="view",
        board_move="change POST",
        board_lose="close GET POST",
        move="change POST",
        win="close GET POST",
        lose="close GET POST",
        cancel="close GET POST",
        reopen="close POST",
    ),
    "opportunities:field": may("opportunity", "change", BOTH).given(
        pks=lambda world, record: {"pk": record.pk, "name": "amount"}
    ),
    "opportunities:enter": may("opportunity", "change", BOTH).given(
        pks=lambda world, record: {"pk": record.pk, "stage": world.next_stage.pk}
    ),
    "opportunities:gate_effect": signed_in().given(pks=lambda world, record: {"pk": world.stage.pk}),
    "opportunities:lines": may("opportunity", "view", BOTH).given(post="change"),
    # Accounts and contacts
    "accounts:index": signed_in(),
    "accounts:filters": signed_in(),
    "accounts:columns": signed_in(),
    "accounts:new": grants("create", "account", methods=BOTH),
    "accounts:pick": signed_in().given(query="q=Quartz"),
    "accounts:alike": signed_in().given(query="name=Quartz"),
    **on(
        "account",
        account="view",
        contacts="view",
        information="view",
        history="view",
        menu="view",
        edit="change GET POST",
        delete="delete GET POST",
        share="share GET POST",
        access="view",
        retag="change POST",
        custom="view",
        edit_custom="change GET POST",
        add_site="change GET POST",
        put="change GET POST",
        take_off="change POST",
    ),
    "accounts:edit_site": may("account", "change", BOTH).given(pks=site),
    "accounts:remove_site": may("account", "change", POST).given(pks=site),
    "contacts:index": signed_in(),
    "contacts:filters": signed_in(),
    "contacts:columns": signed_in(),
    "contacts:new": grants("create", "contact", methods=BOTH),
    "contacts:pick": signed_in().given(query="q=Quartz"),
    "contacts:alike": signed_in().given(query="last_name=Quartz"),
    **on(
        "contact",
        contact="view",
        history="view",
        menu="view",
        edit="change GET POST",
        delete="delete GET POST",
        share="share GET POST",
        access="view",
        put="change GET POST",
        take_off="change POST",
        retag="change POST",
        custom="view",
        edit_custom="change GET POST",
    ),
    # The history of a record: read by who sees it, and commented on; an entry is changed by its author, here
    # Sup, and by who may edit the record
    "activities:opportunity": may("opportunity", "view", BOTH),
    "activities:account": may("account", "view", BOTH),
    "activities:contact": may("contact", "view", BOTH),
    "activities:time": may("opportunity", "view", BOTH),
    "activities:remove_time": hanging("times", "change", POST, kinds=["opportunity"]),
    "activities:edit": hanging("activities", "change", BOTH),
    "activities:remove": hanging("activities", "change", POST),
    "activities:move": hanging("activities", "change", BOTH),
    "activities:types": able(SET_UP, methods=BOTH),
    # Tasks: of a record, as it is; one's own lists
    "tasks:index": signed_in(),
    "tasks:calendar": signed_in(),
    "tasks:new": signed_in(BOTH),
    "tasks:quick": signed_in(POST),
    "tasks:postpone_late": signed_in(POST),
    "tasks:task": hanging("tasks", "view", BOTH, post="change"),
    "tasks:menu": hanging("tasks", "change"),
    "tasks:complete": hanging("tasks", "change", POST),
    "tasks:reopen": hanging("done", "change", POST),
    "tasks:postpone": hanging("tasks", "change", POST),
    "tasks:assign": hanging("tasks", "change", POST),
    "tasks:remove": hanging("tasks", "change", POST),
    "tasks:add_track": may("opportunity", "change", BOTH),
    "tasks:move_tracks": may("opportunity", "change", POST),
    "tasks:preview_track": signed_in(),
    "tasks:remove_track": hanging("applied", "change", POST, kinds=["opportunity"]),
    "tasks:categories": able(SET_UP, methods=BOTH),
    "tasks:tracks": able(SET_UP, methods=BOTH),
    "tasks:steps": able(SET_UP, methods=BOTH).given(pks=lambda world, record: {"pk": world.track.pk}),
    "tasks:holidays": able(SET_UP, methods=BOTH),
    # Spreadsheets in and out: each import and export is its author's alone
    "reports:index": signed_in(),
    "reports:activities": signed_in(),
    "reports:activity_list": signed_in(),
    "reports:activity_csv": signed_in(),
    "reports:opportunities": signed_in(),
    "transfers:index": grants("import", *KINDS),
    "transfers:new": grants("import", *KINDS, methods=BOTH),
    "transfers:import": only("bo").given(pks=imported("finished"), reads_only=False),  # its notice counts as read
    "transfers:columns": only("bo", BOTH).given(pks=imported("imported")),
    "transfers:sheet": only("bo", POST).given(pks=imported("imported")),
    "transfers:values": only("bo", BOTH).given(pks=imported("imported"), reads_only=False),
    "transfers:preview": only("bo").given(pks=imported("checked")),
    "transfers:conflicts": only("bo", BOTH).given(pks=imported("checked")),
    "transfers:run": only("bo", POST).given(pks=imported("checked")),
    "transfers:cancel": only("bo", POST).given(pks=imported("started")),
    "transfers:refused": only("bo").given(pks=imported("finished")),
    "transfers:file": only("bo").given(pks=imported("finished")),
    "transfers:discard": only("bo", POST).given(pks=imported("begun")),
    "transfers:export": grants("export", "account", methods=BOTH).given(query="kind=account"),
    "transfers:exported": only("bo").given(pks=lambda world, record: {"pk": world.exported.pk}, reads_only=False),
    "transfers:exported_file": only("bo").given(pks=lambda world, record: {"pk": world.exported.pk}),
    # One's own preferences
    "users:preferences": signed_in(BOTH),
    "users:display": signed_in(BOTH),
    "users:sign_in": signed_in(),
    "users:notice_ways": signed_in(BOTH),
    "users:notices": signed_in().given(reads_only=False),  # what is hidden by now counts as read
    "users:read_notices": signed_in(POST),
    "users:read_notice": only("claire").given(pks=lambda world, record: {"pk": world.notice.pk}, reads_only=False),
    "users:stop_notices": anybody(BOTH).given(pks=lambda world, record: {"token": world.token}, csrf=False),
    "users:end_session": only("claire", POST).given(pks=lambda world, record: {"pk": world.session.pk}),
    "activities:calendar_feed": signed_in(),
    "activities:renew_calendar": signed_in(POST),
    "activities:stop_calendar": signed_in(POST),
    "activities:calendar": anybody().given(pks=lambda world, record: {"token": world.calendar}, reader="claire"),
    "users:end_other_sessions": signed_in(POST),
    "users:theme": signed_in(POST),
    "users:density": signed_in(POST),
    "users:language": anybody(POST),
    # People and rights
    "users:holders": grants("share", *KINDS).given(query="to_name=a"),
    "users:people": able(PEOPLE),
    "users:new_person": able(PEOPLE, methods=BOTH),
    **{
        f"users:{name}": able(PEOPLE, methods=methods).given(pks=lambda world, record: {"pk": world.cast.eve.pk})
        for name, methods in {
            "person": BOTH,
            "person_menu": GET,
            "deactivate": POST,
            "send_link": POST,
        }.items()
    },
    "users:reactivate": able(PEOPLE, methods=POST).given(pks=lambda world, record: {"pk": world.cast.gone.pk}),
    "users:reset_factor": able(PEOPLE, methods=POST).given(pks=lambda world, record: {"pk": world.cast.gone.pk}),
    "users:teams": able(PEOPLE, methods=BOTH),
    "users:team": able(PEOPLE, methods=BOTH).given(pks=lambda world, record: {"pk": world.team.pk}),
    "users:groups": able(PEOPLE),
    "users:new_group": able(PEOPLE, methods=BOTH),
    "users:group": able(PEOPLE, methods=BOTH).given(pks=lambda world, record: {"pk": world.group.pk}),
    "users:profiles": able(PEOPLE),
    "users:profile": able(PEOPLE, methods=BOTH).given(pks=lambda world, record: {"pk": world.profile.pk}),
    "users:profile_effect": able(PEOPLE, methods=POST).given(pks=lambda world, record: {"pk": world.profile.pk}),
    "users:duplicate_profile": able(PEOPLE, methods=POST).given(pks=lambda world, record: {"pk": world.profile.pk}),
    # Signing in and out
    "account_login": anybody(FORM),
    "account_logout": anybody(BOTH),
    "account_reset_password": anybody(FORM).given(also=(429,)),
    "account_reset_password_done": anybody(),
    "account_reset_password_from_key": anybody(FORM).given(pks=lambda world, record: world.reset),
    "account_reset_password_from_key_done": anybody(),
    "account_signup": anybody(FORM),
    "account_inactive": anybody(),
    "account_change_password": signed_in(FORM),
    "account_reauthenticate": signed_in(FORM),
    "mfa_index": signed_in(),
    "mfa_authenticate": anybody(FORM),
    "mfa_reauthenticate": signed_in(FORM),
    "mfa_activate_totp": signed_in(FORM),
    "mfa_deactivate_totp": only("nobody", FORM),
    "mfa_view_recovery_codes": only("nobody"),
    "mfa_generate_recovery_codes": signed_in(FORM),
    "mfa_download_recovery_codes": only("nobody"),
    "mfa_list_webauthn": signed_in(),
    "mfa_add_webauthn": signed_in(FORM),
    "mfa_reauthenticate_webauthn": signed_in(FORM),
    "mfa_login_webauthn": anybody(FORM).given(also=(429,)),
    "mfa_edit_webauthn": signed_in(FORM).given(pks={"pk": ABSENT}),
    "mfa_remove_webauthn": signed_in(f"{FORM} DELETE").given(pks={"pk": ABSENT}),
    "openid_connect_login": nobody(POST).given(pks={"provider_id": "house"}),
    "openid_connect_callback": nobody().given(pks={"provider_id": "house"}),
    "socialaccount_login_cancelled": anybody(),
}


# Each route has one row, or several where it is about records of several kinds; with what its POST sends.
ROUTES: dict[str, list[Row]] = {
    name: [
        row.given(data=sends(SENDS.get(name, {})), leads_on=name in LEADS_ON)
        for row in (said if isinstance(said, list) else [said])
    ]
    for name, said in _ROUTES.items()
}
