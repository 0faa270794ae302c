"""The answer to who asks what can be asked for: a line of the log."""

from collections.abc import Mapping

from .errors import Refused
from .messages import help as listing
from .messages.request import unknown
from .told import Told


def told(workflows: Mapping[str, type], wanted: str | None) -> Told:
    """All workflows in a line each, or all of one; raises Refused `message-invalid` for a name that is none."""
    if wanted is not None and wanted not in workflows:
        raise Refused("message-invalid", f"the workflow {unknown(wanted, workflows)}")
    found = listing.of(workflows if wanted is None else {wanted: workflows[wanted]})
    if wanted is None:
        return Told("help: all workflows", {"workflows": {each.name: each.line() for each in found}})
    (one,) = found
    parameters = {
        each.name: f"{each.kind}, {'needed' if each.default is None else f'without it: {each.default}'}"
        for each in one.parameters
    }
    return Told(f"help: {one.name}", {"says": one.says, "parameters": parameters})
