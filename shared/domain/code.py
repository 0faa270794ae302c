"""A jobConfig → the code of its tasks as files that people can read. The config file has it all as well."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping

from . import path as paths
from .errors import Refused
from .layout import code_folder
from .titles import Titles

_TRIPLE_QUOTED = re.compile(r"('''|\"\"\")(.*?)\1", re.DOTALL)
SQL_WORDS = frozenset({"select", "insert", "update", "delete", "with", "create", "drop", "alter", "merge"})
_NAMELESS = "unknown_id"
_NO_NAME = re.compile(r"[^\w -]+")
_ROOM = "~" + "9" * 20
"""Room for the number of a task whose name is taken."""


def code_files(title: str, job_config: Mapping[str, object], *, titles: Titles) -> Mapping[str, bytes]:
    """Path to content, the tasks in document order; no two tasks share a file, and none has another pipeline's.

    The first task keeps the path that the layout gives it. One that comes later, or whose id is no name for a file,
    gets another, which stays the same from run to run. Raises Refused `config-invalid` for half a character.
    """
    tasks = [(_name(task), texts) for task in tasks_in(dict(job_config)) if (texts := texts_of(task))]
    shelf = _Shelf(title, titles)
    for name, texts in tasks:
        shelf.reserve(name, texts)
    placed = [(shelf.place(name, texts), texts) for name, texts in tasks]
    try:
        return {stem + ending: text.encode() for stem, texts in placed for ending, text in texts.items()}
    except UnicodeEncodeError:
        raise Refused("config-invalid", "the code of a task holds half a character") from None


class _Shelf:
    """The places of one pipeline's code; paths are folded, as a person's checkout may not tell case."""

    def __init__(self, title: str, titles: Titles) -> None:
        self._title, self._titles, self._folder = title, titles, code_folder(title)
        self._files: set[str] = set()
        self._folders: set[str] = set()
        self._reserved: set[str] = set()
        self._numbers: Counter[str] = Counter()

    def reserve(self, name: str, texts: Mapping[str, str]) -> None:
        """Keeps the paths of the layout from all tasks that have to go elsewhere."""
        if _are_good(name, texts):
            for path in self._paths(name, texts):
                self._reserved |= {path, *paths.folders(path)}

    def place(self, name: str, texts: Mapping[str, str]) -> str:
        """The path without its ending, from now on taken."""
        stem = name if self._is_free(name, texts) else next(self._other_names(name, texts))
        for path in self._paths(stem, texts):
            self._files.add(path)
            self._folders.update(paths.folders(path))
        return f"{self._folder}/{stem}"

    def _other_names(self, name: str, texts: Mapping[str, str]) -> Iterator[str]:
        plain = "/" not in name and _are_good(name + _ROOM, texts)
        base = name if plain else _digested(name)
        while True:
            self._numbers[base] += 1
            number = self._numbers[base] + plain
            other = base if number == 1 else f"{base}~{number}"
            if self._is_free(other, texts) and self._reserved.isdisjoint(self._paths(other, texts)):
                yield other

    def _is_free(self, name: str, texts: Mapping[str, str]) -> bool:
        return _are_good(name, texts) and all(map(self._takes, self._paths(name, texts)))

    def _takes(self, path: str) -> bool:
        if path in self._files or path in self._folders or not self._files.isdisjoint(paths.folders(path)):
            return False
        return self._titles.is_free(path, title=self._title)

    def _paths(self, name: str, texts: Mapping[str, str]) -> list[str]:
        return [paths.fold(f"{self._folder}/{name}{ending}") for ending in texts]


def _are_good(name: str, texts: Mapping[str, str]) -> bool:
    """Whether files may be called so, whatever else there is."""
    names = [name + ending for ending in texts]
    return all(paths.size(each) <= paths.MAX_PART and not paths.defect(each) for each in names)


def tasks_in(tree: object) -> Iterator[Mapping[str, object]]:
    """Every object in a list under a key `tasks`, in document order, however deep."""
    left: list[tuple[object, bool]] = [(tree, False)]
    while left:
        node, is_task = left.pop()
        if is_task and isinstance(node, dict):
            yield node
        left += reversed(list(_inside(node)))


def _inside(node: object) -> Iterator[tuple[object, bool]]:
    """What stands directly in the node, and whether it is a task."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "tasks" and isinstance(value, list):
                yield from ((item, True) for item in value)
            else:
                yield value, False
    elif isinstance(node, list):
        yield from ((item, False) for item in node)


def _name(task: Mapping[str, object]) -> str:
    """Its id as text; a task whose id is missing, empty or no scalar has the name of those without."""
    given = task.get("id")
    return str(given) if given and isinstance(given, str | int | float) else _NAMELESS


def _digested(name: str) -> str:
    """A name for a file, made from an id that is none."""
    readable = _NO_NAME.sub("-", name[:200])[:40].strip(" -")
    return f"{readable}~{hashlib.sha256(name.encode(errors='surrogatepass')).hexdigest()[:12]}"


def texts_of(task: Mapping[str, object]) -> Mapping[str, str]:
    """A task's code, by the ending of the file that holds it."""
    config, kind = task.get("config"), task.get("type")
    if not isinstance(config, dict) or not isinstance(kind, str):
        return {}
    match kind.upper():
        case "PYSPARK":
            script = _first(config, "script")
            return {".py": script, **sql_within(script)} if script else {}
        case "SQL":
            query = _first(config, "query", "script", "sql")
            return {".sql": query.strip()} if query else {}
        case _:
            return {}


def _first(config: Mapping[str, object], *keys: str) -> str:
    return next((value for key in keys if isinstance(value := config.get(key), str) and value), "")


def sql_within(script: str) -> Mapping[str, str]:
    """The SQL among the triple-quoted strings; the others count as well."""
    quoted = enumerate((found[2].strip() for found in _TRIPLE_QUOTED.finditer(script)), start=1)
    return {f"_{number}.sql": text for number, text in quoted if first_word(text) in SQL_WORDS}


def first_word(text: str) -> str:
    """In lower case, empty where there is none."""
    return next(iter(text.split(maxsplit=1)), "").lower()
