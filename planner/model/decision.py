"""The decision record: answers on selection, equality, data protection, involvement. No sums."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator

from planner.model.base import Frozen, Line, Passage, Text, without_fault
from planner.model.figures import Identifier
from planner.model.service import Feature


class DecisionQuestion(StrEnum):
    """A question that is answered with yes or no."""

    @property
    def label(self) -> str:
        """The question in short."""
        return self.value.replace("_", " ")


class SelectionQuestion(DecisionQuestion):
    """What decides which process of the provider selection regime is indicated."""

    EXISTING_PROVIDER = "existing_provider"
    ONLY_CAPABLE = "only_capable"
    UNRESTRICTED_CHOICE = "unrestricted_choice"
    SATISFYING = "satisfying"
    CONSIDERABLE_CHANGE = "considerable_change"
    COMPARE = "compare"


class Route(StrEnum):
    """The five processes of the provider selection regime."""

    DIRECT_A = "direct award process A"
    DIRECT_B = "direct award process B"
    DIRECT_C = "direct award process C"
    MOST_SUITABLE = "most suitable provider process"
    COMPETITIVE = "competitive process"


class Criterion(StrEnum):
    """The five key criteria by which providers are judged."""

    QUALITY = "quality and innovation"
    VALUE = "value"
    INTEGRATION = "integration, collaboration and service sustainability"
    ACCESS = "access, health inequalities and choice"
    SOCIAL_VALUE = "social value"


class EqualityGroup(StrEnum):
    """The protected characteristics, then Core20 and PLUS, of whom an assessment asks."""

    AGE = "Age"
    DISABILITY = "Disability"
    GENDER_REASSIGNMENT = "Gender reassignment"
    MARRIAGE = "Marriage and civil partnership"
    PREGNANCY = "Pregnancy and maternity"
    RACE = "Race and ethnic minority communities"
    RELIGION = "Religion or belief"
    SEX = "Sex"
    ORIENTATION = "Sexual orientation"
    DEPRIVATION = "Most deprived fifth of areas (Core20)"
    LEARNING_DISABILITY = "Learning disability and autism"
    LONG_TERM_CONDITIONS = "Several long-term conditions"
    MENTAL_ILLNESS = "Severe mental illness"
    HOMELESSNESS = "Homelessness"
    DRUGS_AND_ALCOHOL = "Drug and alcohol dependence"
    MIGRANTS = "Vulnerable migrants"
    TRAVELLERS = "Gypsy, Roma and Traveller communities"
    SEX_WORKERS = "Sex workers"
    JUSTICE = "Contact with the justice system"
    MODERN_SLAVERY = "Modern slavery"
    COASTAL = "Coastal communities"


class ScreeningQuestion(DecisionQuestion):
    """What decides whether a data protection impact assessment is called for."""

    MANY_PEOPLE = "many_people"
    CASE_FINDING = "case_finding"
    WORKING_IN_RECORD = "working_in_record"
    SHARING = "sharing"
    NEW_TECHNOLOGY = "new_technology"
    VULNERABLE = "vulnerable"
    AUTOMATED = "automated"


class Involved(StrEnum):
    """Who the framework asks to be worked with."""

    LIVED_EXPERIENCE = "People with lived experience"
    LOCAL_AUTHORITIES = "Local authorities"
    THIRD_SECTOR = "Voluntary and community sector"


def _given(values: Any) -> Any:
    """Without what was left blank: no answer is stored as no answer."""
    if not isinstance(values, dict):
        return values
    return {
        key: value
        for key, value in values.items()
        if value is not None and not (isinstance(value, str) and not value.strip())
    }


Key = TypeVar("Key", bound=StrEnum)
Value = TypeVar("Value")


def _in_order(values: dict[Key, Value]) -> dict[Key, Value]:
    """In the order of the questions, so that the order of answering leaves no trace."""
    return {key: values[key] for kind in {type(k) for k in values} for key in kind if key in values}


Ordered = (BeforeValidator(_given), AfterValidator(_in_order))
Weight = Annotated[float, Field(ge=0, le=100)]
Texts = Annotated[dict[EqualityGroup, Text], Field(max_length=len(EqualityGroup)), *Ordered]


class ProviderSelection(Frozen):
    """Answers on provider selection, weightings in percent, and what the board itself decided and
    why."""

    answers: Annotated[
        dict[SelectionQuestion, bool], Field(max_length=len(SelectionQuestion)), *Ordered
    ] = {}
    weightings: Annotated[dict[Criterion, Weight], Field(max_length=len(Criterion)), *Ordered] = {}
    route: Route | None = None
    reasons: Passage = ""
    advice: Line = ""


class EqualityRecord(Frozen):
    """What is answered of each group, what will be done, and who assessed it."""

    answers: Texts = {}
    mitigations: Texts = {}
    assessed_by: Line = ""


class Screening(Frozen):
    """Answers on data protection, and who agreed what follows from them."""

    answers: Annotated[
        dict[ScreeningQuestion, bool], Field(max_length=len(ScreeningQuestion)), *Ordered
    ] = {}
    agreed_with: Line = ""


class DecisionRecord(Frozen):
    """What must be on record before a service is let. A question without an answer is not yet
    known."""

    selection: ProviderSelection = ProviderSelection()
    equality: EqualityRecord = EqualityRecord()
    screening: Screening = Screening()
    involvement_assessed: bool | None = None
    involvement_reasons: Text = ""


class FactStatus(StrEnum):
    """How far a fact can be relied on, in words."""

    CONFIRMED = "confirmed"
    SECONDARY = "secondary source"
    RECALLED = "not confirmed"


class SourcedFact(Frozen):
    """Something that is said on a source, with how it stands there: confirmed at the publisher, or
    known from another who is named. What is only recalled is for the author's eyes."""

    id: Identifier
    standing: FactStatus
    source: str

    @field_validator("standing", mode="before")
    @classmethod
    def _by_name(cls, value: Any) -> Any:
        return FactStatus[value.upper()] if value in {s.name.lower() for s in FactStatus} else value

    def status(self, who: str = "procurement") -> str:
        """How far it can be relied on, in words, and who is to confirm what is known from another
        than its publisher."""
        unsure = self.standing is FactStatus.SECONDARY
        return self.standing.value + (f", to be confirmed by {who}" if unsure else "")

    @property
    def printed(self) -> bool:
        """Whether it may stand in what leaves the building."""
        return self.standing is not FactStatus.RECALLED


