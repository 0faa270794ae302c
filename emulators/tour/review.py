"""The chapters of the demonstration about open merge requests: what merging would do is said before it is done."""

from emulators.stack.aic import Config
from emulators.stack.workplace import Workplace
from emulators.tour import facts
from emulators.tour.teller import Teller

FIRST, SECOND, GONE = "Demographics", "Customer Loyalty", "Report #4 (final)"
QA = "develop"
_STATUS, _LABEL = "aic/plan", "aic::delete"
_MOST = 16


def foreseen(place: Workplace, teller: Teller) -> None:
    """A merge request has its note and status; a second commit brings both up to date."""
    teller.chapter("12. An open merge request says what merging it would do")
    live = place.workspace(QA).fingerprint()
    number = place.propose(FIRST, edit=_changed, branch="feature/reviewed")
    place.await_hook(number, action="open")
    teller.say(f"A merge request (!{number}) changes “{FIRST}”. Nobody merges it; a moment later it has a note:")
    _show(place, number, teller)
    told = _status(place, "feature/reviewed")
    teller.show("GitLab, the status of its newest commit:", [f"{_STATUS}: {told[0]}, “{told[1]}”"])
    notes = place.person.plans(number)
    teller.check("the note names the pipeline and what would happen", f"| `{FIRST}` | update |" in _text(place, number))
    teller.check("the status is green", told[0] == "success")
    teller.say(f"A second commit changes “{SECOND}” as well.")
    place.person.commit("feature/reviewed", place.files(_changed(place.config(SECOND))), message="One more")
    place.await_hook(number, action="update")
    same = [each["id"] for each in place.person.plans(number)] == [each["id"] for each in notes]
    teller.check("there is still one note, the same one", same and len(notes) == 1)
    teller.check("it names both pipelines now", f"| `{SECOND}` | update |" in _text(place, number))
    teller.check("the new commit has a status of its own", "2 updated" in _status(place, "feature/reviewed")[1])
    teller.check("AIC runs what it ran", place.workspace(QA).fingerprint() == live)


def warned(place: Workplace, teller: Teller) -> None:
    """Code that would never run, and a deletion, stop the merge until somebody has looked."""
    teller.chapter("13. What would never run, and what would be lost, is said before the merge")
    path = next(each for each in place.files(place.config(FIRST)) if each.startswith("code/"))
    number = place.propose_files({path: "print('edited in the wrong place')\n"}, branch="feature/code-alone")
    place.await_hook(number, action="open")
    teller.say(f"Somebody edits “{path}” alone. The config is what AIC runs, so this would do nothing at all.")
    _show(place, number, teller)
    teller.check("the status is red", _status(place, "feature/code-alone")[0] == "failed")
    teller.check("the note says where the edit has to go", f"`config/{FIRST}.json` runs" in _text(place, number))
    number = place.propose_files({f"config/{GONE}.json": None}, branch="feature/gone")
    place.await_hook(number, action="open")
    teller.say(f"Another merge request takes “{GONE}” out of Git, be it on purpose or with a wrong click.")
    _show(place, number, teller)
    red = _status(place, "feature/gone")[0] == "failed"
    teller.check("the status is red, and the note names the pipeline", red and f"`{GONE}`" in _text(place, number))
    teller.say(f"It is meant: somebody sets the label `{_LABEL}`.")
    place.person.label(number, _LABEL)
    place.await_hook(number, action="update")
    teller.check("the status is green", _status(place, "feature/gone")[0] == "success")
    teller.check("the note says still what goes", f"deletes `{GONE}` from Git" in _text(place, number))


def _show(place: Workplace, number: int, teller: Teller) -> None:
    notes = place.person.plans(number)
    lines = facts.readable(notes[-1]) if notes else ["(none)"]
    teller.show("GitLab, the note on the merge request:", [*lines[:_MOST], *(["…"] if len(lines) > _MOST else [])])


def _text(place: Workplace, number: int) -> str:
    return "\n".join(str(each["body"]) for each in place.person.plans(number))


def _status(place: Workplace, branch: str) -> tuple[str, str]:
    found = [each for each in place.person.statuses(place.person.head(branch)) if each["name"] == _STATUS]
    return (str(found[0]["status"]), str(found[0]["description"])) if found else ("", "")


def _changed(config: Config) -> Config:
    return facts.with_code(config, facts.code(config) + "print('reviewed')\n")
