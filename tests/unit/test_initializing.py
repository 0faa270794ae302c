"""A GitLab project is made or completed: once, on every branch, and nothing that people have is touched."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from shared.domain import mapping, posting
from shared.domain.errors import Permanent, Transient
from shared.domain.gitlab import Hook, OnCommit, Protection
from shared.domain.groundwork import Include
from shared.domain.groundwork_report import Founded, State
from shared.domain.messages import command
from shared.domain.messages.initializing import InitializeRepository
from shared.domain.occasion import Kind
from shared.domain.run import Run
from shared.flows.answering import Asker
from shared.flows.initializing import initialize_repository
from shared.flows.site import Furnishing

from ..failing import failing
from ..fake_premises import FakePremises
from ..stage import Stage

RUN = Run("0123abcd", datetime(2026, 11, 29, 9, tzinfo=UTC))
PRODUCTION, QA, DEV = "PIN FUSION 2.0", "PIN FUSION 2.0 QA", "PIN FUSION 2.0 DEV"
ALLOWED = frozenset({PRODUCTION, QA, DEV})
HOOK = "https://hook.example/"
SCANNERS = Include("security/templates", ("scan.yml",), "main")
FURNISHING = Furnishing(HOOK, SCANNERS)
ROLES: dict[str, object] = {"production": PRODUCTION, "staging": QA, "development": DEV}
BRANCHES = ["main", "staging", "dev"]
FILES = [".gitlab-ci.yml", "README.md", "branch_to_workspace.yaml", "code/.gitkeep", "config/.gitkeep"]


class Crash(BaseException):
    """The process dies."""


@dataclass
class Plot:
    """Where a project is to be; nothing is there yet."""

    stage: Stage = field(default_factory=Stage)
    furnishing: Furnishing = FURNISHING

    def __post_init__(self) -> None:
        self.premises = FakePremises(self.stage.gitlab, there=False)

    def asked(self, *, final: bool = False, **said: object) -> Founded:
        """One delivery."""
        request = command.read(
            posting.encode(
                {"workflow": "initialize_repository", "parameters": {"project": "pin/fusion", "roles": ROLES, **said}}
            )
        ).parameters
        assert isinstance(request, InitializeRepository)
        asker = Asker(ALLOWED, RUN, "r-1", "ann", final)
        return initialize_repository(
            request, self.furnishing, asker=asker, premises=self.premises, outside=self.stage.outside()
        )

    def files(self, branch: str) -> list[str]:
        """The paths on a branch."""
        gitlab = self.stage.gitlab
        return sorted(gitlab.commits[gitlab.branches[branch]].files)

    def text(self, branch: str, path: str) -> str:
        """What a file holds."""
        gitlab = self.stage.gitlab
        return (gitlab.content(path, gitlab.branches[branch]) or b"").decode()

    def state(self) -> object:
        """All that is there but for notes."""
        gitlab = self.stage.gitlab
        trees = {branch: dict(gitlab.commits[sha].files) for branch, sha in gitlab.branches.items()}
        hooks = [(each.url, each.events) for each in gitlab.hooked]
        return self.premises.there, trees, gitlab.branches, self.premises.rules, self.premises.labelled, hooks


def whole() -> Plot:
    """A project that was made by one message."""
    plot = Plot()
    plot.asked()
    return plot


def said(report: Founded, state: State) -> dict[str, str]:
    return {each.what: each.said for each in report.of(state)}


def test_a_project_is_made_with_all_that_it_needs() -> None:
    """Protection, label and a hook that is signed; the answer stands on the default branch."""
    plot = Plot()

    report = plot.asked()

    gitlab = plot.stage.gitlab
    assert (report.outcome, report.told().bad, report.told().said) == ("made", False, "initialize_repository: made")
    assert list(gitlab.branches) == BRANCHES
    assert plot.premises.rules == [
        Protection("main", frozenset({40}), frozenset({40})),
        Protection("staging", frozenset({40}), frozenset({30})),
        Protection("dev", frozenset({40}), frozenset({30})),
    ]
    assert plot.premises.labelled == ["aic::delete"]
    assert gitlab.hooked == [Hook(1, HOOK, disabled=False, signs=True)]
    note = gitlab.body(OnCommit(gitlab.branches["main"]))
    assert "`pin/fusion` is ready" in note
    assert "Asked for by `ann`" in note


def test_f39_every_branch_has_its_files() -> None:
    """The incumbent leaves staging and development without mapping, CI file and folders."""
    plot = whole()

    assert {branch: plot.files(branch) for branch in BRANCHES} == dict.fromkeys(BRANCHES, FILES)
    found = mapping.parse(plot.text("dev", "branch_to_workspace.yaml").encode())
    assert found.exact == {"main": PRODUCTION, "staging": QA, "dev": DEV}
    assert [found.branch_of_role(role) for role in ROLES] == BRANCHES
    assert found.rule("feature/x") == mapping.Reviewed("staging")
    assert 'project: "security/templates"\n    ref: "main"\n    file:\n      - "scan.yml"' in plot.text(
        "dev", ".gitlab-ci.yml"
    )
    assert f"| staging | `staging` | {QA} |" in plot.text("dev", "README.md")


def test_branches_may_have_other_names() -> None:
    """And a project need not have all roles."""
    plot = Plot(furnishing=Furnishing(HOOK, Include("security/templates", ("scan.yml",))))

    report = plot.asked(roles={"staging": {"workspace": QA, "branch": "develop"}, "development": DEV})

    assert list(plot.stage.gitlab.branches) == ["develop", "dev"]
    assert "ref:" not in plot.text("dev", ".gitlab-ci.yml")
    assert "on `main`" not in str(report.items)


def test_twice_is_once() -> None:
    """The second message changes nothing, its answer is the same, and nothing is left to be told."""
    plot = whole()
    before, notes = plot.state(), dict(plot.stage.gitlab.written)

    report = plot.asked()

    assert (report.outcome, plot.state(), plot.stage.gitlab.written) == ("nothing", before, notes)
    assert said(report, State.DIFFERS) == {}


def test_a_dry_run_makes_nothing_and_names_everything() -> None:
    """Of a project that is to be made, and of one that is there."""
    plot = Plot()
    before = plot.state()

    report = plot.asked(dry_run=True)

    assert (report.outcome, plot.state(), plot.stage.gitlab.written) == ("planned", before, {})
    planned = said(report, State.PLANNED)
    assert list(planned) == [
        "project `pin/fusion`",
        *(f"branch `{each}`" for each in BRANCHES),
        *(f"protection of `{each}`" for each in BRANCHES),
        "label `aic::delete`",
        "hook",
    ]
    assert planned["branch `dev`"] == "cut from `main`"
    assert planned["branch `main`"] == ", ".join(f"`{path}`" for path in [*FILES[:3], "config/.gitkeep", FILES[3]])

    made = whole()
    del made.stage.gitlab.branches["dev"]
    made.premises.labelled.clear()
    before = made.state()
    report = made.asked(dry_run=True)
    assert (report.outcome, made.state()) == ("planned", before)
    assert list(said(report, State.PLANNED)) == ["branch `dev`", "label `aic::delete`"]


def calls() -> int:
    """How often a run asks or tells GitLab something."""
    return len(whole().stage.gitlab.calls)


@pytest.mark.parametrize("number", range(60))
def test_whenever_a_delivery_dies_the_next_one_ends_it(number: int) -> None:
    """At any call: all is there once, as if nothing had happened; and people are told."""
    assert calls() <= 60
    wanted = whole().state()
    plot, seen = Plot(), 0
    plot.stage.heard_of = frozenset({Kind.INITIALIZED})

    def before(_: str) -> None:
        nonlocal seen
        seen += 1
        if seen == number + 1:
            raise Crash

    plot.stage.gitlab.before = before
    try:
        plot.asked()
    except Crash:
        plot.asked()

    assert plot.state() == wanted
    assert len({each.id for each in plot.stage.news()}) == 1
    assert len(plot.stage.gitlab.written) == 1


def test_where_deploys_are_tested_the_hook_tells_of_pipelines() -> None:
    """One that is there and doesn't is named."""
    plot = Plot(furnishing=Furnishing(HOOK, SCANNERS, tested=True))
    plot.asked()
    assert [each.events for each in plot.stage.gitlab.hooked] == [("merge_requests_events", "pipeline_events")]
    assert State.DIFFERS not in {each.state for each in plot.asked().items if each.what == "hook"}

    plain = whole()
    plain.furnishing = Furnishing(HOOK, SCANNERS, tested=True)
    assert said(plain.asked(), State.DIFFERS)["hook"] == "it doesn't tell of merge requests and pipelines alone"


