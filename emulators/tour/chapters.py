"""The chapters of the demonstration. Every claim is checked against what AIC and GitLab say themselves."""

import copy
import json
import time

from emulators.stack import traffic
from emulators.stack.aic import Config
from emulators.stack.workplace import Workplace
from emulators.tour import facts
from emulators.tour.teller import Teller

CHANGED, EDITED, OTHER, BROKEN = "Demographics", "Customer Loyalty", "trailing dots...", "Report #4 (final)"
_OLD, _NEW = ".isNotNull())", '.isNotNull() & (F.col("PRICE") > 0))'


def change_code(config: Config) -> Config:
    """The change that people make in these chapters."""
    return facts.with_code(config, facts.code(config).replace(_OLD, _NEW))


def first_deploy(place: Workplace, teller: Teller) -> None:
    """Adoption: Git and AIC agree, which is written down."""
    workspace, before = place.workspace(), place.workspace().fingerprint()
    teller.say(
        f"The branch `develop` of {place.site.path} holds the same {len(workspace.pipelines())} pipelines that run in "
        f"the AIC workspace “{workspace.name}”. A first deploy is asked for, as a person would with gcloud: it "
        "compares everything, and records that Git is what runs."
    )
    place.deploy()
    record = facts.deployment(place)
    teller.check("the first deploy is recorded in GitLab as a success", record.get("status") == "success")
    teller.check("it wrote nothing, for all was equal", workspace.fingerprint() == before)


def merge(place: Workplace, teller: Teller) -> int:
    """A merged change runs. Answers the number of the merge request."""
    teller.chapter("1. Somebody changes a pipeline and merges it: it runs in AIC")
    before = place.workspace().pipelines()
    number = place.propose(CHANGED, edit=change_code, branch="feature/no-free-cars")
    teller.say(
        f"A branch, a commit that changes the code of “{CHANGED}”, a merge request (!{number}): all through GitLab's "
        "API, as its pages do it. Then it is merged. From here on nobody does anything: GitLab calls the webhook, the "
        "webhook puts a message into Pub/Sub, Pub/Sub calls the function deploy."
    )
    started = time.monotonic()
    commit = facts.landed(place.merge(number))
    seconds, after, notes = time.monotonic() - started, place.workspace().pipelines(), place.person.notes(number)
    teller.show(f"AIC, the code of “{CHANGED}” before (-) and after (+):", _code_change(before, after))
    teller.show("GitLab, the note on the merge request:", facts.readable(notes[-1]) if notes else ["(none)"])
    teller.show("GitLab, what is on record:", facts.record_lines(place, commit))
    wanted = facts.code(place.config(CHANGED))
    teller.check(f"AIC runs the merged code, {seconds:.1f} seconds after the merge", _runs(after, wanted))
    teller.check("no other pipeline was touched", _others(before, CHANGED) == _others(after, CHANGED))
    teller.check("the merge request has one note, which names the pipeline", len(notes) == 1 and _names(notes, CHANGED))
    _check_record(place, teller, commit=commit, state="success")
    return number


def again(place: Workplace, number: int, teller: Teller) -> None:
    """The same delivery once more does nothing."""
    teller.chapter("2. The same delivery again: nothing happens")
    notes, records = place.person.notes(number), len(place.person.deployments(place.site.environment("develop")))
    before = place.workspace().fingerprint()
    traffic.restart(place.aic_url)
    message = place.queue.messages("aic-deploy")[-1]
    teller.say(
        "Networks repeat themselves. GitLab sends the very same hook again (same body, same key), and the message is "
        "published a second time as well."
    )
    hook = place.hook
    if hook is not None:
        hook.resend(hook.sent(number, action="merge")[0]["id"])
        place.await_hook(number, times=2)
    place.queue.publish(
        "aic-deploy", message["data"], attributes=message["attributes"], ordering_key=message["ordering_key"]
    )
    place.queue.settle()
    pushed = len([each for each in place.queue.deliveries() if each["acknowledged"]])
    published = len(place.queue.messages("aic-deploy"))
    teller.check(f"all {published} messages so far were taken by the function", pushed >= published)
    teller.check("AIC got no request that writes", facts.written(place) == 0)
    teller.check("the workspace is what it was", place.workspace().fingerprint() == before)
    teller.check("there is no second note, and the first one is the same", place.person.notes(number) == notes)
    later = len(place.person.deployments(place.site.environment("develop")))
    teller.check("there is no second record", later == records)


