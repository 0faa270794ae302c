"""One trial of a restore or a rollback, with the deploy that it asks for: attacked, judged, and asked for once more."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType

from shared.domain.drives import DriveSettings
from shared.domain.errors import ServiceError
from shared.domain.messages.command import Backup, Restore, Rollback
from shared.domain.return_report import Returned
from shared.domain.run import Run
from shared.flows.answering import Asker
from shared.flows.restoring import restore
from shared.flows.rollback import rollback
from shared.flows.save import save
from tests.faults import oracle
from tests.faults.oracle import Judgement
from tests.faults.world import LAST, Ended, Killed, World
from tests.stage import ENVIRONMENT, QA, Stage, stage

DRIVES = (DriveSettings(drive="backups"),)
MOMENT = datetime(2026, 11, 20, 9, tzinfo=UTC)
END = Judgement(QA, ENVIRONMENT)
Question = Restore | Rollback


@dataclass(frozen=True, slots=True)
class Return:
    """What is asked for, of which stage, and what runs in the end. `kept` must stand in Git: it was typed into AIC.

    `proposed`: title to code, what the one open merge request brings back.
    """

    make: Callable[[], Stage]
    question: Question
    live: Mapping[str, str]
    kept: str = ""
    proposed: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Trial:
    """A world of which somebody wants back what was."""

    wanted: Return
    world: World
    followed: int = 0

    def ask(self, number: int = 1, *, attempts: int = LAST) -> Returned | None:
        """The message until it is acknowledged or a dead letter."""
        for attempt in range(1, attempts + 1):
            named = Run(f"{number:08x}", MOMENT)
            asker = Asker(frozenset({QA}), named, f"r-{number}", "ann", attempt == attempts)
            with suppress(ServiceError, Killed):
                if isinstance(self.wanted.question, Restore):
                    return restore(self.wanted.question, asker, DRIVES, self.world.outside())
                return rollback(self.wanted.question, asker, self.world.outside())
        return None

    def follow(self, *, attempts: int = LAST) -> list[Ended]:
        """Delivers the deploys that it has asked for, and nothing else."""
        ended = []
        published = self.world.stage.publisher.published
        while self.followed < len(published):
            topic, said, *_ = published[self.followed]
            self.followed += 1
            if topic == "aic-deploy":
                ended.append(self.world.deliver({**said, "by_hand": True}, attempts=attempts))
        return ended

    def published(self) -> Sequence[tuple[object, ...]]:
        """All messages that were sent."""
        return self.world.stage.publisher.published

    def deliver(self, number: int = 1, *, attempts: int = LAST) -> Returned | None:
        """Question and deploy."""
        done = self.ask(number, attempts=attempts)
        self.follow(attempts=attempts)
        return done

    def ends(self, *, overlapping: bool = False) -> list[str]:
        """Where it does not look as it should in the end. Two runs at once, or what comes late, may leave two notes."""
        stage, wanted = self.world.stage, self.wanted
        found = [] if oracle.live(stage.aic) == wanted.live else [f"runs {oracle.live(stage.aic)}"]
        if wanted.kept and wanted.kept not in oracle.versions(stage.gitlab, "b"):
            found.append(f"nobody keeps {wanted.kept!r}")
        shown = proposed(stage)
        if shown != ([wanted.proposed] if wanted.proposed else []):
            found.append(f"proposes {shown}")
        several = overlapping or self.world.late_in_gitlab
        return found if several else found + oracle.left_running(stage.gitlab)


def proposed(made: Stage) -> list[Mapping[str, str]]:
    """What each open rollback brings, title to code."""
    gitlab = made.gitlab
    opened = [each.proposal for each in gitlab.requests if each.proposal.state == "opened"]
    found = list[Mapping[str, str]]()
    for each in opened:
        if each.source_branch.startswith("aic-rollback/"):
            tip = gitlab.branches[each.source_branch]
            brings = oracle.differing(gitlab, oracle.parents(gitlab, tip)[0], tip)
            found.append({title: oracle.configs(gitlab, tip)[title] for title in sorted(brings)})
    return found


def trial(name: str) -> Trial:
    """Nothing was asked for yet."""
    wanted = RETURNS[name]
    made = wanted.make()
    made.publisher.published.clear()
    world = World(made)
    world.saved_at = next((commit for commit, _ in made.records()), "")
    return Trial(wanted, world)


def _live() -> Stage:
    """Three pipelines, changed by a merge that is live; since then one was edited in AIC and one deleted there."""
    world = stage(a="one", b="uno", c="eins", d="same")
    world.merge(a="two", b="due", c="zwei")
    world.deploy()
    world.aic.put("b", "typed")
    world.aic.remove("c")
    return world


def _saved() -> Stage:
    """The same; what ran before the merge is on a drive alone, as nobody says which commit that was."""
    world = stage(a="one", b="uno", c="eins", d="same")
    asker = Asker(frozenset({QA}), Run("000000ff", MOMENT), "r-255", "ann")
    save(Backup(project="pin/fusion", workspace=QA), asker, DRIVES, world.outside())
    world.merge(a="two", b="due", c="zwei")
    world.deploy()
    world.aic.put("b", "typed")
    world.aic.remove("c")
    return world


def _bad() -> Stage:
    """A bad merge is live, and one of its pipelines was edited in AIC since."""
    world = stage(a="one", b="uno", d="same")
    world.merge(a="two", b="due")
    world.deploy()
    world.aic.put("b", "typed")
    return world


def _restore(origin: str) -> Restore:
    return Restore(project="pin/fusion", workspace=QA, origin=origin, confirm=QA)


RETURNS: Mapping[str, Return] = MappingProxyType(
    {
        "restored": Return(
            _live, _restore("previous"), {"a": "one", "b": "uno", "c": "eins", "d": "same"}, kept="typed"
        ),
        "from a backup": Return(
            _saved, _restore("backup:latest"), {"a": "one", "b": "uno", "c": "eins", "d": "same"}, kept="typed"
        ),
        "some from a backup": Return(
            _saved,
            Restore(
                project="pin/fusion", workspace=QA, origin="backup:backups:latest", confirm=QA, pipelines=("a", "b")
            ),
            {"a": "one", "b": "uno", "d": "same"},
            kept="typed",
        ),
        "rolled back": Return(
            _bad,
            Rollback(project="pin/fusion", branch="develop", now=True, confirm=QA),
            {"a": "one", "b": "uno", "d": "same"},
            kept="typed",
            proposed={"a": "one", "b": "uno"},
        ),
    }
)
