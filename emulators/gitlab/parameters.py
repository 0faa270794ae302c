"""The parameters of a request: path over body over query, whatever the verb, as GitLab reads them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qs

from emulators.gitlab.errors import ApiError, invalid, missing
from emulators.routing import Answer, BadJson, Call

_YES = frozenset({"true", "t", "1", "on", "yes"})
_NO = frozenset({"false", "f", "0", "off", "no", ""})


@dataclass(frozen=True, slots=True)
class Params(Mapping[str, object]):
    """The merged values; every reader refuses a value of the wrong kind with `<name> is invalid`."""

    given: Mapping[str, object]

    def __getitem__(self, name: str) -> object:
        return self.given[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.given)

    def __len__(self) -> int:
        return len(self.given)

    def text(self, name: str, default: str = "") -> str:
        """Numbers count as texts; null counts as not given."""
        match self.given.get(name):
            case None:
                return default
            case bool() | list() | dict():
                raise invalid(f"{name} is invalid")
            case value:
                return str(value)

    def optional(self, name: str) -> str | None:
        """The text, or None when it is not given."""
        return None if self.given.get(name) is None else self.text(name)

    def demand(self, *names: str) -> None:
        """Refuses naming all that are missing."""
        absent = [name for name in names if self.given.get(name) is None]
        if absent:
            raise missing(*absent)

    def required(self, *names: str) -> list[str]:
        """The texts of the names, in their order; refuses as `demand` does."""
        self.demand(*names)
        return [self.text(name) for name in names]

    def number(self, name: str, default: int = 0) -> int:
        text = self.text(name, str(default))
        try:
            return int(text)
        except ValueError as error:
            raise invalid(f"{name} is invalid") from error

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Real booleans and the texts for them (`True`, `true`, `1`, …)."""
        value = self.given.get(name)
        if value is None:
            return default
        text = str(value).lower()
        if text not in _YES | _NO:
            raise invalid(f"{name} is invalid")
        return text in _YES

    def moment(self, name: str) -> datetime | None:
        """An ISO 8601 time; without a zone it is UTC."""
        text = self.text(name)
        if not text:
            return None
        try:
            at = datetime.fromisoformat(text)
        except ValueError as error:
            raise invalid(f"{name} is invalid") from error
        return at if at.tzinfo else at.replace(tzinfo=UTC)

    def texts(self, name: str) -> list[str]:
        """A list, or a text with commas."""
        value = self.given.get(name)
        if isinstance(value, list):
            return [str(item) for item in value]
        return [part.strip() for part in self.text(name).split(",") if part.strip()]


def params(call: Call) -> Params:
    """What the request says; `refs[]=a&refs[]=b` becomes a list under `refs`."""
    return Params({**_fields(call.query), **_body(call), **call.names})


def _fields(query: Mapping[str, list[str]]) -> dict[str, object]:
    return {
        name.removesuffix("[]"): list(values) if name.endswith("[]") else values[-1] for name, values in query.items()
    }


def _body(call: Call) -> dict[str, object]:
    if call.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
        return _fields(parse_qs(call.body.decode("utf-8", "replace"), keep_blank_values=True))
    try:
        parsed = call.json()
    except BadJson as error:
        raise ApiError(Answer(400, {"message": "Invalid json", "error": "Invalid json"})) from error
    return parsed if isinstance(parsed, dict) else {}
