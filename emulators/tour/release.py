"""The chapters of the demonstration that lead a change from development to production, and protect a hotfix."""

from emulators.stack.aic import Config
from emulators.stack.bucket import Bucket
from emulators.stack.gitlab import Document
from emulators.stack.workplace import Workplace
from emulators.tour import facts
from emulators.tour.teller import Teller

FEATURE, WAITING, FIXED = "Händler Übersicht – Größe", "Zufriedenheit 🚗 2026", "顧客満足度"
DEVELOPMENT, QA, PRODUCTION = "sandbox", "develop", "main"


def featured(place: Workplace, teller: Teller) -> None:
    """One of two edits of the day goes from AIC to QA by a message."""
    teller.chapter("9. A feature goes from AIC to QA by one message, and takes nothing else along")
    place.deploy(DEVELOPMENT)
    place.workspace(DEVELOPMENT).edit(FEATURE, salt="the feature")
    place.workspace(DEVELOPMENT).edit(WAITING, salt="not ready yet")
    before = place.workspace(QA).pipelines()
    teller.say(
        f"Two pipelines are edited in the workspace of development. “{FEATURE}” is ready, “{WAITING}” is not. One "
        "message (push_feature) captures the first, cuts a branch at develop and opens its merge request."
    )
    workspace = place.site.branches[DEVELOPMENT]
    place.command("push_feature", workspace=workspace, pipelines=[FEATURE], name="PIN-12")
    number = _shown(place, "feature/pin-12", QA, teller)
    if number is None:
        return
    place.merge(number)
    after = place.workspace(QA).pipelines()
    teller.check(f"QA runs “{FEATURE}” as development does", _as_live(place, FEATURE, after[FEATURE]))
    teller.check("and nothing else has changed there", _others(before, FEATURE) == _others(after, FEATURE))


def released(place: Workplace, bucket: Bucket, teller: Teller) -> None:
    """Exactly the chosen pipeline goes to production."""
    teller.chapter("10. A release brings exactly what was chosen to production")
    before = place.workspace(PRODUCTION).pipelines()
    teller.say(
        f"develop has more that production has not. Only “{FEATURE}” is chosen (promote). The branch is cut at main: "
        "merging it can neither delete nor revert anything there."
    )
    place.command("promote", **{"from": "staging"}, to="production", ticket="PIN-12", pipelines=[FEATURE])
    number = _shown(place, "release/pin-12", PRODUCTION, teller)
    if number is None:
        return
    place.merge(number)
    after = place.workspace(PRODUCTION).pipelines()
    teller.check(f"production runs “{FEATURE}” as development does", _as_live(place, FEATURE, after[FEATURE]))
    teller.check("every other pipeline of production is as it was", _others(before, FEATURE) == _others(after, FEATURE))
    _overview(place, bucket, teller)


def _overview(place: Workplace, bucket: Bucket, teller: Teller) -> None:
    teller.say("Where everything stands is on one page: the board, drawn each night and whenever somebody asks.")
    place.command("board")
    comments = [each["note"] for each in place.person.comments(place.person.head(PRODUCTION))]
    told = next((note for note in comments if note.startswith("<!-- aic-board")), "")
    teller.show("GitLab, the note on the newest commit of main:", facts.readable({"body": told}))
    names = bucket.names(place.site.aic_project)
    teller.check("the page lies on the backup drive", any(name.endswith("/board/board.html") for name in names))


def fixed(place: Workplace, teller: Teller) -> None:
    """A fix made in production comes to Git, and the next release doesn't undo it."""
    teller.chapter("11. A fix of the night comes to Git, and no release undoes it")
    place.workspace(PRODUCTION).edit(FIXED, salt="fix of the night")
    live = place.workspace(PRODUCTION).pipelines()
    teller.say(f"Somebody mends “{FIXED}” in production at night. One message makes a hotfix branch of just that.")
    place.command("create_hotfix_branch", name="night", pipelines=[FIXED])
    place.command("create_merge_request", source="hotfix/night")
    number = _shown(place, "hotfix/night", PRODUCTION, teller)
    if number is None:
        return
    place.merge(number)
    teller.check("production was not touched by any of this", place.workspace(PRODUCTION).pipelines() == live)
    place.command("sweep")
    brought = [branch for branch in (QA, DEVELOPMENT) if _backs(place, branch)]
    teller.say("The sweep, which comes by every ten minutes, asks for the merge requests that bring the fix back.")
    teller.check("one is open into develop and one into sandbox", brought == [QA, DEVELOPMENT])
    teller.say(f"Before anybody merges it, QA changes “{FIXED}” without that fix. Then a release of it is asked for.")
    place.merge(place.propose(FIXED, edit=_changed, branch="feature/without-the-fix"))
    place.command("promote", **{"from": "staging"}, to="production", ticket="PIN-13", pipelines=[FIXED])
    comments = [each["note"] for each in place.person.comments(place.person.head(QA))]
    told = next((note for note in comments if "release/pin-13" in note), "")
    teller.show("GitLab, the note on the newest commit of develop:", facts.readable({"body": told}))
    teller.check("no release was made", not _opened(place, "release/pin-13", PRODUCTION))
    teller.check("the note names the pipeline whose fix it would undo", FIXED in told)


def _shown(place: Workplace, branch: str, target: str, teller: Teller) -> int | None:
    found = _opened(place, branch, target)
    teller.check(f"there is one merge request from {branch} into {target}", len(found) == 1)
    if not found:
        return None
    number = int(found[0]["iid"])
    teller.show(f"GitLab, the merge request !{number}:", facts.described(found[0]))
    return number


def _opened(place: Workplace, branch: str, target: str) -> list[Document]:
    return [each for each in place.person.opened(target=target) if each["source_branch"] == branch]


def _backs(place: Workplace, target: str) -> list[Document]:
    return [each for each in place.person.opened(target=target) if each["source_branch"].startswith("back-merge/")]


def _changed(config: Config) -> Config:
    return facts.with_code(config, "print('a change of QA')\n")


def _as_live(place: Workplace, title: str, config: Config) -> bool:
    live: Config = place.workspace(DEVELOPMENT).pipelines()[title]
    return bool(config["stages"] == live["stages"])


def _others(pipelines: dict[str, Config], title: str) -> dict[str, Config]:
    return {name: config for name, config in pipelines.items() if name != title}
