"""Which flow carries out which work by hand."""

from collections.abc import Sequence

from ..domain.drives import DriveSettings
from ..domain.messages.command import Backup, Manual, Restore, Rollback
from ..domain.messages.gating import AfterDeploy
from ..domain.messages.manual import (
    ConvertDatasets,
    CopyPipelines,
    DeleteInteractiveBranches,
    Export,
    ForcePush,
    PushInteractiveBranch,
)
from ..domain.told import Told
from ..flows import interactive
from ..flows.answering import Asker
from ..flows.converting import convert_datasets
from ..flows.copying import copy_pipelines
from ..flows.exporting import export
from ..flows.forcing import force_push
from ..flows.gate import after_deploy
from ..flows.outside import Outside
from ..flows.restoring import restore
from ..flows.rollback import rollback
from ..flows.save import save


def run(parameters: Manual, asker: Asker, drives: Sequence[DriveSettings], outside: Outside) -> Told:
    """Raises what the flow raises."""
    match parameters:
        case Backup():
            return save(parameters, asker, drives, outside).told()
        case Restore():
            return restore(parameters, asker, drives, outside).told()
        case Rollback():
            return rollback(parameters, asker, outside).told()
        case AfterDeploy():
            return after_deploy(parameters, asker, outside).told()
        case CopyPipelines():
            return copy_pipelines(parameters, asker, outside).told()
        case ForcePush():
            return force_push(parameters, asker, outside).told()
        case Export():
            return export(parameters, asker, drives, outside).told()
        case parameters:
            return _in_editor(parameters, asker, outside)


def _in_editor(
    parameters: ConvertDatasets | DeleteInteractiveBranches | PushInteractiveBranch, asker: Asker, outside: Outside
) -> Told:
    match parameters:
        case ConvertDatasets():
            return convert_datasets(parameters, asker, outside).told()
        case DeleteInteractiveBranches():
            return interactive.delete(parameters, asker, outside).told()
        case PushInteractiveBranch():
            return interactive.push(parameters, asker, outside).told()
