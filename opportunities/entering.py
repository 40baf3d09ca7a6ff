"""What a stage asks for, filled in where the move was refused (SET-4)."""

from typing import Any

from attributes.models.field import active_fields
from opportunities.inline import InlineForm
from opportunities.models import Opportunity
from opportunities.models.gates import Gates, asked, entered
from pipelines.models import Stage
from records.companions import asked_labels
from records.journal import operation
from records.models import Door
from users.models import User

DOORS = {Door.FORM, Door.BOARD}


def missing_for(opportunity: Opportunity, stage: Stage) -> list[str]:
    """The codes of what the opportunity lacks to enter the stage."""
    row = {name: getattr(opportunity, name) for name in opportunity.columns()}
    gates = Gates([row])
    return [code for code in asked(entered(opportunity.stage, stage)) if gates.lacks(row, code)]


class EnterForm(InlineForm):
    """The inputs that the stage asks for and that are blank; sending them moves the opportunity, in one operation."""

    def __init__(self, *args: Any, instance: Opportunity, stage: Stage, **kwargs: Any) -> None:
        self.codes = missing_for(instance, stage)
        own = {field.input_name for field in active_fields(Opportunity.attributed)}
        names = tuple(code for code in self.codes if code in self.base_fields or code in own)
        super().__init__(*args, instance=instance, names=names, **kwargs)
        self.goal = stage
        for name in names:
            self.fields[name].required = True

    @property
    def elsewhere(self) -> list[Any]:
        """What is missing and is no input: a document, a track."""
        labels = asked_labels()
        return [labels[code] for code in self.codes if code not in self.fields and code in labels]

    def enter(self, user: User, door: str) -> Opportunity:
        opportunity = self.instance
        with operation(by=user, door=door, what="opportunity.move"):
            self.save_parties()
            opportunity.move_to(self.goal, by=user, door=door)
        return opportunity