def test_what_people_have_otherwise_stays_and_is_named() -> None:
    """Files, rules and the hook."""
    plot = whole()
    gitlab = plot.stage.gitlab
    theirs = {"README.md": "ours", ".gitlab-ci.yml": "test: {script: [make]}\n"}
    gitlab.push("main", {**theirs, "branch_to_workspace.yaml": f"mapping:\n  main: {PRODUCTION}\n  dev: {QA}\n"})
    gitlab.push("dev", {"README.md": "another"})
    plot.premises.rules[0] = Protection("main", frozenset(), frozenset({30, 40}))
    gitlab.hooked[0] = Hook(1, HOOK, disabled=True, verifies=False, events=("note_events",))
    gitlab.hooked.append(Hook(2, HOOK, disabled=False))
    before = plot.state()

    report = plot.asked()

    assert (report.outcome, plot.state()) == ("nothing", before)
    differs = said(report, State.DIFFERS)
    assert differs["`README.md` on `main`"] == "it has another content, and was left as it is"
    assert differs["`.gitlab-ci.yml` on `main`"] == "it has another content, and was left as it is"
    assert [each.said for each in report.items if each.what == "`branch_to_workspace.yaml` on `main`"] == [
        "it maps `staging` to nothing, not to `PIN FUSION 2.0 QA`",
        "it maps `dev` to `PIN FUSION 2.0 QA`, not to `PIN FUSION 2.0 DEV`",
    ]
    assert differs["`README.md` on `dev`"] == "it is another one than on `main`, and was left as it is"
    assert differs["protection of `main`"] == "who may push and merge is set otherwise: push by name, merge 30, 40"
    assert differs["hook"] == (
        "there are 2 of them; it doesn't tell of merge requests alone; GitLab doesn't check the webhook's certificate; "
        "GitLab has disabled it"
    )
    assert "⚠️ left as it is" in gitlab.body(OnCommit(gitlab.branches["main"]))


