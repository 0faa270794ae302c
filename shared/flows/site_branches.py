"""The branches of a GitLab project that is made or completed, each with all of its files."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from ..domain import groundwork, trailers
from ..domain.gitlab import FileAction
from ..domain.groundwork import FOLDERS, NO_BRANCH, Branch
from ..domain.groundwork_report import Item, State
from .site import Site


def branches(site: Site, base: str, wanted: Mapping[str, bytes]) -> Iterator[Item]:
    """The default branch first: what it has, the others get."""
    head = _head(site, base)
    seen = _seen(head, wanted, site)
    for path, said in groundwork.differing(seen, wanted, site.seats):
        yield Item(f"`{path}` on `{base}`", State.DIFFERS, said)
    yield _completed(site, base, groundwork.missing(seen, wanted))
    model = {**wanted, **seen.files}
    if groundwork.CI_FILE not in model:
        yield Item(f"`{groundwork.CI_FILE}`", State.DIFFERS, "there is none, as the settings name no `scanners`")
    start = _head(site, base)
    for seat in site.seats:
        if seat.branch != base:
            yield from _another(site, seat.branch, base, start, model)


def _another(site: Site, name: str, base: str, start: str | None, model: Mapping[str, bytes]) -> Iterator[Item]:
    head = _head(site, name)
    if head is None:
        if start is None and not site.dry_run:
            yield Item(f"branch `{name}`", State.FAILED, f"there is no `{base}` to cut it from")
            return
        cut = partial(site.premises.create_branch, name, start or "")
        made = site.make(f"branch `{name}`", cut, said=f"cut from `{base}`")
        yield made
        if made.state is not State.MADE:
            return
    seen = _seen(head or start, model, site)
    for path, said in groundwork.unlike(seen, model, base):
        yield Item(f"`{path}` on `{name}`", State.DIFFERS, said)
    lacking = groundwork.missing(seen, model)
    if lacking or head is not None:
        yield _completed(site, name, lacking)


def _completed(site: Site, name: str, lacking: Sequence[FileAction]) -> Item:
    what, paths = f"branch `{name}`", ", ".join(f"`{each.path}`" for each in lacking)
    if not lacking:
        return Item(what, State.THERE)
    message = f"Lay out the repository\n\n{trailers.of_run(site.run)}"
    return site.make(what, partial(site.outside.repository.commit, name, lacking, message=message), said=paths)


def _head(site: Site, branch: str) -> str | None:
    return site.outside.repository.head(branch) if site.there else None


def _seen(head: str | None, wanted: Mapping[str, bytes], site: Site) -> Branch:
    """A CI file that people have is looked at as well: the other branches get it."""
    if head is None:
        return NO_BRANCH
    repository = site.outside.repository
    contents = {path: repository.content(path, head) for path in sorted({*wanted, groundwork.CI_FILE})}
    folders = frozenset(folder for folder in FOLDERS if repository.tree(head, folder))
    return Branch({path: data for path, data in contents.items() if data is not None}, folders)
