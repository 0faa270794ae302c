"""An AIC workspace in memory, as `ports.Workspace`, with hands for the people who work in it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from shared.domain.aic import Job
from shared.domain.content import DEPLOYABLE, Content
from shared.domain.errors import Transient


def config(text: str, **others: object) -> dict[str, object]:
    """A small jobConfig whose code is the text."""
    task = {"id": "t1", "type": "SQL", "config": {"query": text}}
    return {"stages": [{"tasks": [task]}], "variables": [], "sourceStage": {}, "sinkStage": {}, **others}


def stored(text: str, **others: object) -> str:
    """The same as it stands in a config file."""
    return json.dumps(config(text, **others), indent=2)


@dataclass
class FakeWorkspace:
    """`calls` counts what was asked; `before` and `after` are run around each call, for people and faults.

    Whether AIC takes a title twice isn't known; with `unique` it doesn't.
    """

    configs: dict[str, dict[str, object]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    before: Callable[[str], None] = lambda _: None
    after: Callable[[str], None] = lambda _: None
    unique: bool = False
    _made: int = 0

    # What people do.

    def put(self, title: str | None, text: str, **others: object) -> str:
        """Creates the pipeline, or edits the one of that title; its id."""
        job_id = self.id_of(title) or self._new_id()
        self.configs[job_id] = {"$id": job_id, **config(text, **others)} | ({"title": title} if title else {})
        return job_id

    def add_twin(self, title: str, text: str) -> str:
        """Creates another pipeline of a title that is there already; its id."""
        job_id = self._new_id()
        self.configs[job_id] = {"$id": job_id, "title": title, **config(text)}
        return job_id

    def remove(self, title: str) -> None:
        """Deletes it, as only a person can."""
        job_id = self.id_of(title)
        if job_id is not None:
            del self.configs[job_id]

    def id_of(self, title: str | None) -> str | None:
        """The id of the first pipeline of that title."""
        return next((job_id for job_id, each in self.configs.items() if title and each.get("title") == title), None)

    def code(self) -> dict[str, str]:
        """Title to code, for pipelines made by `config`."""
        return {str(each.get("title")): each["stages"][0]["tasks"][0]["config"]["query"] for each in self._all()}

    # What the port asks.

    def jobs(self) -> tuple[Job, ...]:
        """Ids and titles."""
        self._called("jobs")
        found = tuple(Job(job_id, _text(each.get("title"))) for job_id, each in self.configs.items())
        self.after("jobs")
        return found

    def read(self, job_id: str) -> Mapping[str, object] | None:
        """The jobConfig, None for 404."""
        self._called("read")
        found = self.configs.get(job_id)
        self.after("read")
        return None if found is None else json.loads(json.dumps(found))

    def create(self, title: str, content: Content) -> None:
        """Creates it."""
        self._called("create")
        self._check_title(title, own_id=None)
        job_id = self._new_id()
        self.configs[job_id] = {"$id": job_id, "title": title, **content.fields()}
        self.after("create")

    def update(self, job_id: str, title: str, content: Content) -> None:
        """Replaces the deployable part."""
        self._called("update")
        if job_id not in self.configs:
            raise Transient("aic-write-unknown", "AIC has no such pipeline")
        self._check_title(title, own_id=job_id)
        kept = {key: value for key, value in self.configs[job_id].items() if key not in DEPLOYABLE}
        self.configs[job_id] = {**kept, "title": title, **content.fields()}
        self.after("update")

    def _check_title(self, title: str, *, own_id: str | None) -> None:
        titled = [job_id for job_id, each in self.configs.items() if each.get("title") == title]
        if self.unique and titled and own_id not in titled:
            raise Transient("aic-title-exists", "AIC answered 409")

    def _new_id(self) -> str:
        self._made += 1
        return f"{self._made:08x}"

    def _called(self, name: str) -> None:
        self.calls.append(name)
        self.before(name)

    def _all(self) -> list[dict[str, list[dict[str, list[dict[str, dict[str, str]]]]]]]:
        found: list[dict[str, list[dict[str, list[dict[str, dict[str, str]]]]]]] = json.loads(
            json.dumps(list(self.configs.values()))
        )
        return found


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