def test_a_mapping_that_can_not_be_used_or_has_other_roles_is_named() -> None:
    """It is for people to mend."""
    plot = whole()
    plot.stage.gitlab.push("main", {"branch_to_workspace.yaml": "mapping: {}\n"})
    assert "it can't be used: " in said(plot.asked(), State.DIFFERS)["`branch_to_workspace.yaml` on `main`"]

    other = whole()
    lines = "".join(f"  {branch}: {name}\n" for branch, name in zip(BRANCHES, ROLES.values(), strict=True))
    other.stage.gitlab.push("main", {"branch_to_workspace.yaml": f"mapping:\n{lines}roles:\n  staging: dev\n"})
    report = other.asked()
    assert said(report, State.DIFFERS)["`branch_to_workspace.yaml` on `main`"] == (
        "`staging` has not the role `staging` in it"
    )


def test_a_project_that_is_there_is_completed() -> None:
    """New branches are cut from what it has, and lacking files come from its default branch; pipelines stay."""
    plot = Plot()
    plot.premises.there = True
    gitlab = plot.stage.gitlab
    gitlab.push("main", {"README.md": "ours", "config/a.json": "{}", ".gitlab-ci.yml": "x: {}\n"})
    gitlab.branches["dev"] = gitlab.branches["main"]
    gitlab.push("dev", {"README.md": None, ".gitlab-ci.yml": None})

    report = plot.asked()

    assert said(report, State.MADE)["branch `main`"] == "`branch_to_workspace.yaml`, `code/.gitkeep`"
    assert plot.text("dev", "README.md") == "ours"
    assert plot.text("dev", ".gitlab-ci.yml") == "x: {}\n"
    everywhere = {path for branch in BRANCHES for path in plot.files(branch)}
    assert everywhere == {*FILES, "config/a.json"} - {"config/.gitkeep"}


def test_another_default_branch_is_named_and_has_the_mapping() -> None:
    """Only that one is read."""
    plot = Plot()
    plot.premises.there = True
    plot.stage.gitlab.push("main", {"README.md": "ours"})

    report = plot.asked(roles={"production": {"workspace": PRODUCTION, "branch": "live"}})

    assert said(report, State.DIFFERS)["project `pin/fusion`"] == (
        "its default branch is `main`, not that of production, `live`"
    )
    assert plot.files("main") == plot.files("live")


def test_without_scanners_there_is_no_ci_file_and_without_the_webhooks_address_no_hook() -> None:
    """Both are said."""
    plot = Plot(furnishing=Furnishing())

    report = plot.asked()

    assert plot.files("dev") == FILES[1:]
    assert (report.outcome, plot.stage.gitlab.hooked) == ("made", [])
    assert said(report, State.DIFFERS) == {
        "`.gitlab-ci.yml`": "there is none, as the settings name no `scanners`",
        "hook": "not looked at: the settings have no `WEBHOOK_URL`; add it by hand",
    }


