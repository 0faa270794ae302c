"""The chapters of the demonstration that lead back: from AIC into Git, and from backups."""

import re

from emulators.stack.aic import Config
from emulators.stack.bucket import Bucket
from emulators.stack.gitlab import Document
from emulators.stack.workplace import Workplace
from emulators.tour import facts
from emulators.tour.teller import Teller

IN_QA, IN_PRODUCTION, MERGED, BAD = "Customer Loyalty", "Demographics", "trailing dots...", "Report #4 (final)"
QA, PRODUCTION = "develop", "main"
_PROVEN = re.compile("✅ `([0-9]{8}/[0-9]{6}-[0-9a-f]{8})`")


def captured(place: Workplace, teller: Teller) -> None:
    """Edits made in AIC come to Git: a commit for QA, a merge request for production."""
    teller.chapter("5. Edits made in AIC come to Git: a commit for QA, a merge request for production")
    place.deploy(PRODUCTION)
    place.workspace(QA).edit(IN_QA, salt="tuned on Monday")
    place.workspace(PRODUCTION).edit(IN_PRODUCTION, salt="hot fix of the night")
    before = {branch: place.person.head(branch) for branch in (QA, PRODUCTION)}
    live = {branch: place.workspace(branch).fingerprint() for branch in (QA, PRODUCTION)}
    teller.say(
        f"Colleagues change “{IN_QA}” in the workspace of QA and “{IN_PRODUCTION}” in the one of production. Then a "
        "snapshot of everything is asked for, as the scheduler does every night. It becomes one for each workspace."
    )
    place.snapshot(None)
    commit = place.person.ask("GET", f"/repository/commits/{QA}")
    teller.show("GitLab, the newest commit of develop:", commit["message"].splitlines())
    teller.check("develop has one commit more", commit["parent_ids"] == [before[QA]])
    teller.check(f"it holds “{IN_QA}” as AIC runs it", _same(place, IN_QA, QA))
    teller.check("main is as it was", place.person.head(PRODUCTION) == before[PRODUCTION])
    proposals = place.person.opened(target=PRODUCTION)
    teller.check("a merge request into main waits for somebody to look", len(proposals) == 1)
    if proposals:
        _agreed(place, proposals[0], teller)
    now = {branch: place.workspace(branch).fingerprint() for branch in (QA, PRODUCTION)}
    teller.check("no pipeline in AIC was written by any of this", now == live)


def _agreed(place: Workplace, proposal: Document, teller: Teller) -> None:
    teller.show(f"GitLab, the merge request !{proposal['iid']}:", facts.described(proposal))
    teller.say("Somebody looks at it and merges it. The deploy that follows finds nothing to write.")
    place.merge(int(proposal["iid"]))
    teller.check(f"main holds “{IN_PRODUCTION}” as AIC runs it", _same(place, IN_PRODUCTION, PRODUCTION))


def ahead(place: Workplace, teller: Teller) -> None:
    """What is merged but not deployed yet is not undone by a snapshot."""
    teller.chapter("6. What is merged but not deployed yet survives a snapshot")
    old = place.config(MERGED, ref=QA)
    new = facts.with_code(dict(old), "print('merged, and its hook got lost')\n")
    place.person.commit(QA, place.files(new), message="Merged, and its hook got lost")
    teller.say(
        f"A change of “{MERGED}” is on develop, and GitLab's hook never came: AIC still runs the older version. The "
        "tool before this one would have copied that over the change."
    )
    place.snapshot(QA)
    teller.check("Git has the change", facts.code(place.config(MERGED, ref=QA)) == facts.code(new))
    place.command("sweep")
    live = place.workspace(QA).pipelines()[MERGED]
    teller.check("it runs in AIC: what was missing was asked for", facts.code(live) == facts.code(new))


def saved(place: Workplace, bucket: Bucket, teller: Teller) -> None:
    """A damaged backup is found by name."""
    teller.chapter("7. A backup is made, one byte of it changes, and the drill says which file")
    workspace = place.site.branches[QA]
    place.command("backup", workspace=workspace)
    teller.show("GitLab, the note on the newest commit:", _note(place, "backup"))
    place.command("drill", workspace=workspace)
    teller.show("The drill reads it back:", _note(place, "drill"))
    proven = _PROVEN.search("\n".join(_note(place, "drill")))
    teller.check("the drill has proven the backup", proven is not None)
    folder = proven.group(1) if proven else ""  # not by the run: a snapshot of the same second may be the newer one
    bucket.damage(next(name for name in bucket.names(place.site.aic_project) if f"{folder}/pipelines" in name))
    teller.say("One byte in the middle of the archive becomes another. The drill is asked for again.")
    place.command("drill", workspace=workspace)
    told = _note(place, "drill")
    teller.show("GitLab, the same note now:", told)
    teller.check("the drill names what is damaged", any("is damaged" in line for line in told))


def taken_back(place: Workplace, teller: Teller) -> None:
    """A bad merge is taken back, and whatever is sent again doesn't bring it live."""
    teller.chapter("8. A bad merge is taken back, and stays so")
    before = place.workspace(QA).pipelines()[BAD]
    bad = place.propose(
        BAD, edit=lambda old: facts.with_code(old, "print('nobody wants this')\n"), branch="feature/bad"
    )
    place.merge(bad)
    message = place.queue.messages("aic-deploy")[-1]
    teller.say(f"“{BAD}” was changed, merged and deployed, and is no good. A rollback is asked for.")
    place.command("rollback", branch=QA, now=True, confirm=place.site.branches[QA])
    opened = place.person.opened(target=QA)
    proposals = [each for each in opened if each["source_branch"].startswith("aic-rollback/")]
    teller.check("a merge request takes it back", len(proposals) == 1)
    if not proposals:
        return
    number = int(proposals[0]["iid"])
    teller.show(f"GitLab, the merge request !{number}:", facts.described(proposals[0], most=24))
    teller.check("the bad merge request is told of it", f"by !{number}" in str(place.person.notes(bad)[-1]["body"]))
    teller.check("AIC runs again what it ran before", place.workspace(QA).pipelines()[BAD] == before)
    teller.say(
        "The message of the bad merge is sent once more, a sweep looks for what is missing, a snapshot is taken."
    )
    place.queue.publish("aic-deploy", message["data"], attributes=message["attributes"])
    place.command("sweep")
    place.snapshot(QA)
    teller.check("nothing brings the bad version back", place.workspace(QA).pipelines()[BAD] == before)
    place.merge(number)
    teller.say(f"!{number} is merged.")
    teller.check("Git has what AIC runs", _same(place, BAD, QA))
    teller.check("AIC runs what it ran before", place.workspace(QA).pipelines()[BAD] == before)


def _same(place: Workplace, title: str, branch: str) -> bool:
    live: Config = place.workspace(branch).pipelines()[title]
    return bool(place.config(title, ref=branch)["stages"] == live["stages"])


def _note(place: Workplace, kind: str) -> list[str]:
    """The lines of our note of that kind on the newest commit of develop."""
    comments = place.person.comments(place.person.head(QA))
    found = [each["note"] for each in comments if each["note"].startswith(f"<!-- aic-{kind} ")]
    return facts.readable({"body": found[-1]}) if found else ["(none)"]
