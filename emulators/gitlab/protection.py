"""The rule that protects branches, and the levels of access that it may ask for."""

from dataclasses import dataclass

NOBODY, GUEST, REPORTER, DEVELOPER, MAINTAINER, OWNER, ADMIN = 0, 10, 20, 30, 40, 50, 60


@dataclass(frozen=True, slots=True)
class Protection:
    """What it takes to push to the branches that a pattern covers, and to merge into them; level 0 lets nobody."""

    id: int
    push: int = MAINTAINER
    merge: int = MAINTAINER
    force: bool = False