@pytest.mark.parametrize("pattern", ["*", "d*", "*v", "d*v", "*e*", "**"])
def test_a_pattern_that_protects_a_branch_is_not_made_milder(pattern: str) -> None:
    """GitLab lets through whom any rule lets through."""
    plot = Plot()
    plot.premises.rules.append(Protection(pattern, frozenset({0}), frozenset({0})))

    report = plot.asked()

    assert "dev" not in {each.name for each in plot.premises.rules}
    assert said(report, State.DIFFERS)["protection of `dev`"] == f"`{pattern}` covers it: push 0, merge 0"


@pytest.mark.parametrize("pattern", ["x*", "*x", "de*ev", "*x*", "de", "devs"])
def test_a_pattern_for_other_branches_protects_nothing_here(pattern: str) -> None:
    """A rule is made beside it."""
    plot = Plot()
    plot.premises.rules.append(Protection(pattern, frozenset({0}), frozenset({0})))

    plot.asked()

    assert "dev" in {each.name for each in plot.premises.rules}


def test_what_the_services_user_may_not_do_is_named_and_all_else_is_made() -> None:
    """A developer can't protect or add hooks; the reason is that of the first."""
    plot = Plot()
    plot.stage.gitlab.maintains = False

    report = plot.asked()

    assert (report.outcome, report.reason, report.told().bad) == ("failed", "gitlab-forbidden", True)
    assert report.detail.startswith("protection of `main`")
    assert list(said(report, State.FAILED)) == [*(f"protection of `{each}`" for each in BRANCHES), "hook"]
    assert [plot.files(branch) for branch in BRANCHES] == [FILES] * 3
    assert "❌ not made" in plot.stage.gitlab.body(OnCommit(plot.stage.gitlab.branches["main"]))


def test_rules_that_can_not_be_seen_are_named() -> None:
    """Like anything else that fails for good."""
    plot = Plot()
    plot.stage.gitlab.before = failing("protections", Permanent("gitlab-forbidden", "no"))

    assert said(plot.asked(), State.FAILED) == {"protection": "no"}


def test_without_a_first_commit_there_is_nothing_to_cut_branches_from() -> None:
    """It is told once, with its reason."""
    plot = Plot()
    plot.stage.gitlab.protected.add("main")

    report = plot.asked()

    assert (report.outcome, report.reason) == ("failed", "gitlab-forbidden")
    assert said(report, State.FAILED)["branch `dev`"] == "there is no `main` to cut it from"
    assert report.head == ""


def test_a_branch_that_gets_none_of_its_files_is_named() -> None:
    """The others are complete."""
    plot = whole()
    plot.stage.gitlab.push("dev", {"README.md": None})
    plot.stage.gitlab.protected.add("dev")

    report = plot.asked()

    assert (report.outcome, list(said(report, State.FAILED))) == ("failed", ["branch `dev`"])


def test_a_branch_that_can_not_be_made_is_named() -> None:
    """And nothing is looked for on it."""
    plot = Plot()
    plot.stage.gitlab.before = failing("create_branch", Permanent("gitlab-refused", "no"))

    assert said(plot.asked(), State.FAILED) == {"branch `staging`": "no"}


def test_a_branch_that_is_cut_from_a_default_branch_which_takes_no_files_gets_them_itself() -> None:
    """Whoever may push there is another question for each branch."""
    plot = Plot()
    plot.premises.there = True
    plot.stage.gitlab.push("main", {"README.md": "ours"})
    plot.stage.gitlab.protected.add("main")

    report = plot.asked()

    assert (report.reason, plot.files("main")) == ("gitlab-forbidden", ["README.md"])
    assert plot.files("dev") == FILES


def test_of_two_hooks_the_younger_one_goes() -> None:
    """Two deliveries that overlap have both found none."""
    plot = Plot()
    other = Hook(1, HOOK.rstrip("/"), disabled=False, signs=True)
    gitlab = plot.stage.gitlab

    def before(call: str) -> None:
        if call == "add_hook":
            gitlab.hooked.append(other)

    gitlab.before = before
    plot.asked()

    assert gitlab.hooked == [other]


@pytest.mark.parametrize(("secrets", "signing"), [(("token", ""), True), (("token", "whsec_key"), False)])
def test_a_hook_that_is_not_signed_is_told(secrets: tuple[str, str], signing: bool) -> None:
    """Older versions of GitLab have no key for that."""
    plot = Plot()
    plot.premises.secrets, plot.premises.signing = secrets, signing

    assert said(plot.asked(), State.MADE)["hook"] == "it shows its secret token; it is not signed"


