"""Reading and writing git trees: entries below a directory, one entry, and a new tree out of an old one and changes."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

import pygit2

from emulators.gitlab.objects import DIRECTORY, Entry, FileChange


def entry(tree: pygit2.Tree, path: str) -> Entry | None:
    """The entry at `path`, looked up one directory after the other."""
    try:
        found = tree[path]
    except KeyError:
        return None
    return _entry(found, path.rpartition("/")[0])


def entries(tree: pygit2.Tree, path: str, *, recursive: bool) -> list[Entry] | None:
    """The entries below the directory `path` in git's order (a directory before what it holds), or None."""
    if path:
        try:
            found = tree[path]
        except KeyError:
            return None
        if not isinstance(found, pygit2.Tree):
            return None
        tree = found
    return list(_listed(tree, path, recursive=recursive))


def blob(tree: pygit2.Tree, path: str) -> bytes | None:
    """The content of the file at `path`."""
    try:
        found = tree[path]
    except KeyError:
        return None
    return found.data if isinstance(found, pygit2.Blob) else None


def write(git: pygit2.Repository, old: pygit2.Tree | None, changes: Mapping[str, FileChange | None]) -> pygit2.Oid:
    """Writes the tree that `old` becomes by the changes, each directory once, from the leaves up."""
    builder = git.TreeBuilder(old) if old is not None else git.TreeBuilder()
    below: defaultdict[str, dict[str, FileChange | None]] = defaultdict(dict)
    for path, change in changes.items():
        first, _, rest = path.partition("/")
        if rest:
            below[first][rest] = change
        elif change is not None:
            builder.insert(first, git.create_blob(change.content), change.mode)
        elif builder.get(first) is not None:
            builder.remove(first)
    for name, inner in below.items():
        _write_directory(git, builder, name, inner)
    return builder.write()


def _write_directory(
    git: pygit2.Repository, builder: pygit2.TreeBuilder, name: str, changes: Mapping[str, FileChange | None]
) -> None:
    """Replaces the directory `name`; one that has become empty goes, as git knows none."""
    held = builder.get(name)
    old = held if isinstance(held, pygit2.Tree) else None
    if old is None and all(change is None for change in changes.values()):
        return
    written = write(git, old, changes)
    if len(git[written]):  # type: ignore[arg-type]
        builder.insert(name, written, DIRECTORY)
    else:
        builder.remove(name)


def _listed(tree: pygit2.Tree, path: str, *, recursive: bool) -> Iterator[Entry]:
    for item in tree:
        yield _entry(item, path)
        if recursive and isinstance(item, pygit2.Tree):
            yield from _listed(item, f"{path}/{item.name}" if path else str(item.name), recursive=True)


def _entry(item: pygit2.Object, directory: str) -> Entry:
    name = str(item.name)
    path = f"{directory}/{name}" if directory else name
    return Entry(str(item.id), name, item.type_str, path, int(item.filemode or 0))
