"""Parameters of the workflow that sends dead letters once more."""

from dataclasses import dataclass
from typing import Annotated

from .. import dead_letter
from ..checks import between, one_of
from .request import Request, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Redrive(Request):
    """Sends once more what a subscription keeps of dead letters. With `dry_run` it is only listed in the log.

    Mend first what kept them from their end. At most `most` at a time: ask again for the others.
    """

    subscription: Annotated[Text, one_of(*map(dead_letter.kept, dead_letter.TOPICS))]
    most: Annotated[int, between(1, 1000)] = 100
    dry_run: bool = False
