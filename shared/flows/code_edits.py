"""Code files that somebody edited in Git by themselves: a capture would undo that, so people look at it first."""

from collections.abc import Mapping
from dataclasses import replace

from ..domain import content
from ..domain.capture import Decision, Plan
from ..domain.code import code_files
from ..domain.gitlab import blob_id
from ..domain.layout import config_path
from .draft import code_at
from .outside import Outside
from .survey import Survey

_WHY = "its code in Git was edited without its config"


def code_of(made: Plan, seen: Survey, outside: Outside) -> Mapping[str, str]:
    """The code files at head of what goes onto the branch, path to blob."""
    titles = {title for each in made.direct for title in (each.title, each.moved_to) if title}
    return code_at(seen.scene.head, titles, outside)


def reviewed(made: Plan, seen: Survey, code: Mapping[str, str]) -> Plan:
    """The plan, in which no commit onto the branch itself replaces such an edit; `code` is as `code_of` gives it."""
    titles = {each.title for each in made.direct if _is_edited(each, seen, code)}
    return Plan(tuple(_to_people(each) if each.title in titles else each for each in made.decisions))


def _to_people(decision: Decision) -> Decision:
    return replace(decision, direct=False, why=f"{decision.why}; {_WHY}")


def _is_edited(decision: Decision, seen: Survey, code: Mapping[str, str]) -> bool:
    """Whether a code file at head is another one than the config at head gives; where there is none, than live does."""
    old, new = decision.title, decision.moved_to or decision.title
    configs = {title: each.file for title, each in seen.shelf.other.items() if title == old}
    if code and config_path(new) not in seen.shelf.blobs:
        configs[new] = seen.live.found[new].file
    wanted = [code_files(title, content.parse(each), titles=seen.titles) for title, each in configs.items()]
    return any(
        path in code and blob_id(text, like=code[path]) != code[path] for each in wanted for path, text in each.items()
    )
