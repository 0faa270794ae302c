"""What became of a question to go back, or to have what another workspace has, as one value."""

from dataclasses import dataclass

from .answer import Answer
from .told import Told

_MOST = 50


@dataclass(frozen=True, slots=True)
class Returned(Answer):
    """`workflow` is `restore`, `rollback` or `copy_pipelines`.

    `source` is where the content comes from, `titles` what is to have it.
    `left_out` are titles with the reason why they stay as they are. `iid` and `url` are those of the merge request;
    with `now` it is put live before that is merged. `messages` are the ids of the deploys that were asked for.
    `why` is a sentence for the merge request, where nobody asked.
    """

    source: str = ""
    titles: tuple[str, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    iid: int | None = None
    url: str = ""
    now: bool = False
    messages: tuple[str, ...] = ()
    why: str = ""

    def told(self) -> Told:
        """The line of the log."""
        fields = {
            **self.facts(),
            "source": self.source,
            "pipelines": list(self.titles[:_MOST]),
            "left_out": [title for title, _ in self.left_out[:_MOST]],
            "merge_request": self.iid,
            "url": self.url,
            "deploys_asked_for": list(self.messages),
        }
        return Told(f"{self.workflow}: {self.outcome.value}", fields, bad=self.bad)
