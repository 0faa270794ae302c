"""What must be so, whatever happened. Knows nothing of the product: it compares the texts that stand in the systems.

Pipelines are made by `tests.fake_workspace.config`: each is one text, its code.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.fake_proposals import OWN
from tests.fake_repository import FakeRepository
from tests.fake_workspace import FakeWorkspace

FOLDER, ENDING = "config/", ".json"
UNMANAGED = "scratch"
MAPPING = "branch_to_workspace.yaml"
CAPTURED = "\nAIC-Workspace: PIN FUSION 2.0 QA\n"
"""Stands in the message of a commit by which the service has brought what was live into Git."""
Texts = dict[str, str]


class Seen(Protocol):
    """What the ledger wants to know of a call."""

    @property
    def number(self) -> int: ...
    @property
    def run(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def arguments(self) -> tuple[object, ...]: ...
    @property
    def status(self) -> str: ...


@dataclass
class Ledger:
    """Everything that went into AIC, and what each run had seen by then. `found` is what must never be.

    `named` are ids with titles that people gave them: those are theirs.
    `windows` are saves that were overwritten within the one round trip between guard-read and write; `proven` is what
    ran when the last success was recorded.
    """

    aic: FakeWorkspace
    gitlab: FakeRepository
    typed: set[str] = field(default_factory=set)
    named: set[tuple[str, str]] = field(default_factory=set)
    found: list[str] = field(default_factory=list)
    windows: list[str] = field(default_factory=list)
    late: set[int] = field(default_factory=set)
    proven: Texts = field(init=False)
    _views: dict[int, dict[str, tuple[str, str] | None]] = field(default_factory=dict)
    _before: dict[int, tuple[str, object]] = field(default_factory=dict)
    _asked: dict[int, tuple[Sequence[str] | None, bool, str]] = field(default_factory=dict)
    _held: dict[int, set[tuple[str, str]]] = field(default_factory=dict)
    _replaced: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.proven = live(self.aic)

    def asked(self, run: int, pipelines: Sequence[str] | None, *, full: bool, source: str = "") -> None:
        """The run is limited to these pipelines, or looks at all; `source` is the commit that it brings live."""
        self._asked[run] = (pipelines, full, source)

    @contextmanager
    def person(self) -> Iterator[None]:
        """What differs in AIC afterwards was typed by a person."""
        before = _picture(self.aic)
        yield
        for job_id, (title, text) in _picture(self.aic).items():
            if before.get(job_id) != (title, text):
                self.typed |= {text, title}
            if before.get(job_id, ("",))[0] != title:
                self.named.add((job_id, title))

    def watch(self, call: Seen, effect: Callable[[], Any]) -> Any:
        """Carries the call out and looks at what it did; what is late comes out of turn."""
        if call.number in self.late:
            return effect()
        before = _picture(self.aic) if call.name in ("update", "create") else {}
        answer = effect()
        if call.name in ("update", "create"):
            self._check_write(call, before)
            self._check_held(call, before)
            now = _picture(self.aic)
            self._replaced |= {old for job_id, old in before.items() if now.get(job_id) != old}
        elif call.name == "file" and MAPPING in call.arguments:
            self._held.pop(call.run, None)  # a round begins, and looks at open rollbacks once
        elif call.name == "proposals":
            self._held.setdefault(call.run, _held(self.gitlab))
        elif call.name == "read":
            view = _picture(self.aic).get(str(call.arguments[0]))
            self._views.setdefault(call.run, {})[str(call.arguments[0])] = view
        elif call.status == "success":
            self._check_end(call, answer)
            self._replaced.clear()
        elif call.status == "canceled" and self._held.get(call.run):
            self._check_end(call, answer, spared={title for title, _ in self._held[call.run]})
        self._before[call.run] = (call.name, call.arguments[0] if call.arguments else None)
        return answer

    def _check_write(self, call: Seen, before: Mapping[str, tuple[str, str]]) -> None:
        for job_id, (title, text) in _picture(self.aic).items():
            old = before.get(job_id)
            if old is None or old == (title, text):
                continue
            renamed = old[0] != title and (job_id, old[0]) in self.named
            if not renamed and (
                old[1] == text or old[1] in versions(self.gitlab, title) | versions(self.gitlab, old[0])
            ):
                continue
            guarded = self._before.get(call.run) == ("read", job_id)
            if guarded and self._views[call.run].get(job_id) != old:
                self.windows.append(f"{call.number}: {old[1]!r} of {title!r}")
            else:
                self.found.append(f"call {call.number} lost {old[1]!r} of {old[0]!r}")

    def _check_held(self, call: Seen, before: Mapping[str, tuple[str, str]]) -> None:
        """What a run has seen a rollback take back it doesn't bring live, but for what it took itself and gives up."""
        written = {each for job_id, each in _picture(self.aic).items() if before.get(job_id) != each}
        for title, text in sorted(written & self._held.get(call.run, set()) - self._replaced):
            self.found.append(f"call {call.number} wrote {text!r} of {title!r}, which is held")

    def _check_end(self, call: Seen, answer: object, *, spared: Collection[str] = ()) -> None:
        """A run says that its head is live, but for what is `spared`; one that was left behind says nothing."""
        ended = call.arguments[0] if call.name == "end_deployment" else answer
        commit = str(getattr(ended, "commit", ""))
        if spared and not any("⏸️" in text and f"commit `{commit[:8]}`" in text for text in notes(self.gitlab)):
            return
        number = int(getattr(ended, "id", 0))
        environment = next(name for name, each in self.gitlab.records if each.id == number)
        base = newest(self.gitlab, environment.removesuffix("/limited"), commit, before=number)
        named, full, source = self._asked[call.run]
        wanted, was = configs(self.gitlab, source or commit), configs(self.gitlab, base) if base else {}
        was |= captured(self.gitlab, base, commit)
        due = wanted.keys() if full or source else _touched(self.gitlab, base, commit) & wanted.keys()
        looked = named if named is not None else sorted(due)
        view = {each[0]: each[1] for each in self._views.get(call.run, {}).values() if each}
        now = live(self.aic)
        self.proven = {**self.proven, **{title: text for title, text in now.items() if title in looked}}
        heads = {commit, *(each.commit for _, each in self.gitlab.records)}
        for title in looked:
            if title not in wanted or title in spared or wanted[title] in (now.get(title), view.get(title)):
                continue
            left_alone = (
                not source and was.get(title) == wanted[title] and view.get(title) not in had(self.gitlab, title, heads)
            )
            if not left_alone:
                self.found.append(
                    f"call {call.number}: success of {commit[:6]}, {title!r} is {now.get(title)!r}, seen as "
                    f"{view.get(title)!r}, wanted {wanted[title]!r}"
                )


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an end is measured by. `branch` is the one that was deployed to `workspace`.

    `told`: the deliveries say that every channel was reached. `overlapping`: two runs were at work at once. `late`:
    something that was sent to GitLab has arrived, or will, after its run had gone on.
    `asked`: the message of the newest head has come.
    """

    workspace: str
    environment: str
    branch: str = "develop"
    told: bool = True
    overlapping: bool = False
    late: bool = False
    asked: bool = True


def judge(ledger: Ledger, by: Judgement) -> list[str]:
    """What is wrong when a message has come to its end; nothing, if all is well."""
    found = list(ledger.found)
    if by.late:
        return found
    if not by.overlapping:
        found += [*(left_running(ledger.gitlab) if by.told else []), *_said_twice(ledger.gitlab)]
    elif by.told:
        found += head_left_running(ledger.gitlab, by.branch)
    return [*found, *_half(ledger, by), *_claims(ledger, by), *_silence(ledger, by)]


def live(aic: FakeWorkspace) -> Texts:
    """Title to code, as AIC runs them."""
    return dict(sorted(_picture(aic).values()))


def configs(gitlab: FakeRepository, commit: str) -> Texts:
    """Title to code at the commit; what is no config has none."""
    found = {}
    for path, data in gitlab.commits[commit].files.items():
        if path.startswith(FOLDER):
            title = path.removeprefix(FOLDER).removesuffix(ENDING)
            text = _text_of_file(data)
            if text is not None and not title.startswith(UNMANAGED):
                found[title] = text
    return found


def versions(gitlab: FakeRepository, title: str) -> set[str]:
    """Every code that the pipeline ever had in Git, on any branch."""
    path = f"{FOLDER}{title}{ENDING}"
    found = (_text_of_file(each.files[path]) for each in gitlab.commits.values() if path in each.files)
    return {text for text in found if text is not None}


def had(gitlab: FakeRepository, title: str, heads: Collection[str]) -> set[str]:
    """Every code that the pipeline had in a commit that one of these has come upon."""
    commits = set().union(*(ancestors(gitlab, head) for head in heads))
    return {text for sha in commits for text in [configs(gitlab, sha).get(title)] if text is not None}


def everywhere(gitlab: FakeRepository) -> set[str]:
    """Every code that any pipeline ever had in Git."""
    return {text for sha in gitlab.commits for text in configs(gitlab, sha).values()}


def notes(gitlab: FakeRepository) -> list[str]:
    """Everything that was written for people to read."""
    return [each.body for written in gitlab.written.values() for each in written]


def recorded(gitlab: FakeRepository, environment: str) -> str | None:
    """The commit of the newest success."""
    return next(
        (each.commit for name, each in reversed(gitlab.records) if name == environment and each.status == "success"),
        None,
    )


def is_held(gitlab: FakeRepository, title: str) -> bool:
    """Whether an open rollback takes it back."""
    return any(each == title for each, _ in _held(gitlab))


def twins(aic: FakeWorkspace) -> list[str]:
    """Titles that several pipelines have."""
    titles = [title for title, _ in _picture(aic).values()]
    return sorted({title for title in titles if titles.count(title) > 1})


def _picture(aic: FakeWorkspace) -> dict[str, tuple[str, str]]:
    """Id to title and code."""
    return {job_id: (str(each.get("title")), _text(each)) for job_id, each in aic.configs.items()}


def _text(config: Mapping[str, Any]) -> str:
    return str(config["stages"][0]["tasks"][0]["config"]["query"])


def _text_of_file(data: bytes) -> str | None:
    try:
        return _text(json.loads(data))
    except ValueError:
        return None


def parents(gitlab: FakeRepository, commit: str) -> tuple[str, ...]:
    return gitlab.commits[commit].commit.parents


def ancestors(gitlab: FakeRepository, commit: str | None) -> set[str]:
    todo, found = [commit] if commit else [], set[str]()
    while todo:
        each = todo.pop()
        if each not in found:
            found.add(each)
            todo += parents(gitlab, each)
    return found


def newest(gitlab: FakeRepository, environment: str, commit: str, *, before: int = 10**9) -> str | None:
    """The newest success before that record, if it is an ancestor."""
    earlier = ancestors(gitlab, commit)
    for name, each in reversed(gitlab.records):
        if name == environment and each.status == "success" and each.id < before and each.user == OWN:
            return each.commit if each.commit in earlier else None
    return None


def _held(gitlab: FakeRepository) -> set[tuple[str, str]]:
    """Titles, with the code that the target has, of what open rollbacks of the service change."""
    found = set[tuple[str, str]]()
    for each in (request.proposal for request in gitlab.requests):
        ours = each.state == "opened" and each.author == OWN and each.source_branch.startswith("aic-rollback/")
        if ours:
            tip = gitlab.branches[each.source_branch]
            now, then = configs(gitlab, gitlab.branches[each.target_branch]), configs(gitlab, tip)
            back = differing(gitlab, parents(gitlab, tip)[0], tip)
            found |= {(title, text) for title, text in now.items() if title in back and then.get(title) != text}
    return found


def captured(gitlab: FakeRepository, base: str | None, commit: str) -> Texts:
    """What the service has brought from AIC since base, where nobody but a merge has touched it beside that."""
    found, others = Texts(), set[str]()
    between = ancestors(gitlab, commit) - ancestors(gitlab, base) if base else set[str]()
    for each in sorted(between, key=lambda sha: gitlab.commits[sha].number):
        upon = parents(gitlab, each)
        titles = differing(gitlab, next(iter(upon), None), each)
        if CAPTURED in gitlab.commits[each].commit.message:
            found |= {title: text for title, text in configs(gitlab, each).items() if title in titles}
        elif len(upon) == 1:
            others |= titles
    return {title: text for title, text in found.items() if title not in others}


def _touched(gitlab: FakeRepository, base: str | None, commit: str) -> set[str]:
    """Titles that a commit in between changed; all where there is no base."""
    if base is None:
        return set(configs(gitlab, commit))
    found = differing(gitlab, base, commit)
    for each in ancestors(gitlab, commit) - ancestors(gitlab, base):
        found |= differing(gitlab, next(iter(parents(gitlab, each)), None), each)
    return found


def differing(gitlab: FakeRepository, old: str | None, new: str) -> set[str]:
    before, after = configs(gitlab, old) if old else {}, configs(gitlab, new)
    return {title for title in before.keys() | after.keys() if before.get(title) != after.get(title)}


def left_running(gitlab: FakeRepository, *, everything: bool = True) -> list[str]:
    """Records that say that somebody is still at work; with `everything` statuses and notes too."""
    found = [f"record of {each.commit[:6]} left running" for _, each in gitlab.records if each.status == "running"]
    if not everything:
        return found
    found += [f"status of {sha[:6]} left running" for sha, *_, each in gitlab.posted if each.state == "running"]
    ours = [(place, each) for place, written in gitlab.written.items() for each in written if each.user == OWN]
    return found + [f"note left at ⏳ on {place}" for place, each in ours if "⏳" in each.body]


def head_left_running(gitlab: FakeRepository, branch: str) -> list[str]:
    """The same of the newest head alone, where runs may have got in each other's way.

    Each may have written a note, of which only the last one that was brought up to date counts.
    """
    head = gitlab.branches[branch]
    states = {f"record of {head[:6]}": each.status for _, each in gitlab.records if each.commit == head}
    states |= {f"status of {head[:6]}": each.state for sha, *_, each in gitlab.posted if sha == head}
    found = [f"{what} left running" for what, state in states.items() if state == "running"]
    for place, written in gitlab.written.items():
        ours = [each.body for each in written if each.user == OWN and f"commit `{head[:8]}`" in each.body]
        if ours and all("⏳" in body for body in ours):
            found.append(f"note left at ⏳ on {place}")
    return found


def _said_twice(gitlab: FakeRepository) -> list[str]:
    found = []
    for place, written in gitlab.written.items():
        marks = [each.body.split("\n", 1)[0] for each in written if each.user == OWN]
        found += [f"several notes {mark} on {place}" for mark in sorted(set(marks)) if marks.count(mark) > 1]
    return found


def _half(ledger: Ledger, by: Judgement) -> list[str]:
    """Where the newest head is not on record, what runs is what ran before, a person's, or named as half deployed."""
    gitlab, success = ledger.gitlab, recorded(ledger.gitlab, by.environment)
    head = gitlab.branches.get(by.branch)
    if head is None or success == head:
        return []
    now, before = live(ledger.aic), ledger.proven
    ours = sorted(
        title for title, text in now.items() if text != before.get(title) and not {text, title} & ledger.typed
    )
    whole = configs(gitlab, head)
    if not by.told and all(now[title] == whole.get(title) for title in ours):
        return []  # live as a whole, but it could not be recorded
    said = [text for text in notes(gitlab) if "is half deployed" in text and by.workspace in text]
    return [f"half deployed and not said: {title!r}" for title in ours if not any(f"`{title}`" in one for one in said)]