class Fact(SourcedFact):
    """Something a record rests on, with a name of a few words."""

    name: str
    about: Literal["selection", "equality", "screening", "involvement", "agreement", "policy"]
    says: str


class Body(SourcedFact):
    """A body whose name or duties may change: what it was called at a day, and what may change."""

    name: str
    as_of: date
    may_change: str


class Prompt(Frozen):
    """A question in words, and who would know."""

    asks: str
    who: str


class SelectionAsked(Prompt):
    """A question on provider selection."""

    id: SelectionQuestion


class SelectionStep(Frozen):
    """A step of the sequence and what is said where it holds, fails or cannot be told yet."""

    id: Identifier
    asks: str
    holds: str
    fails: str
    open: str


class ScreeningAsked(Prompt):
    """A question on data protection and what a yes calls for.

    With `before`, a yes means an impact assessment before that begins; without, it weighs towards
    one. `doubt` is said where the answer is no although the plan has any of `doubt_features`, or
    always where none is named.
    """

    id: ScreeningQuestion
    calls_for: str
    before: str = ""
    doubt: str = ""
    doubt_features: tuple[Feature, ...] = ()


class EqualityAsked(Prompt):
    """A prompt for one group. `words` find the plan's own numbers and named groups that speak of
    it."""

    id: EqualityGroup
    kind: Literal["protected", "inclusion"]
    words: tuple[str, ...] = Field(min_length=1)
    not_known: str


class InvolvedAsked(Frozen):
    """Why a group is to be involved, and who would arrange it."""

    id: Involved
    why: str
    who: str


class DecisionContent(Frozen):
    """The questions, prompts and facts of a decision record, as data."""

    facts: tuple[Fact, ...]
    bodies: tuple[Body, ...]
    stages: dict[str, str]
    confirm: str
    questions: tuple[SelectionAsked, ...]
    steps: tuple[SelectionStep, ...]
    contradictions: dict[Identifier, str]
    routes: dict[Route, str]
    social_value_usual: Weight
    must_record: tuple[str, ...] = Field(min_length=1)
    prompts: tuple[EqualityAsked, ...]
    core20plus5: str
    screening: tuple[ScreeningAsked, ...]
    controllers: dict[str, str]
    involved: tuple[InvolvedAsked, ...]
    duty: str

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        parts = (
            ("provider selection question", self.questions, SelectionQuestion),
            ("equality prompt", self.prompts, EqualityGroup),
            ("screening question", self.screening, ScreeningQuestion),
            ("group to involve", self.involved, Involved),
        )
        return without_fault(
            self,
            *(
                (
                    [entry.id for entry in entries] != list(known),
                    f"each {what} must stand once, in order",
                )
                for what, entries, known in parts
            ),
            (set(self.routes) != set(Route), "each route must stand in the table once"),
        )

    def about(self, what: str) -> tuple[Fact, ...]:
        """The facts that one part of the record rests on, but for those that are only recalled."""
        return tuple(fact for fact in self.facts if fact.about == what and fact.printed)

    def body(self, name: str) -> Body:
        """The body of that id. Raises StopIteration for one that is not among them."""
        return next(body for body in self.bodies if body.id == name)

    @property
    def recalled(self) -> tuple[Fact, ...]:
        """Facts that nobody has confirmed, for the author to look into."""
        return tuple(fact for fact in self.facts if not fact.printed)
