"""The lines of the log that alerts and the dashboard hang on, named in one place.

The metrics of infrastructure/ filter for the same lines, by the same names.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from . import report, snapshot_report
from .drill_report import Outcome as Drilled
from .report import Outcome as Deployed
from .snapshot_report import Outcome as Taken


@dataclass(frozen=True, slots=True)
class OneOf:
    """A field has one of these values."""

    field: str
    values: tuple[str | int, ...]

    def matches(self, line: Mapping[str, object]) -> bool:
        """Whether it is so in this line."""
        return line.get(self.field) in self.values

    def filter(self) -> str:
        """The same in the query language of Cloud Logging."""
        told = [str(each) if isinstance(each, int) else f'"{each}"' for each in self.values]
        return f"jsonPayload.{self.field}={told[0] if len(told) == 1 else '(' + ' OR '.join(told) + ')'}"


@dataclass(frozen=True, slots=True)
class AtLeast:
    """A field holds a number that is not smaller."""

    field: str
    number: int

    def matches(self, line: Mapping[str, object]) -> bool:
        """Whether it is so in this line."""
        value = line.get(self.field)
        return isinstance(value, int | float) and value >= self.number

    def filter(self) -> str:
        """The same in the query language of Cloud Logging."""
        return f"jsonPayload.{self.field}>={self.number}"


Line = tuple[OneOf | AtLeast, ...]
"""Lines of the log of which all of this is true."""


@dataclass(frozen=True, slots=True)
class Signal:
    """What is counted: lines of any of these forms, told apart by the fields in `labels`.

    With `value`, the name of a field, it is not the lines that count but the distribution of that field.
    """

    lines: tuple[Line, ...]
    labels: tuple[str, ...] = ()
    value: str = ""

    def matches(self, line: Mapping[str, object]) -> bool:
        """Whether a line counts, as it was written."""
        return any(all(each.matches(line) for each in form) for form in self.lines)

    def filter(self) -> str:
        """What Terraform's metric filters the functions' log by."""
        forms = [" AND ".join(each.filter() for each in form) for form in self.lines]
        return forms[0] if len(forms) == 1 else " OR ".join(f"({form})" for form in forms)


def _is(field: str, *values: str | int) -> OneOf:
    return OneOf(field, values)


def _ended(outcomes: Iterable[str]) -> OneOf:
    return OneOf("outcome", tuple(sorted(str(each) for each in outcomes)))


EXPIRING = "token-expiring"
"""What a line has as `signal` that tells of a token which ends soon."""

_DEPLOY, _SNAPSHOT = _is("event_kind", "deploy"), _is("event_kind", "snapshot")
_BACKUP, _DRILL, _SWEEP = (
    (_is("event_kind", "command"), _is("workflow", each)) for each in ("backup", "drill", "sweep")
)
_FAILED = report.FAILURES - {Deployed.CONFLICT}
_TRIED = frozenset(Taken) - {Taken.IGNORED, Taken.PLANNED}
_PLACE = ("project", "workspace")

ALERTS: Mapping[str, Signal] = MappingProxyType(
    {
        "backup_failed": Signal(((AtLeast("drives_failed", 1),), (*_BACKUP, _ended(["incomplete"]))), _PLACE),
        "conflict_old": Signal(((*_SWEEP, AtLeast("oldest_conflict_hours", 24)),)),
        "deploy_failed": Signal(((_DEPLOY, _ended(_FAILED)),), _PLACE),
        "drill_failed": Signal(((*_DRILL, _ended([Drilled.DAMAGED, Drilled.FAILED])),)),
        "hook_disabled": Signal(((*_SWEEP, AtLeast("disabled_hooks", 1)),)),
        "snapshot_succeeded": Signal(((_SNAPSHOT, _ended(_TRIED - snapshot_report.FAILURES)),), _PLACE),
        "snapshot_tried": Signal(((_SNAPSHOT, _ended(_TRIED)),), _PLACE),
        "token_expiring": Signal(((_is("signal", EXPIRING),),)),
    }
)
"""What alerts look at. Of a snapshot it is the silence: one was tried, and none has succeeded."""
CHARTS: Mapping[str, Signal] = MappingProxyType(
    {
        "deploys": Signal(((_DEPLOY, _ended(set(Deployed) - {Deployed.RUNNING})),), ("outcome",)),
        "drift": Signal(((_SNAPSHOT, AtLeast("drifted", 0)),), ("workspace",), "drifted"),
        "seconds": Signal(((AtLeast("seconds", 0),),), ("event_kind",), "seconds"),
    }
)
"""What only the dashboard shows."""