def _claims(ledger: Ledger, by: Judgement) -> list[str]:
    """Neither a status nor a note of the head may say that it is live unless the record says so."""
    gitlab, head = ledger.gitlab, ledger.gitlab.branches.get(by.branch)
    records = [each.commit for name, each in gitlab.records if name == by.environment and each.status == "success"]
    if head is None or head in records or not by.told:
        return []
    states = [each.state for sha, branch, _, each in gitlab.posted if (sha, branch) == (head, by.branch)]
    found = [f"status of {head[:6]} claims success"] if states[-1:] == ["success"] else []
    marks = "<!-- aic-deploy "
    for place, written in gitlab.written.items():
        ours = [each.body for each in written if each.body.startswith(marks) and f"commit `{head[:8]}`" in each.body]
        found += [f"note on {place} claims success" for body in ours if "### ✅" in body]
    return found


def _silence(ledger: Ledger, by: Judgement) -> list[str]:
    """Somebody can see what became of the newest head."""
    gitlab, head = ledger.gitlab, ledger.gitlab.branches.get(by.branch)
    said = [sha for sha, *_ in gitlab.posted] + [each.commit for _, each in gitlab.records]
    if head is None or not (by.told and by.asked) or head in said or any(head[:8] in text for text in notes(gitlab)):
        return []
    return ["nobody can see what became of it"]
