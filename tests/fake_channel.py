"""A way to people, in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from shared.domain.errors import ServiceError
from shared.domain.news import News


@dataclass
class FakeChannel:
    """`letters` are what was told, to whom, and when it was sent off. `closed` is raised, `deaf` can't be reached."""

    letters: list[tuple[News, tuple[str, ...], datetime]] = field(default_factory=list)
    closed: ServiceError | None = None
    deaf: dict[str, ServiceError] = field(default_factory=dict)

    def tell(self, news: News, to: Sequence[str], *, moment: datetime) -> Mapping[str, ServiceError]:
        """Those who are not deaf hear it."""
        if self.closed is not None:
            raise self.closed
        reached = tuple(each for each in to if each not in self.deaf)
        if reached:
            self.letters.append((news, reached, moment))
        return {each: self.deaf[each] for each in to if each in self.deaf}

    @property
    def heard(self) -> list[str]:
        """Everybody who was told something, in order, as often as they were."""
        return [each for _, to, _ in self.letters for each in to]