def test_a_hook_without_any_secret_is_not_made() -> None:
    """The webhook would let nothing in."""
    plot = Plot()
    plot.premises.secrets = ("", "")

    assert plot.asked().reason == "hook-secret-missing"


def test_only_workspaces_of_the_settings_are_mapped() -> None:
    """Before anything is made."""
    plot = Plot()

    report = plot.asked(roles={"production": "Other"})

    assert (report.outcome, report.reason, plot.premises.there) == ("refused", "workspace-not-allowed", False)


def test_workspaces_that_would_share_an_environment_are_refused() -> None:
    """As the mapping file is read."""
    plot = Plot()
    allowed = "PIN FUSION 2-0"
    asker = Asker(frozenset({PRODUCTION, allowed}), RUN, "r-1")
    tree = {"project": "pin/fusion", "roles": {"production": PRODUCTION, "staging": allowed}}
    request = command.read(posting.encode({"workflow": "initialize_repository", "parameters": tree})).parameters
    assert isinstance(request, InitializeRepository)

    report = initialize_repository(
        request, plot.furnishing, asker=asker, premises=plot.premises, outside=plot.stage.outside()
    )

    assert (report.reason, plot.premises.there) == ("mapping-invalid", False)


@pytest.mark.parametrize(
    ("grouped", "welcome", "outcome", "reason"),
    [(False, True, "refused", "group-unknown"), (True, False, "failed", "gitlab-forbidden")],
)
def test_a_project_that_can_not_be_made_is_told(
    grouped: bool,
    welcome: bool,
    outcome: str,
    reason: str,
) -> None:
    """In the log: there is no commit for a note."""
    plot = Plot()
    plot.premises.grouped, plot.premises.welcome = grouped, welcome

    report = plot.asked()

    assert (report.outcome, report.reason, plot.stage.gitlab.written) == (outcome, reason, {})


def test_a_project_that_is_known_by_its_number_is_never_made() -> None:
    """The new one would have another."""
    plot = Plot(furnishing=Furnishing(HOOK, numbered=True))

    report = plot.asked()

    assert (report.reason, plot.premises.there) == ("gitlab-not-found", False)


def test_a_path_that_somebody_has_is_asked_for_again_and_told_at_last() -> None:
    """It may be another delivery, or a project that nobody shows us."""
    plot = Plot()
    plot.premises.hidden = True

    with pytest.raises(Transient):
        plot.asked()
    assert plot.asked(final=True).reason == "path-taken"


@pytest.mark.parametrize("name", ["create", "commit", "create_branch", "protect", "create_label", "add_hook", "hooks"])
def test_a_busy_gitlab_is_asked_again(name: str) -> None:
    """What was made by then is found."""
    wanted, plot = whole().state(), Plot()
    plot.stage.gitlab.before = failing(name, Transient("gitlab-unavailable", "busy"))

    with pytest.raises(Transient):
        plot.asked()
    plot.asked()

    assert plot.state() == wanted


def test_people_hear_of_it_once() -> None:
    """The same state is the same news; a dry run is none, and neither is a failure."""
    plot = Plot()
    plot.stage.heard_of = frozenset({Kind.INITIALIZED})
    plot.asked(dry_run=True)
    plot.stage.gitlab.maintains = False
    plot.asked()
    assert plot.stage.news() == []

    plot.stage.gitlab.maintains = True
    plot.asked()
    plot.stage.gitlab.push("main", {"README.md": "ours"})
    plot.asked()
    first, second = plot.stage.news()

    assert (first.kind, first.title, first.rows) == ("initialized", "🌱 `pin/fusion` is ready", ())
    assert [(row.name, row.status) for row in second.rows] == [("`README.md` on `main`", "left as it is")] + [
        (f"`README.md` on `{each}`", "left as it is") for each in ("staging", "dev")
    ]


def test_who_asks_need_not_say_so() -> None:
    """The note says nothing of it then."""
    plot = Plot()
    plot.stage.heard_of = frozenset({Kind.INITIALIZED})
    tree = {"project": "pin/fusion", "roles": {"production": PRODUCTION}}
    request = command.read(posting.encode({"workflow": "initialize_repository", "parameters": tree})).parameters
    assert isinstance(request, InitializeRepository)

    initialize_repository(
        request,
        plot.furnishing,
        asker=Asker(ALLOWED, RUN, "r-1"),
        premises=plot.premises,
        outside=plot.stage.outside(),
    )

    assert "Asked for by" not in plot.stage.gitlab.body(OnCommit(plot.stage.gitlab.branches["main"]))
    assert plot.stage.news()[0].facts == ()
