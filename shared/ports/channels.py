"""Ways to people beside GitLab, in the flows' words."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from ..domain.errors import ServiceError
from ..domain.news import News


class Channel(Protocol):
    """One way, such as e-mail."""

    def tell(self, news: News, to: Sequence[str], *, moment: datetime) -> Mapping[str, ServiceError]:
        """Tells each of them, once; the errors of those who could not be told. Whatever is raised holds for all.

        `moment` is when the news were sent off. A Transient means that they may have been told all the same.
        """
