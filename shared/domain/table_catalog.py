"""The tables of a workspace's datasets, and the placeholder that stands for each in AIC."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

_ODD = re.compile(r"[^\w .-]")
"""What may end a placeholder, or the text that it is put into."""


@dataclass(frozen=True, slots=True)
class TableCatalog:
    """`placeholders` are by the name of the table, folded; `unusable` say why one has none."""

    placeholders: Mapping[str, str] = field(default_factory=dict)
    unusable: Mapping[str, str] = field(default_factory=dict)


def of(tables: Iterable[tuple[str, str]]) -> TableCatalog:
    """Of dataset and table each; Spark doesn't tell large letters from small ones."""
    found: dict[str, list[tuple[str, str]]] = {}
    for dataset, table in tables:
        found.setdefault(table.casefold(), []).append((dataset, table))
    placeholders, unusable = dict[str, str](), dict[str, str]()
    for key, each in found.items():
        if len(each) > 1:
            unusable[key] = f"several datasets have it: {', '.join(sorted(dataset for dataset, _ in each))}"
        elif any(_ODD.search(name) for name in each[0]):
            unusable[key] = "its name, or that of its dataset, can't stand in a placeholder"
        else:
            placeholders[key] = "${" + ".".join(each[0]) + "}"
    return TableCatalog(placeholders, unusable)
