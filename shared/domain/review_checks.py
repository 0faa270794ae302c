"""What speaks against a pipeline as the merge would leave it, beside what a deploy would refuse."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from . import credentials, job_shape, labels
from .allowed_secrets import AllowedSecrets
from .code_agreement import Disagreeing, advice
from .content import Content
from .credentials import Finding
from .plan import Decision
from .review import Problem, Trouble

_MOST_FILES = 10


@dataclass(frozen=True, slots=True)
class Checked:
    """What stops the merge, and sentences that don't."""

    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()

    def __add__(self, other: "Checked") -> "Checked":
        return Checked((*self.problems, *other.problems), (*self.warnings, *other.warnings))


def whole(content: Content | None) -> Mapping[str, object]:
    """The jobConfig of a content, with the keys that AIC doesn't take; empty where there is none."""
    return {} if content is None else {**content.fields(), **content.others}


def of_shape(decision: Decision) -> Checked:
    """Flaws that are new: what AIC runs already, or Git has had live, is nobody's mistake now."""
    versions = decision.versions
    if versions.head is None:
        return Checked()
    last = versions.live.content if versions.live else versions.base
    before = () if last is None else job_shape.flaws(whole(last))
    new = job_shape.new(job_shape.flaws(whole(versions.head)), before=before)
    return Checked(tuple(Problem(Trouble.INVALID, f"`{_quoted(each.place)}`: {each.why}") for each in new))


def of_secrets(decision: Decision, allowed: AllowedSecrets) -> Checked:
    """A secret that Git had live already is only told: that it is there is not changed by merging."""
    title, versions = decision.title, decision.versions
    found = credentials.find(title, whole(versions.head), allowed=allowed)
    if not found:
        return Checked()
    before = {each.fingerprint for each in credentials.find(title, whole(versions.base), allowed=allowed)}
    new = [each for each in found if each.fingerprint not in before]
    old = [each for each in found if each.fingerprint in before]
    return Checked(
        (Problem(Trouble.SECRET, credentials.why(new)),) if new else (),
        (f"it {credentials.why(old)}, as it did before",) if old else (),
    )


def of_code(title: str, found: Sequence[Disagreeing]) -> Checked:
    """An edit that would never run stops the merge; a file that is merely old doesn't."""
    idle = [each for each in found if each.is_idle]
    problems = [
        Problem(Trouble.IDLE_CODE, f"`{_quoted(each.path)}` {each.what}: {_advice(title, each.path)}")
        for each in idle[:_MOST_FILES]
    ]
    if len(idle) > _MOST_FILES:
        problems.append(Problem(Trouble.IDLE_CODE, f"and {len(idle) - _MOST_FILES} more files of its code"))
    old = [f"`{_quoted(each.path)}` {each.what}" for each in found if not each.is_idle]
    return Checked(tuple(problems), tuple(old[:_MOST_FILES]))


def deletes(decision: Decision) -> bool:
    """Whether merging takes it out of Git while AIC has it, and gives it no other name."""
    versions = decision.versions
    return versions.head is None and versions.live is not None and not versions.defect and decision.row != 18


def of_deletion(decision: Decision, *, confirmed: bool) -> Checked:
    """People say by a label that it is meant."""
    if confirmed or not deletes(decision):
        return Checked()
    why = f"it would be taken out of Git while AIC has it: if that is meant, set the label `{labels.DELETE}`"
    return Checked((Problem(Trouble.DELETION, why),))


def of_proof(why: str) -> Checked:
    """`why` is what is missing of it; empty for nothing."""
    return Checked((Problem(Trouble.UNPROVEN, why),)) if why else Checked()


def has_secrets(decision: Decision) -> tuple[Finding, ...]:
    """What looks like one, whatever the project allows."""
    return credentials.find(decision.title, whole(decision.versions.head), allowed=AllowedSecrets())


def _advice(title: str, path: str) -> str:
    return advice(title.replace("`", "'"), path.replace("`", "'"))


def _quoted(text: str) -> str:
    return text.replace("`", "'")
