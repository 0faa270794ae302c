"""The chapter of the demonstration about tests: what fails them goes back by itself."""

from emulators.stack.workplace import Workplace
from emulators.tour import facts
from emulators.tour.teller import Teller

TITLE, BRANCH = "Demographics", "sandbox"


def tested(place: Workplace, teller: Teller) -> None:
    """A failing test pipeline returns the workspace to what it was."""
    teller.chapter("14. A deploy is tested, and goes back when its tests fail")
    workspace = place.workspace(BRANCH)
    place.deploy(BRANCH)
    before, earlier = workspace.pipelines()[TITLE], len(place.person.pipelines())
    number = place.propose(
        TITLE,
        edit=lambda old: facts.with_code(old, "print('looks fine, computes nonsense')\n"),
        branch="feature/untested",
        target=BRANCH,
    )
    place.merge(number)
    teller.check("it runs in AIC", workspace.pipelines()[TITLE] != before)
    started = place.person.pipelines()[earlier:]
    teller.say(f"“{TITLE}” is merged and deployed to {place.site.branches[BRANCH]}, and GitLab starts its tests:")
    teller.show(
        "GitLab, the variables of the pipeline:",
        [f"{key}={value}" for each in started for key, value in each["told"].items()],
    )
    teller.check("one pipeline was started", len(started) == 1)
    place.finish(int(started[-1]["id"]), "failed")
    teller.say("The tests fail. GitLab's hook says so, and nobody does anything.")
    teller.check("AIC runs again what it ran before", workspace.pipelines()[TITLE] == before)
    notes = [each for each in place.person.notes(number) if each["body"].startswith("<!-- aic-after-deploy ")]
    teller.show(f"GitLab, the note on !{number}:", facts.readable(notes[-1]) if notes else ["(none)"])
    back = [each for each in place.person.opened(target=BRANCH) if each["source_branch"].startswith("aic-rollback/")]
    teller.check(
        "there is one note, and it names the merge request that takes it back",
        len(notes) == len(back) == 1 and f"!{back[0]['iid']}" in notes[0]["body"],
    )
    records = place.person.deployments(place.site.environment(BRANCH))
    teller.check("the deployment is marked failed", records[0]["status"] == "failed")
