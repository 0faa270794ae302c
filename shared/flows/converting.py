"""Pipelines whose code names tables by bare names get an interactive branch in which they are placeholders."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from ..domain import content, copies, dataset_conversion, table_catalog
from ..domain.aic import Named
from ..domain.answer import Outcome
from ..domain.content import Content
from ..domain.copy_report import Handled
from ..domain.messages.manual import ConvertDatasets
from ..domain.table_catalog import TableCatalog
from .answering import Asker
from .copies import Kind, hand_out, single, told
from .outside import Outside
from .pace import all_of
from .target import check_allowed

_WIDTH = 8
_MOST_SAID = 3


def convert_datasets(request: ConvertDatasets, asker: Asker, outside: Outside) -> Handled:
    """Makes them, finds them, or says why not; raises as `copies.told` does."""
    begun = Handled("convert_datasets", Outcome.REFUSED, request.project, workspace=request.workspace, by=asker.by)
    return told(begun, partial(_converted, request=request, asker=asker, outside=outside), asker, outside)


def _converted(begun: Handled, request: ConvertDatasets, asker: Asker, outside: Outside) -> Handled:
    where = request.catalog or request.workspace
    check_allowed(where, asker.allowed)
    ids = single(request.pipelines, request.workspace, outside)
    kind = Kind(copies.CONVERTED, partial(_content, catalog=_catalog(where, outside)))
    report = replace(begun, outcome=Outcome.PLANNED if request.dry_run else begun.outcome)
    return hand_out(kind, ids, report, asker, outside)


def _content(_: str, live: Mapping[str, object], *, catalog: TableCatalog) -> Content | str:
    """What the branch is to hold, or why there is nothing to be done."""
    found = dataset_conversion.convert(live, catalog)
    if found.replaced:
        return content.of_job(found.config)
    return "; ".join(["nothing in its code is the bare name of a table that is known", *found.unclear[:_MOST_SAID]])


def _catalog(workspace: str, outside: Outside) -> TableCatalog:
    desk = outside.open_desk(workspace)

    def ask(dataset: Named) -> list[tuple[str, str]]:
        with outside.pace.turn():
            outside.deadline.check()
            return [(dataset.name, each.name) for each in desk.tables(dataset.id)]

    return table_catalog.of(
        line for lines in all_of(outside.together, ask, desk.datasets(), width=_WIDTH) for line in lines
    )
