"""What a ``form.toml`` may say: the pydantic shapes behind the French error messages."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

FieldType = Literal["choice", "comb", "text", "signature", "masked"]
CombKind = Literal["integer", "date", "duration", "code", "text"]
Requirement = Literal["O", "R", "F"]
RuleKind = Literal[
    "not_after",
    "distinct",
    "over",
    "used_row",
    "declared",
    "not_future",
    "minutes",
    "long_before",
    "over_sum",
]
Op = Literal["sum", "count_rows", "distinct", "min", "max", "span_days", "same_day", "band", "lookup", "attested"]
Rectangle = tuple[float, float, float, float]
DATE_FORMATS = ("DDMMYYYY", "DDMMYY", "MMYYYY")
DURATION_FORMATS = ("HHMM",)


def _printable(text: str) -> str:
    """Refuse what would break a header or a line of the workbook."""
    if "\n" in text or "\t" in text:
        raise ValueError("le texte tient sur une seule ligne, sans tabulation")
    return text


Words = Annotated[str, Field(min_length=1), AfterValidator(_printable)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_]+$")]


class Shape(BaseModel):
    """Base of all shapes: an unknown key is an error, values are never converted."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class LaxShape(Shape):
    """A shape whose numbers may be written without decimals."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class FormHead(Shape):
    """The form itself."""

    id: Name
    version: Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+)*$")]
    code: Annotated[int, Field(ge=0, le=99)]
    version_code: Annotated[int, Field(ge=0, le=999)]
    title: Words
    short_title: Words
    jacket: list[int] = []
    nominative: bool = False


class Stamp(LaxShape):
    """Where each copy is stamped, in mm."""

    markers_mm: Annotated[list[Rectangle], Field(min_length=4, max_length=4)]
    codes_mm: Annotated[list[Rectangle], Field(min_length=2, max_length=2)]
    numbers_mm: Annotated[list[Rectangle], Field(min_length=2, max_length=2)]


class PageShape(Shape):
    """One page."""

    number: Annotated[int, Field(ge=1, le=99)]
    title: Words
    name: str = ""
    continues: str = ""
    first_row: int = 0
    rows: int = 0


class Item(Shape):
    """One entry of a list."""

    value: Code
    label: Words
    family: str = ""


class ListShape(Shape):
    """A list of codes with their labels, used by fields and printed on pages."""

    title: Words
    items: Annotated[list[Item], Field(min_length=1)]


class OptionShape(Shape):
    """One answer of a choice."""

    value: Code
    label: Words
    exclusive: bool = False


class Question(Shape):
    """What a field and a column of a repeating row have in common.

    ``printed`` is the label on paper when it is shorter than ``label``; ``hint`` is
    printed beside it.
    """

    type: FieldType
    label: Words
    short: Words
    printed: str = ""
    hint: str = ""
    required: Requirement
    indicators: list[str] = []
    use: str = ""
    sensitive: bool = False
    multiple: bool = False
    ordered: bool = False
    options: list[OptionShape] = []
    listed: Annotated[str, Field(alias="list")] = ""
    kind: CombKind | None = None
    alphabet: Literal["digits", "letters", "alphanumeric"] = "digits"
    cells: Annotated[int, Field(ge=0, le=20)] = 0
    format: str = ""
    minimum: int | None = None
    maximum: int | None = None
    distinct_from: list[str] = []
    prefix: str = ""
    lines: Annotated[int, Field(ge=1, le=20)] = 1

    @model_validator(mode="after")
    def _has_a_purpose(self) -> Question:
        if not self.indicators and not self.use:
            raise ValueError(
                "ce champ n’a pas de raison d’être : donnez « indicators » (les indicateurs qu’il nourrit) "
                "ou « use » (ce qu’il apporte à la personne)"
            )
        return self

    @model_validator(mode="after")
    def _is_whole(self) -> Question:
        if self.type == "choice" and bool(self.options) == bool(self.listed):
            raise ValueError("une question à cases a soit « options », soit « list »")
        if self.type == "comb":
            self._check_comb()
        return self

    def _check_comb(self) -> None:
        if self.kind is None:
            raise ValueError("un champ à cases de caractères (« comb ») a un « kind »")
        if self.kind == "date" and self.format not in DATE_FORMATS:
            raise ValueError(f"le « format » d’une date est l’un de {', '.join(DATE_FORMATS)}")
        if self.kind == "duration" and self.format not in DURATION_FORMATS:
            raise ValueError(f"le « format » d’une durée est {', '.join(DURATION_FORMATS)}")
        if self.kind == "code" and not self.listed:
            raise ValueError("un « comb » de genre « code » nomme sa « list »")
        if not self.format and not self.cells:
            raise ValueError("donnez « cells », le nombre de cases")


class FieldShape(Question):
    """One field of a page."""

    name: Name
    page: int


class Column(Question):
    """One column of a repeating row."""

    column: Name


class Place(Shape):
    """Rows of a group printed on one page."""

    page: int
    first: Annotated[int, Field(ge=1)]
    rows: Annotated[int, Field(ge=1)]


class Group(Shape):
    """A repeating row, declared once."""

    name: Annotated[str, Field(pattern=r"^[a-z]+$")]
    digits: Annotated[int, Field(ge=1, le=3)]
    places: Annotated[list[Place], Field(min_length=1)]
    row_list: str = ""
    family_list: str = ""
    columns: Annotated[list[Column], Field(min_length=1)]


class RuleShape(LaxShape):
    """A check over fields; what it finds is a warning."""

    kind: RuleKind
    fields: Annotated[list[str], Field(min_length=1)]
    code: Name
    limit: float | None = None


class TableShape(Shape):
    """A long table of the workbook."""

    sheet: Annotated[str, Field(pattern=r"^[^:\\/?*\[\]]{1,31}$")]
    group: str
    row_label: Words
    items: list[str] = []
    melt: list[str] = []
    melt_label: str = ""


class DerivedShape(Shape):
    """A computed column."""

    name: Name
    label: Words
    op: Op
    table: str = ""
    fields: list[str] = []
    bands: dict[str, Words] = {}


class FormFile(Shape):
    """A whole ``form.toml``."""

    form: FormHead
    parameters: dict[str, Words] = {}
    stamp: Stamp
    indicators: dict[str, Words]
    pages: Annotated[list[PageShape], Field(min_length=1)]
    lists: dict[str, ListShape] = {}
    fields: list[FieldShape] = []
    groups: list[Group] = []
    rules: list[RuleShape] = []
    tables: list[TableShape] = []
    derived: list[DerivedShape] = []
    texts: dict[str, str | list[str] | dict[str, str | list[str]]] = {}
