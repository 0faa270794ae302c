"""Code files beside the config that runs."""

from shared.domain import code_agreement, titles
from shared.domain.code import code_files
from shared.domain.code_agreement import Disagreeing, Disagreement
from shared.domain.gitlab import blob_id
from shared.domain.layout import config_path
from tests.fake_workspace import config

TIDES, CODE = config_path("Tides"), "code/Tides/t1.sql"
KNOWN = titles.known([TIDES, CODE])
LIKE = "0" * 40


def found(text: str, *, stands: str | None, changed: set[str]) -> tuple[Disagreeing, ...]:
    """The config holds `text`, the code file what `stands` there."""
    have = {} if stands is None else {CODE: blob_id(stands.encode(), like=LIKE)}
    return code_agreement.find("Tides", config(text), titles=KNOWN, have=have, changed=changed)


def test_an_edit_of_the_code_alone_never_runs() -> None:
    """Nor does one that the config has in other words, or a removal."""
    edited = (Disagreeing(CODE, Disagreement.EDITED),)

    assert found("SELECT 1", stands="SELECT 2", changed={CODE}) == edited
    assert found("SELECT 1", stands="SELECT 2", changed={CODE, TIDES}) == edited
    assert found("SELECT 1", stands=None, changed={CODE}) == (Disagreeing(CODE, Disagreement.REMOVED),)
    assert edited[0].is_idle


def test_a_config_that_was_edited_alone_leaves_its_code_behind() -> None:
    """It runs all the same."""
    stale = found("SELECT 2", stands="SELECT 1", changed={TIDES})

    assert stale == (Disagreeing(CODE, Disagreement.STALE),)
    assert not stale[0].is_idle


def test_what_agrees_or_was_so_before_is_not_told() -> None:
    """Nobody has to have code files at all."""
    assert found("SELECT 1", stands="SELECT 1", changed={CODE, TIDES}) == ()
    assert found("SELECT 1", stands=None, changed={TIDES}) == ()
    assert found("SELECT 1", stands="SELECT 2", changed={"code/Other/t1.sql"}) == ()


def test_code_that_no_file_can_hold_agrees_with_anything() -> None:
    """The config's own defect is told elsewhere."""
    assert found("\ud800", stands="SELECT 1", changed={CODE}) == ()


def test_the_advice_names_the_file_and_the_task() -> None:
    """Whoever edited the wrong file finds the right one."""
    assert code_agreement.advice("Tides", CODE) == (
        "only `config/Tides.json` runs: put the same text there, into `config.query` of the task `t1`"
    )
    assert "`config.script` of the task `a.b`" in code_agreement.advice("Tides", "code/Tides/a.b.py")
    assert list(code_files("Tides", config("SELECT 1"), titles=KNOWN)) == [CODE]