def conflict(place: Workplace, teller: Teller) -> None:
    """An edit made in AIC is protected, and then brought together with the change in Git."""
    teller.chapter("3. Somebody edits in AIC by hand: the next merge does not overwrite it")
    place.workspace().edit(EDITED, salt="quick fix of Friday evening")
    edited = place.workspace().pipelines()
    teller.say(
        f"A colleague changes “{EDITED}” in AIC's own editor. Git knows nothing of it. Then a merge request that "
        f"changes “{EDITED}” and “{OTHER}” is merged."
    )
    traffic.restart(place.aic_url)
    number = place.propose(EDITED, OTHER, edit=change_code, branch="feature/both")
    commit = facts.landed(place.merge(number))
    notes = place.person.notes(number)
    teller.show("GitLab, the note on the merge request:", facts.readable(notes[-1]) if notes else ["(none)"])
    teller.check("AIC got no request that writes", facts.written(place) == 0)
    teller.check("the edit is still there, and so is everything else", place.workspace().pipelines() == edited)
    teller.check("the note names the pipeline and the conflict", _names(notes, EDITED) and _names(notes, "conflict"))
    _check_record(place, teller, commit=commit, state="failed")
    _resolve(place, teller, live=edited[EDITED])


def _resolve(place: Workplace, teller: Teller, *, live: Config) -> None:
    teller.say(
        "The way out that the note names: bring the edit into Git. A merge request with two commits, first exactly "
        "what AIC runs, then the change of Git on top. Both people's work is in it now."
    )
    both = change_code(copy.deepcopy(live))
    place.person.branch("feature/together", ref="develop")
    for config, message in ((live, "What AIC runs"), (both, "The change on top")):
        place.person.commit("feature/together", place.files(config), message=message)
    number = place.person.open("feature/together", target="develop", title="Bring the edit into Git")
    commit = facts.landed(place.merge(number))
    after, notes = place.workspace().pipelines(), place.person.notes(number)
    teller.show("GitLab, the note on that merge request:", facts.readable(notes[-1]) if notes else ["(none)"])
    together = facts.code(after[EDITED])
    teller.check(
        f"“{EDITED}” runs with the edit and with the change", "Friday evening" in together and _NEW in together
    )
    teller.check(f"“{OTHER}”, which had been held back, runs now too", _NEW in facts.code(after[OTHER]))
    _check_record(place, teller, commit=commit, state="success")


def broken(place: Workplace, teller: Teller) -> None:
    """A config that can't be parsed is refused, and then mended."""
    teller.chapter("4. A config that can't be read is merged: it is refused")
    path, before = f"config/{BROKEN}.json", place.workspace().fingerprint()
    good = place.person.file(path, ref="develop") or ""
    lines = good.splitlines()
    at = next(number for number, line in enumerate(lines) if line.endswith('",'))
    bad = "\n".join([*lines[:at], lines[at].rstrip(","), *lines[at + 1 :]])
    teller.say(f"A comma is lost in line {at + 1} of “{path}”, and nobody sees it before the merge.")
    traffic.restart(place.aic_url)
    number = place.propose_files({path: bad}, branch="feature/lost-comma")
    commit = facts.landed(place.merge(number))
    notes = place.person.notes(number)
    teller.show("GitLab, the note on the merge request:", facts.readable(notes[-1]) if notes else ["(none)"])
    teller.check("the note names the file", _names(notes, path))
    teller.check(f"the note names the line, {at + 2}, where the parser stumbled", _names(notes, f"line {at + 2}"))
    teller.check("AIC got no request that writes", facts.written(place) == 0)
    teller.check("the workspace is what it was", place.workspace().fingerprint() == before)
    _check_record(place, teller, commit=commit, state="failed")
    teller.say("The comma comes back, with a change of the code.")
    mended = facts.with_code(json.loads(good), "print('mended')\n")
    commit = facts.landed(place.merge(place.propose_files(place.files(mended), branch="feature/mended")))
    teller.check("it runs in AIC", facts.code(place.workspace().pipelines()[BROKEN]) == "print('mended')\n")
    _check_record(place, teller, commit=commit, state="success")


def _check_record(place: Workplace, teller: Teller, *, commit: str, state: str) -> None:
    record, posted = facts.deployment(place), facts.status(place, commit)
    held = (record.get("sha"), record.get("status"), posted.get("status")) == (commit, state, state)
    teller.check(f"deployment record and commit status of {commit[:8]} say: {state}", held)


def _code_change(before: dict[str, Config], after: dict[str, Config]) -> list[str]:
    return list(facts.difference(facts.code(before[CHANGED]), facts.code(after[CHANGED])))


def _runs(after: dict[str, Config], wanted: str) -> bool:
    return facts.code(after[CHANGED]) == wanted and _NEW in wanted


def _others(pipelines: dict[str, Config], title: str) -> dict[str, Config]:
    return {name: config for name, config in pipelines.items() if name != title}


def _names(notes: list[dict[str, object]], text: str) -> bool:
    return bool(notes) and text in str(notes[-1]["body"])
