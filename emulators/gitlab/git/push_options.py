"""Push options: what `git push -o merge_request.…` asks for beside the push itself."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from emulators.gitlab import auto_merge, labels, merge_requests, merging, opening
from emulators.gitlab.acts import Act
from emulators.gitlab.errors import ApiError
from emulators.gitlab.project import Record

_PREFIX = "merge_request."
_AUTO = {"merge_when_pipeline_succeeds", "auto_merge"}


@dataclass(frozen=True, slots=True)
class Options:
    """Those for merge requests, without their prefix; one that may come several times keeps all its values."""

    given: tuple[tuple[str, str], ...]

    def has(self, *names: str) -> bool:
        return any(name in names for name, _ in self.given)

    def all(self, name: str) -> list[str]:
        return [value for named, value in self.given if named == name]

    def text(self, name: str) -> str | None:
        return next(iter(reversed(self.all(name))), None)


def read(lines: Sequence[str]) -> Options:
    """Text on several lines comes with a written `\\n`."""
    pairs = (line.removeprefix(_PREFIX).partition("=") for line in lines if line.startswith(_PREFIX))
    return Options(tuple((name, value.replace("\\n", "\n")) for name, _, value in pairs))


def carry_out(act: Act, options: Options, *, branches: Sequence[str]) -> None:
    """For each branch: a merge request is made where that is wanted, or the open one edited.

    What can't be is left, as GitLab only warns of it.
    """
    for branch in branches if options.given else ():
        with suppress(ApiError):
            merge_request = _open_one(act, branch, target=options.text("target"))
            if merge_request is not None:
                merge_requests.update(act, merge_request, values=_edited(options, merge_request))
            elif options.has("create"):
                merge_request = opening.create(act, wanted=_wish(act, options, branch=branch))
            if merge_request is not None and options.has(*_AUTO):
                auto_merge.ask(act, merge_request, wanted=merging.DEFAULTS)


def _open_one(act: Act, branch: str, *, target: str | None) -> Record | None:
    own = [one for one in act.project.merge_requests if (one["state"], one["source_branch"]) == ("opened", branch)]
    return next((one for one in own if target in (None, one["target_branch"])), None)


def _wish(act: Act, options: Options, *, branch: str) -> opening.Wish:
    """Its title is the newest commit's unless another is given, its target the default branch."""
    tip = act.project.repository.branch(branch)
    title = options.text("title") or (act.project.repository.commit_of(tip).title if tip else branch)
    return opening.Wish(
        title=_drafted(options, title),
        source_branch=branch,
        target_branch=options.text("target") or act.project.default_branch or "",
        description=options.text("description"),
        labels=tuple(options.all("label")),
        squash=options.has("squash") or act.project.squash_option in {"always", "default_on"},
        remove_source_branch=options.has("remove_source_branch"),
    )


def _edited(options: Options, merge_request: Record) -> Record:
    values: Record = {"title": _drafted(options, options.text("title") or str(merge_request["title"]))}
    if options.has("description"):
        values["description"] = options.text("description")
    values["labels"] = labels.changed(
        merge_request["labels"], replaced=None, added=options.all("label"), removed=options.all("unlabel")
    )
    flags = {"squash": "squash", "remove_source_branch": "force_remove_source_branch"}
    return values | {key: True for name, key in flags.items() if options.has(name)}


def _drafted(options: Options, title: str) -> str:
    return f"Draft: {title}" if options.has("draft") and not title.lower().startswith("draft:") else title
