"""Code files that somebody edited in Git by themselves: a capture would undo that, so people look at it first."""

from dataclasses import replace

from ..domain import content
from ..domain.capture import Decision, Plan
from ..domain.code import code_files
from ..domain.gitlab import blob_id
from ..domain.layout import code_folder, config_path
from .outside import Outside
from .pace import all_of
from .survey import Survey

_WIDTH = 8
_WHY = "its code in Git was edited without its config"


def reviewed(made: Plan, seen: Survey, outside: Outside) -> Plan:
    """The plan, in which no commit onto the branch itself replaces such an edit."""
    asked = [each for each in made.direct if config_path(each.title) in seen.shelf.blobs]
    edited = all_of(outside.together, lambda each: _is_edited(each, seen, outside), asked, width=_WIDTH)
    titles = {each.title for each, found in zip(asked, edited, strict=True) if found}
    return Plan(tuple(_to_people(each) if each.title in titles else each for each in made.decisions))


def _to_people(decision: Decision) -> Decision:
    return replace(decision, direct=False, why=f"{decision.why}; {_WHY}")


def _is_edited(decision: Decision, seen: Survey, outside: Outside) -> bool:
    """Whether a code file at head is another one than the config at head gives."""
    outside.deadline.check()
    repository, head, title = outside.repository, seen.scene.head, decision.title
    have = repository.tree(head, code_folder(title))
    data = repository.content(config_path(title), head) if have else None
    wanted = code_files(title, content.parse(data), titles=seen.titles) if data else {}
    return any(path in have and blob_id(code, like=have[path]) != have[path] for path, code in wanted.items())
