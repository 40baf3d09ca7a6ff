"""The table of a privilege profile: for each verb and each kind of record, how far (GIVE-3; design 15d)."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records.gate import VERB_NAMES, Scope
from users.models import Ability, Profile, User
from users.models.user import owned_models

YES_OR_NO = {"import"}  # reaches no record that is there: granted, or not
REACH = list(Scope)


@dataclass(frozen=True)
class Cell:
    """One verb on one kind; ``bound`` is its field, ``was`` how far it reaches today, ``most`` how far one may give
    it. ``scope`` is ``None`` where the kind does not know the verb."""

    scope: str | None
    label: Any = ""
    yes_or_no: bool = False
    bound: Any = None
    was: Any = ""


class ProfileForm(forms.Form):
    """Nobody gives a right that they do not have themselves, nor touches a profile above their own level: so nobody
    raises themselves, and who may do everything is never locked out."""

    use_required_attribute = False
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=80, error_messages={"required": gettext_lazy("Name the profile.")}
    )

    def __init__(self, data: Any, *, profile: Profile, by: User) -> None:
        super().__init__(data)
        self.profile, self.by = profile, by
        self.initial["name"] = profile.name
        self.kinds = sorted(owned_models(), key=lambda model: Profile.KINDS.index(model.gate_key()))
        for model in self.kinds:
            for verb in model.verbs:
                self._add_scope(model.gate_key(), verb)
        self.fields["abilities"] = forms.MultipleChoiceField(
            choices=Ability.choices, required=False, label=_("Rights without a scope")
        )
        self.initial["abilities"] = [ability.value for ability in Ability if profile.can(ability)]

    def _add_scope(self, kind: str, verb: str) -> None:
        name, scope = f"{kind}-{verb}", self.profile.scope(kind, verb)
        scopes: list[tuple[str, Any]] = [(one.value, one.label) for one in REACH]
        if verb in YES_OR_NO:
            given = scope if scope != Scope.NONE else Scope.ALL.value
            scopes = [(Scope.NONE.value, _("No")), (given, _("Yes"))]
        self.fields[name] = forms.ChoiceField(choices=scopes, required=False)
        self.initial[name] = scope

    @property
    def error_count(self) -> int:
        return sum(len(errors) for errors in self.errors.values())

    @property
    def rows(self) -> list[tuple[Any, list[Cell]]]:
        return [
            (name, [self._cell(model, verb) for model in self.kinds])
            for verb, name in VERB_NAMES.items()
            if any(verb in model.verbs for model in self.kinds)
        ]

    def _cell(self, model: Any, verb: str) -> Cell:
        if verb not in model.verbs:
            return Cell(None)
        bound = self[f"{model.gate_key()}-{verb}"]
        was = Scope(self.profile.scope(model.gate_key(), verb))
        value = bound.value() or was.value
        return Cell(value, Scope(value).label if value in Scope.values else "", verb in YES_OR_NO, bound, was.label)

    @property
    def ability_rows(self) -> list[tuple[str, Any, bool, bool]]:
        """Code, name, whether it is ticked, whether one may give it."""
        ticked = self["abilities"].value() or []
        return [(one.value, one.label, one.value in ticked, self.by.can(one)) for one in Ability]

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"]).strip()
        if Profile.objects.filter(name__iexact=name).exclude(pk=self.profile.pk).exists():
            raise ValidationError(_("Another profile has this name."))
        return name

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for model in self.kinds:
            for verb in model.verbs:
                self._check_reach(model, verb, cleaned)
        gained = set(cleaned.get("abilities", ())) - set(self.profile.abilities)
        for ability in sorted(gained):
            if not self.by.can(ability):
                said = _("You do not have the right “%(right)s” yourself.")
                self.add_error("abilities", said % {"right": Ability(ability).label})
        return cleaned

    def _check_reach(self, model: Any, verb: str, cleaned: dict[str, Any]) -> None:
        """A scope may be lowered at will, and raised as far as one's own."""
        name = f"{model.gate_key()}-{verb}"
        was = Scope(self.profile.scope(model.gate_key(), verb))
        wanted = Scope(cleaned.get(name) or was)
        mine = Scope(self.by.scope(model.gate_key(), verb))
        if REACH.index(wanted) > max(REACH.index(was), REACH.index(mine)):
            said = _("%(verb)s, %(kind)s: you reach “%(mine)s” yourself, and give no more.")
            values = {"verb": VERB_NAMES[verb], "kind": model._meta.verbose_name_plural, "mine": mine.label}
            self.add_error(name, said % values)
        cleaned[name] = wanted.value

    def changes(self) -> list[tuple[Any, str, str]]:
        """What saving changes: the right, before, after."""
        found: list[tuple[Any, str, str]] = []
        for model in self.kinds:
            for verb in model.verbs:
                was = Scope(self.profile.scope(model.gate_key(), verb))
                now = Scope(self.cleaned_data.get(f"{model.gate_key()}-{verb}") or was)
                if now != was:
                    label = f"{VERB_NAMES[verb]}, {model._meta.verbose_name_plural}".capitalize()
                    found.append((label, str(was.label), str(now.label)))
        for ability in Ability:
            before, after = self.profile.can(ability), ability in self.cleaned_data.get("abilities", ())
            if before != after:
                found.append((ability.label, _("yes") if before else _("no"), _("yes") if after else _("no")))
        return found

    def rights(self) -> dict[str, dict[str, str]]:
        """As the profile keeps them: what is none is left out."""
        found: dict[str, dict[str, str]] = {kind: dict(verbs) for kind, verbs in self.profile.rights.items()}
        for model in self.kinds:
            mine = found.setdefault(model.gate_key(), {})
            for verb in model.verbs:
                scope = self.cleaned_data[f"{model.gate_key()}-{verb}"]
                if scope == Scope.NONE:
                    mine.pop(verb, None)
                else:
                    mine[verb] = scope
        return found

    def abilities(self) -> list[str]:
        return [ability.value for ability in Ability if ability in self.cleaned_data["abilities"]]
