"""One trial of a snapshot: attacked, judged, and delivered again in peace or left to the next night."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from shared.domain.gitlab import OnCommit
from tests.faults import blows, capture_oracle, oracle
from tests.faults.blows import Blow
from tests.faults.capture_oracle import Keeper
from tests.faults.scenarios import said
from tests.faults.snapshots import NIGHTS, SECRET, Night
from tests.faults.trials import END, calm, told
from tests.faults.world import LAST, Ended, Message, World
from tests.stage import ENVIRONMENT, Stage


@dataclass
class Trial:
    """A world in which every text is kept track of. `overlapping`: two runs were at work at once."""

    night: Night
    stage: Stage
    overlapping: bool = False
    world: World = field(init=False)
    keeper: Keeper = field(init=False)

    def __post_init__(self) -> None:
        stage = self.stage
        self.keeper = Keeper(stage.aic, stage.gitlab, ENVIRONMENT, together=self.night.together)
        self.world = World(stage, witness=self.keeper)
        self.keeper.late = self.world.ledger.late

    def message(self, name: str = "tonight") -> Message:
        """The message of one night; by its name its run is told from others."""
        return said(topic="snapshot", mode=self.night.mode, message=name)

    def deliver(self, name: str = "tonight", *, attempts: int = LAST) -> Ended:
        """The message, and the deploys that it asks for."""
        ended = self.world.deliver(self.message(name), attempts=attempts)
        self.world.follow()
        return ended


def trial(name: str) -> Trial:
    """The scenario, untouched."""
    return Trial(NIGHTS[name], NIGHTS[name].make())


def quiet(name: str) -> World:
    """The world after a snapshot that nothing disturbed, to know its calls; those of asked-for deploys left out."""
    made = trial(name)
    made.world.deliver(made.message())
    return made.world


def struck(name: str, hits: Mapping[int, Blow], *, attempts: int = LAST) -> tuple[Trial, list[str]]:
    """The scenario with these blows, and what was wrong with its end."""
    made = trial(name)
    made.world.attack = blows.at(made.world, hits)
    return made, problems(made, attempts=attempts)


def outage(name: str, number: int, blow: Blow, *, port: str) -> list[str]:
    """The same with a system that fails from one call on until the last delivery."""
    made = trial(name)
    made.world.attack = blows.since(made.world, number, blow, port=port)
    return problems(made, attempts=2)


def problems(made: Trial, *, attempts: int = LAST) -> list[str]:
    """Delivers, judges, and sees whether the calm that follows makes everything good.

    What dies before its last attempt is delivered again; after that only the next night's message comes.
    """
    ended = made.deliver(attempts=attempts)
    found = capture_oracle.judge(made.keeper, secret=SECRET)
    calm(made.world)
    again = "tonight" if attempts == LAST else "the next night"
    found += [f"afterwards: {each}" for each in settled(made, again)]
    return [f"{each} [{ended.word}]" for each in dict.fromkeys(found)]


def settled(made: Trial, name: str) -> list[str]:
    """All as it should be after one more message, and nothing new after another one."""
    ended = made.deliver(name)
    found = [] if told(ended) else [f"ended {ended.word}"]
    found += [*capture_oracle.judge(made.keeper, secret=SECRET), *ends(made)]
    before = size(made.stage)
    made.deliver("the night after")
    return found if size(made.stage) == before else [*found, "never comes to rest"]


def ends(made: Trial) -> list[str]:
    """Where it does not look as the scenario says."""
    night, gitlab, world = made.night, made.stage.gitlab, made.world
    git, runs = oracle.configs(gitlab, made.stage.head), oracle.live(made.stage.aic)
    found = [f"Git has {git}"] if git != night.git else []
    found += [f"AIC runs {runs}"] if runs != (night.live or night.git) else []
    shown = capture_oracle.waiting(gitlab)
    found += [f"open are {shown}"] if shown != list(night.waiting) else []
    if night.recorded != (oracle.recorded(gitlab, ENVIRONMENT) == made.stage.head):
        found.append(f"on record {made.stage.records()}")
    if not world.ever_late:
        found += [f"left over: {each}" for each in capture_oracle.left_over(gitlab)]
    found += [f"not described: {each}" for each in capture_oracle.undescribed(gitlab)]
    by = replace(END, late=world.late_in_gitlab, asked=night.recorded, overlapping=made.overlapping)
    return [*found, *capture_oracle.unnamed(gitlab, night.named), *oracle.judge(world.ledger, by)]


def size(stage: Stage) -> tuple[int, ...]:
    """What grows with everything that is done."""
    gitlab = stage.gitlab
    notes = sum(map(len, gitlab.written.values()))
    return len(gitlab.commits), len(gitlab.requests), notes, len(gitlab.records), len(stage.writes())


def unexplained(made: Trial) -> list[str]:
    """Pipelines that differ without that anything says so."""
    gitlab, head = made.stage.gitlab, made.stage.head
    git, runs = oracle.configs(gitlab, head), oracle.live(made.stage.aic)
    left = [title for title in sorted(git.keys() | runs.keys()) if git.get(title) != runs.get(title)]
    asked = [title for title in left if _waits(made, title, runs.get(title))]
    rest = [title for title in left if title not in asked and not _is_told(made, title)]
    if asked or any(_is_refused(made, title) for title in left):
        rest = [title for title in rest if not _is_behind(made, title, runs)]
    return [f"{title!r}: Git has {git.get(title)!r}, AIC runs {runs.get(title)!r}" for title in rest]


def _waits(made: Trial, title: str, text: str | None) -> bool:
    """A merge request of the service brings it, or did until people closed it; or only people can settle it."""
    gitlab = made.stage.gitlab
    if any(title in each for each in capture_oracle.waiting(gitlab)):
        return True
    if any(each.get(title, "") == text for each in capture_oracle.declined(gitlab)):
        return True
    twin = title in oracle.twins(made.stage.aic)
    return twin or SECRET in (text or "") or title.startswith(oracle.UNMANAGED) or oracle.is_held(gitlab, title)


def _is_behind(made: Trial, title: str, runs: oracle.Texts) -> bool:
    """A deploy would settle it, once nothing waits for people any more."""
    return runs.get(title) is None or runs[title] in oracle.versions(made.stage.gitlab, title)


def _is_told(made: Trial, title: str) -> bool:
    """On the newest commit: left alone, or no config, with the reason."""
    return _is_refused(made, title) or _stands(made, f"| `{title}` | left alone |")


def _is_refused(made: Trial, title: str) -> bool:
    """The file is no config, for which nothing of the head is deployed."""
    return _stands(made, f"config/{title}.json")


def _stands(made: Trial, text: str) -> bool:
    return any(text in note.body for note in made.stage.gitlab.written.get(OnCommit(made.stage.head), []))
