"""Planning opportunities: status and stage, parties, dates, owner and assigned colleagues (DATA-3..5, OPP-2, OPP-5)."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Account, Contact
from core.dates import today
from core.folding import fold
from core.models import House
from core.money import CURRENCIES
from opportunities.models import Opportunity, Status
from opportunities.models.people import People, people_of, told_apart
from pipelines.models import all_pipelines, all_stages, default_pipeline, open_stages
from records import gate
from records.models.owned import NAME_KEY_LENGTH
from transfers.people import INVOLVED, codes_of, decoded, joined
from transfers.planning.new import New
from transfers.planning.parts import put_part
from transfers.planning.planned import Planned
from transfers.planning.planner import Planner, called_so, put
from transfers.selecting import rows

DATES = ("due_on", "closed_on", "status_on", "signature_on", "production_from", "production_to")
PLAIN = (
    "reference", "name", "call_name", "lost_note", "brief", "amount", "due_on", "opened_on", "signature_on",
    "production_from", "production_to", "status_on", "payment_per", "payment_times",
)  # fmt: skip
NAMED = ("source", "lost_reason", "origin_type", "origin", "category", "establishment", "sector", "family")
PEOPLE = ("people", "colleagues", "roles")  # as the journal keeps them apart
PARTS = {"subcategory": "category", "subfamily": "family"}


class OpportunityPlanner(Planner):
    kind = "opportunity"
    says_also = {"stage": "status"}  # “Won”
    model: type[Opportunity]

    def find(self, planned: Sequence[Planned], *, lock: bool) -> None:
        self.today = today()
        if self.match == "id":
            rows = self.rows_by("id", [row.values["id"] for row in planned if "id" in row.values], lock=lock)
            self.know_again(planned, "id", {found["id"]: found for found in rows})
            for row in planned:
                if "id" in row.values and row.before is None:
                    self.refuse(row, "id", _("There is no opportunity with this ID."))
        elif self.match == "reference":
            wanted = [row.values["reference"] for row in planned if "reference" in row.values]
            rows = self.rows_by("reference", wanted, lock=lock)
            self.know_again(planned, "reference", {found["reference"]: found for found in rows})
        elif self.match == "name_account":
            self._find_by_name(planned, lock)
        self._find_assigned(planned)
        self._find_people(planned)
        self._refuse_taken(planned)
        self._know_parties(planned)

    def settle(self, row: Planned) -> None:
        self._plain(row)
        self._parties(row)
        self._progress(row)
        self._owner(row)
        self._dates(row)
        self._currency(row)
        self._assignees(row)
        self._people(row)
        if row.before is None and not row.problems:
            self._may_create(row)
        elif row.before is not None and row.row["account_id"] != row.before["account_id"]:
            self._may_reassign(row, row.before)

    def foresee(self, around: Any, planned: Sequence[Planned]) -> None:
        """A gate that asks for an account is passed with one that the file brings (SET-4)."""
        around.gates.coming = {id(row.row): row.new.keys() for row in planned if row.new}

    def check_rights(self, row: Planned) -> None:
        super().check_rights(row)
        pk = row.row["id"]
        if "status" in row.changes and pk not in self.allowed("close"):
            self.refuse(row, "stage" if "stage" in self.headers else "status", _("You may not close or reopen it."))
        if "account_id" in row.changes and row.before:
            self._may_reassign(row, row.before)

    def _may_reassign(self, row: Planned, before: Mapping[str, Any]) -> None:
        has_client = before["account_id"] is not None or before["contact_id"] is not None
        if has_client and row.row["id"] not in self.allowed("reassign") and not row.problems:
            said = _("The account of an opportunity changes only by reassigning it, which you may not do here.")
            self.refuse(row, "account", said)

    def hanging_now(self, pk: int) -> dict[str, Any]:
        involved = codes_of(self.involved.get(pk, {}))
        return {**super().hanging_now(pk), "assignees": self.assigned.get(pk, []), INVOLVED: involved}

    def since_of(self, pk: int, fields: Mapping[str, tuple[Any, int]]) -> Mapping[str, tuple[Any, int]]:
        written = [name for name in PEOPLE if name in fields]
        if not written:
            return fields
        here = {name: (new, 0) for name, (_old, new) in told_apart({}, self.involved.get(pk, {})).items()}
        then = {name: (fields.get(name) or here.get(name) or (None, 0))[0] for name in PEOPLE}
        return {**fields, INVOLVED: (joined(then), max(fields[name][1] for name in written))}

    def hanging_changes(self, row: Planned) -> dict[str, list[Any]]:
        changes = super().hanging_changes(row)
        before = self.assigned.get(row.row["id"], [])
        if row.hanging is not None and before != row.hanging:
            changes["assignees"] = [before, row.hanging]
        if row.people is not None:
            changes |= told_apart(self.involved.get(row.row["id"], {}), row.people)
        return changes

    def as_stored(self, row: Planned) -> dict[str, Any]:
        people = told_apart({}, row.people or {})
        return super().as_stored(row) | {name: new for name, (_old, new) in people.items()}

    def written(self, doing: Sequence[Planned]) -> None:
        super().written(doing)
        wanted = {
            row.row["id"]: row.hanging
            for row in doing
            if row.hanging is not None and (row.hanging or "assignees" in row.changes)
        }
        if wanted:
            Opportunity.assign_rows(wanted)
        people: dict[int, People] = {
            row.row["id"]: row.people
            for row in doing
            if row.people is not None and (row.before is None or row.changes.keys() & set(PEOPLE))
        }
        if people:
            Opportunity.write_people(people)

    def put_new(self, row: Planned, name: str, pk: int) -> None:
        if name == "stage":
            row.row["pipeline_id"] = all_stages()[pk].pipeline_id
            if row.row["status"] == Status.OPEN and not row.row["probability_by_hand"]:
                row.row["probability"] = all_stages()[pk].probability
        if name == "contact" and row.row["account_id"] is not None:
            Contact.join_rows({pk: row.row["account_id"]})
        super().put_new(row, name, pk)

    # Finding

    def _find_by_name(self, planned: Sequence[Planned], lock: bool) -> None:
        keys = {fold(row.values["name"])[:NAME_KEY_LENGTH] for row in planned if "name" in row.values}
        rows: dict[Any, list[dict[str, Any]]] = {}
        for found in self.rows_by("name_key", keys, lock=lock):
            rows.setdefault((found["name"], found["account_id"]), []).append(found)
        for row in planned:
            account = row.values.get("account")
            same = rows.get((row.values.get("name"), account if not isinstance(account, New) else -1), [])
            if len(same) > 1:
                self.refuse(row, "name", _("Several opportunities of this account have this name. Add the ID."))
            elif same:
                row.before = same[0]

    def _find_assigned(self, planned: Sequence[Planned]) -> None:
        self.assigned: dict[int, list[int]] = {}
        if "assignees" not in self.headers:
            return
        ids = [row.before["id"] for row in planned if row.before is not None]
        model = Opportunity.assignment_model()
        for pk, user in (
            model._default_manager.filter(record__in=ids).order_by("user_id").values_list("record_id", "user_id")
        ):
            self.assigned.setdefault(pk, []).append(user)

    def _find_people(self, planned: Sequence[Planned]) -> None:
        """Who is on the opportunities found. A cell that says what its export does says nothing new, whomever the
        names may stand for by now, or for this importer (DATA-1)."""
        self.involved: dict[int, People] = {}
        if "people" not in self.headers:
            return
        self.involved = people_of(row.before["id"] for row in planned if row.before is not None)
        other = {
            row.before["id"]: row
            for row in planned
            if row.before is not None
            and "people" in row.values
            and "people" not in row.unknown
            and sorted(row.values["people"]) != codes_of(self.involved[row.before["id"]])
        }
        found = Opportunity.objects.filter(pk__in=other)
        for chunk in rows(self.kind, ["id", "people"], found, self.user) if other else ():
            for pk, names in chunk:
                cell = other[pk].cells[self.settings.fields["people"] + 1]
                if called_so(self.columns["people"].widget.clean(cell), names):
                    del other[pk].values["people"]

    def _refuse_taken(self, planned: Sequence[Planned]) -> None:
        """A reference that another live opportunity has, seen or not: the one thing that is said of what is hidden."""
        if "reference" not in self.headers:
            return
        wanted = {row.values["reference"] for row in planned if "reference" in row.values}
        taken = dict(Opportunity.objects.identified_by(wanted).values_list("reference", "pk"))
        for row in planned:
            holder = taken.get(row.values.get("reference"))
            is_others = holder is not None and (row.before is None or row.before["id"] != holder)
            if is_others or row.number in self.taken_in_file:
                self.refuse(row, "reference", _("This reference is taken."))

    def _know_parties(self, planned: Sequence[Planned]) -> None:
        """The accounts and contacts that rows name by id, and which account each contact is of."""
        account_ids = {row.values["account_id"] for row in planned if "account_id" in row.values}
        contact_ids = {row.values["contact_id"] for row in planned if "contact_id" in row.values}
        named = {row.values["contact"] for row in planned if isinstance(row.values.get("contact"), int)}
        seen = Contact.objects.visible_to(self.user, few=True)
        self.seen_accounts = set(
            Account.objects.visible_to(self.user, few=True).filter(pk__in=account_ids).values_list("pk", flat=True)
        )
        self.contact_accounts = dict(seen.filter(pk__in=contact_ids | named).values_list("pk", "account_id"))

    # Settling

    def _plain(self, row: Planned) -> None:
        plain, named, parts = self._fed
        for name in plain:
            if self.takes(row, name):
                row.row[name] = self.value_of(row, name)
        for name in named:
            if self.takes(row, name):
                put(row, name, f"{name}_id")
        for part in parts:
            if self.takes(row, part):
                put_part(self, row, part, PARTS[part])
        if row.row["origin_id"] and not row.row["origin_type_id"]:
            self.refuse(row, "origin", _("An origin needs its type."))

    @cached_property
    def _fed(self) -> tuple[list[str], list[str], list[str]]:
        return self.fed(PLAIN), self.fed(NAMED), self.fed(PARTS)

    def _parties(self, row: Planned) -> None:
        if self.takes(row, "account"):
            put(row, "account", "account_id")
        if "account_id" in row.values:
            pk = row.values["account_id"]
            if pk in self.seen_accounts or pk == (row.before or {}).get("account_id"):
                row.row["account_id"] = row.values["account_id"]
                row.new.pop("account", None)
            else:
                self.refuse(row, "account_id", _("There is no account with this ID."))
        if self.takes(row, "contact"):
            put(row, "contact", "contact_id")
        if self.takes(row, "contact_id") and "contact_id" in row.values:
            pk = row.values["contact_id"]
            if pk in self.contact_accounts or pk == (row.before or {}).get("contact_id"):
                row.row["contact_id"] = row.values["contact_id"]
                row.new.pop("contact", None)
            else:
                self.refuse(row, "contact_id", _("There is no contact with this ID."))
        self._check_contact(row)
        if "site" in row.values and self.takes(row, "site"):
            site = row.values["site"].get(row.row["account_id"])
            if site is None:
                self.refuse(row, "site", _("This site belongs to another account."))
            row.row["site_id"] = site

    def _check_contact(self, row: Planned) -> None:
        """The contact belongs to the account, where the row changes one of the two (OPP-3)."""
        before = row.before or {}
        contact, account = row.row["contact_id"], row.row["account_id"]
        if contact is None or (contact == before.get("contact_id") and account == before.get("account_id")):
            return
        of = self.contact_accounts.get(contact, account)
        if of is not None and ("account" in row.new or account not in (None, of)):
            self.refuse(row, "contact", _("This contact works for another account."))

    def _progress(self, row: Planned) -> None:
        status = row.values.get("status") if self.takes(row, "status") else None
        stage = row.values.get("stage") if self.takes(row, "stage") else None
        pipeline = row.values.get("pipeline") if self.takes(row, "pipeline") else None
        if isinstance(stage, str):
            if status is not None and status != stage:
                self.refuse(row, "stage", _("The stage and the status contradict each other."))
            status, stage = stage, None
        if status is not None:
            row.row["status"] = status
        self._stage(row, stage, pipeline)
        if row.problems:
            return
        closed = row.row["status"] != Status.OPEN
        if closed and "closed_on" in row.values:
            row.row["closed_on"] = row.values["closed_on"]
        elif not closed and "closed_on" in row.values:
            row.warnings.append(_("The closing date was left out: the opportunity is open."))
        elif closed and row.before is None and "closed_on" not in self.headers:
            due = row.values.get("due_on")
            row.row["closed_on"] = due if due is not None and due <= self.today else None
        self._lost_reason(row)
        self._probability(row)

    def _stage(self, row: Planned, stage: Any, pipeline: int | None) -> None:
        present = row.before["pipeline_id"] if row.before is not None else None
        if isinstance(stage, New):
            row.new["stage"] = stage
            stage_id = row.row["stage_id"] or self._last_stage(present or pipeline)
        elif isinstance(stage, dict):
            stage_id = self._of_pipeline(row, stage, pipeline or present, asked=pipeline is not None)
        elif isinstance(stage, int):
            stage_id = stage
        elif row.before is not None and pipeline in (None, present):
            stage_id = row.row["stage_id"]
        elif row.row["status"] == Status.OPEN:
            stage_id = self._first_stage(pipeline)
        else:
            stage_id = self._last_stage(pipeline)
        if stage_id is None:
            if not row.problems:
                self.refuse(row, "stage", _("There is no stage to put it in. Set up a pipeline first."))
            return
        found = all_stages()[stage_id]
        if pipeline is not None and found.pipeline_id != pipeline:
            names = ", ".join(one.name for one in open_stages(pipeline))
            said = _("“%(stage)s” is not a stage of %(pipeline)s. Its stages: %(names)s.")
            self.refuse(row, "stage", said % {"stage": found, "pipeline": all_pipelines()[pipeline], "names": names})
        row.row["stage_id"], row.row["pipeline_id"] = stage_id, found.pipeline_id

    def _of_pipeline(self, row: Planned, places: dict[int, int], pipeline: int | None, *, asked: bool) -> int | None:
        """The stage of this name in the pipeline meant; without one, in the default pipeline, else the only one."""
        if pipeline in places:
            return places[pipeline]
        if asked or (pipeline is not None and not places):
            names = ", ".join(one.name for one in open_stages(pipeline or 0))
            said = _("This stage is not one of %(pipeline)s. Its stages: %(names)s.")
            self.refuse(row, "stage", said % {"pipeline": all_pipelines()[pipeline or 0], "names": names})
            return None
        default = default_pipeline()
        if default is not None and default.pk in places:
            return places[default.pk]
        if len(places) > 1:
            self.refuse(row, "stage", _("Several pipelines have this stage. Add the pipeline."))
            return None
        return next(iter(places.values()))

    def _first_stage(self, pipeline: int | None) -> int | None:
        return next((stage.pk for stage in self._stages(pipeline)), None)

    def _last_stage(self, pipeline: int | None) -> int | None:
        return next((stage.pk for stage in reversed(self._stages(pipeline))), None)

    def _stages(self, pipeline: int | None) -> list[Any]:
        default = default_pipeline()
        found = pipeline or (default.pk if default is not None else None)
        return open_stages(found) if found is not None else []

    def _lost_reason(self, row: Planned) -> None:
        has = row.row["lost_reason_id"] is not None or "lost_reason" in row.new
        if has and row.row["status"] != Status.LOST:
            if "lost_reason" in row.values and row.values["lost_reason"] is not None:
                self.refuse(row, "lost_reason", _("Only a lost opportunity has a lost reason."))

    def _probability(self, row: Planned) -> None:
        """Follows the stage until set by hand; one that contradicts the status takes the stage's, with a warning."""
        given = row.values.get("probability") if self.takes(row, "probability") else None
        if row.row["status"] != Status.OPEN:
            if given is not None and given != (100 if row.row["status"] == Status.WON else 0):
                row.warnings.append(_("The probability was left out: the status decides it."))
            return
        if given is None:
            return
        stage = all_stages()[row.row["stage_id"]]
        if not 1 <= given <= 99:
            row.warnings.append(
                _("A probability of %(n)s %% contradicts an open status; it takes the stage’s.") % {"n": given}
            )
            return
        present = row.before["probability"] if row.before is not None else None
        if given != present or (row.before is not None and stage.pk != row.before["stage_id"]):
            row.row["probability_by_hand"] = given != stage.probability or "stage" in row.new
            row.row["probability"] = given

    def _owner(self, row: Planned) -> None:
        if self.takes(row, "owner"):
            put(row, "owner", "owner_id")
        if row.before is None and row.row["owner_id"] is None and "owner" not in row.new:
            row.row["owner_id"] = self.user.pk
        self.owner_within_reach(row)

    def _dates(self, row: Planned) -> None:
        """An opening date that the file does not give is the earliest date of the row, else today (OPP-6)."""
        values = row.row
        if row.before is None and "opened_on" not in row.values:
            given = [values[name] for name in DATES if values[name] is not None]
            values["opened_on"] = min([*given, self.today])
        start, end = values["production_from"], values["production_to"]
        if start and end and end < start:
            name = "production_to" if "production_to" in self.headers else "production_from"
            self.refuse(row, name, _("The production ends before it starts: correct one of the two."))

    def _currency(self, row: Planned) -> None:
        given = row.values.get("currency")
        if given is None:
            return
        code = given.upper()
        if code not in CURRENCIES and code != House.current().currency:
            self.refuse(row, "currency", _("Unknown currency. Write its three letters, such as EUR."))
        row.row["currency"] = code

    def _assignees(self, row: Planned) -> None:
        if self.takes(row, "assignees"):
            people = row.values.get("assignees") or []
            row.hanging = sorted({pk for pk in people if not isinstance(pk, New)})

    def _people(self, row: Planned) -> None:
        if self.takes(row, "people"):
            people = [decoded(word) for word in row.values.get("people") or []]
            row.people = dict(people)
            if len(row.people) != len(people):
                self.refuse(row, "people", _("The same person stands twice in the cell."))

    def _may_create(self, row: Planned) -> None:
        if row.row["status"] != Status.OPEN and not gate.allows(self.user, Opportunity, "close"):
            name = "stage" if "stage" in self.headers else "status"
            self.refuse(row, name, _("Your profile does not let you close. An administrator can change that."))
