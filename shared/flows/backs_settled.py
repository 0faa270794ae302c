"""Back-merge requests that nothing is left of to be done: they are closed, and say why."""

from collections.abc import Collection, Sequence

from ..domain import promotion_note, route
from ..domain.gitlab import Proposal
from ..domain.layout import CONFIG_FOLDER, code_folder, config_path, titles_of
from .forward import conflicts
from .outside import Outside


def close(opened: Sequence[Proposal], *, head: str, outside: Outside) -> tuple[int, ...]:
    """The numbers of those that were closed now; `head` is the newest commit of the branch they lead to.

    One that a person has opened again, or has rewritten, is theirs.
    """
    done = []
    for each in opened:
        if _is_ours(each, outside) and _is_settled(each, head, outside):
            mark = promotion_note.mark(each.source_branch)
            text = promotion_note.settled(each.description.removeprefix(mark).lstrip(), target=each.target_branch)
            outside.repository.edit_proposal(each.iid, description=f"{mark}\n\n{text}", close=True)
            done.append(each.iid)
    return tuple(done)


def _is_ours(each: Proposal, outside: Outside) -> bool:
    return (
        each.head != ""
        and route.of_branch(each.source_branch) in route.BACK
        and each.description.startswith(promotion_note.mark(each.source_branch))
        and promotion_note.SETTLED not in each.description
        and each.author == outside.repository.own_id()
    )


def _is_settled(each: Proposal, head: str, outside: Outside) -> bool:
    """Whether the target has had each version that it brings: whatever stands there now is newer."""
    outside.deadline.check()
    changes = outside.repository.compare(head, each.head)
    titles = sorted(titles_of(changes.paths))
    if not changes.complete or not all(_is_of(path, titles) for path in changes.paths):
        return False
    there = outside.repository.tree(each.head, CONFIG_FOLDER)
    if not all(config_path(title) in there for title in titles):
        return False
    return not conflicts(titles, source=head, target=each.head, there=there, outside=outside)


def _is_of(path: str, titles: Collection[str]) -> bool:
    return any(path == config_path(title) or path.startswith(f"{code_folder(title)}/") for title in titles)
