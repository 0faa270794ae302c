"""A stage on which merge requests are reviewed, with short words for it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from shared.domain import run
from shared.domain.code import code_files
from shared.domain.delivery import Delivery
from shared.domain.gitlab import OnMergeRequest, Status
from shared.domain.layout import config_path
from shared.domain.review_report import ReviewReport
from shared.domain.titles import known
from shared.flows.catalogue import Catalogue
from shared.flows.foresight import Question
from shared.flows.reviewing import ReviewOrder, review
from tests.fake_repository import FakeRepository
from tests.fake_workspace import config, stored
from tests.stage import ALLOWED, Stage, stage


@dataclass
class Desk:
    """`on` is the world; the merge request `iid` goes from `feature/x` to develop."""

    on: Stage
    iid: int
    catalogue: Catalogue = field(default_factory=Catalogue)
    runs: int = 0
    requires: Mapping[str, str] = field(default_factory=dict)
    gates: frozenset[str] = frozenset()

    @property
    def gitlab(self) -> FakeRepository:
        """The project."""
        return self.on.gitlab

    def order(self, *, iid: int | None = None, final: bool = False) -> ReviewOrder:
        """One message."""
        self.runs += 1
        named = run.of(Delivery(str(self.runs), b"", {}), now=self.on.clock.now())
        question = Question("pin/fusion", iid or self.iid, ALLOWED, named, self.requires, self.gates)
        return ReviewOrder(question, "ann", final)

    def review(self, *, iid: int | None = None, final: bool = False) -> ReviewReport:
        """One delivery of one message."""
        return review(self.order(iid=iid, final=final), self.catalogue, self.on.outside())

    def note(self) -> str:
        """The only note of ours."""
        return self.gitlab.body(OnMergeRequest(self.iid))

    def status(self) -> Status:
        """The newest on the newest commit of the source."""
        found = self.gitlab.request(self.iid)
        (newest, *_) = self.gitlab.statuses(found.head, branch=found.source_branch, name="aic/plan")
        return newest

    def push(self, files: Mapping[str, str | None]) -> str:
        """Another commit of the merge request."""
        return self.gitlab.push("feature/x", files)


def desk(changes: Mapping[str, str | None], **live: str) -> Desk:
    """The pipelines of `live` (title to code) are deployed; a merge request makes the changes, path to text."""
    on = stage(**live)
    on.gitlab.branches["feature/x"] = on.head
    on.gitlab.push("feature/x", changes)
    return Desk(on, on.gitlab.open("feature/x", "develop"))


def configs(**pipelines: str | None) -> dict[str, str | None]:
    """Path to config file, None for a deletion."""
    return {config_path(title): None if code is None else stored(code) for title, code in pipelines.items()}


def job(title: str, made: Mapping[str, object]) -> dict[str, str | None]:
    """All files of a pipeline."""
    code = code_files(title, made, titles=known([config_path(title)]))
    return {config_path(title): json.dumps(made), **{path: data.decode() for path, data in code.items()}}


def with_code(desk: Desk, **pipelines: str) -> Desk:
    """The same, where Git has had the code of the pipelines as files as well, when they were deployed."""
    files = {path: text for title, code in pipelines.items() for path, text in job(title, config(code)).items()}
    on = desk.on
    head = on.gitlab.push("develop", files)
    on.gitlab.deployed("aic/pin-fusion-2-0-qa", head, branch="develop", mapping=on.gitlab.branches["main"])
    on.gitlab.branches["feature/x"] = head
    return replace(desk, on=on)


def failing(name: str, error: Exception) -> Callable[[str], None]:
    """A hook that raises at each call of that name."""

    def hook(call: str) -> None:
        if call == name:
            raise error

    return hook
