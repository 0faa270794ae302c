"""What a plan says of edits that are kept, and what becomes of it when Git is to win."""

from shared.domain import keeping, plan
from shared.domain.content import Content
from shared.domain.keeping import Keeping, Kept
from shared.domain.plan import Action, Live, Plan, Versions

X, Y, Z = Content("x", b""), Content("y", b""), Content("z", b"")
COMMIT = "0123456789abcdef0123456789abcdef01234567"
KEPT = Keeping({"p": Kept(COMMIT, 7)})


def conflict(base: Content | None, head: Content | None) -> Plan:
    """Of one pipeline that somebody edited, beside one that is only to be written."""
    return plan.make([Versions("p", base, head, Live("1", Z)), Versions("q", X, Y, Live("2", X))])


def test_a_conflict_says_where_the_edit_is() -> None:
    """In a merge request, that somebody may have closed."""
    made = conflict(X, Y)
    closed = Keeping({"p": Kept(COMMIT, 7, closed=True)})

    (told,) = keeping.told(made, KEPT).blocks
    assert (told.action, told.proposal) == (Action.CONFLICT, 7)
    assert told.why.endswith("; the edit is kept in this merge request")
    assert keeping.told(made, closed).blocks[0].why.endswith("in a merge request that somebody has closed")
    assert keeping.told(made, KEPT).writes == made.writes


def test_a_conflict_says_why_an_edit_is_not_kept() -> None:
    """It is a conflict all the same."""
    (told,) = keeping.told(conflict(X, Y), Keeping(withheld={"p": "it holds a secret"})).blocks

    assert told.why.endswith("; not kept in Git: it holds a secret")
    assert keeping.told(conflict(X, Y), Keeping()) == conflict(X, Y)


def test_what_is_kept_gives_way_to_git() -> None:
    """Rows 4 and 9 are written then; the commit that keeps the edit is what an undo goes back to."""
    for base in (X, None):
        made = keeping.overridden(conflict(base, Y), KEPT)

        assert made.blocks == ()
        (write, other) = made.writes
        assert (write.title, write.action, write.versions.known) == ("p", Action.UPDATE, COMMIT)
        assert (write.proposal, other.title) == (7, "q")


def test_what_git_has_deleted_stays_for_people() -> None:
    """Row 12: AIC knows no delete."""
    (left,) = keeping.overridden(conflict(X, None), KEPT).of(Action.LEAVE)

    assert (left.title, left.row, left.proposal) == ("p", 11, 7)
    assert left.why.startswith("deleted in Git but still live: delete it in AIC by hand")


def test_what_is_not_kept_is_never_overridden() -> None:
    """Nobody would have it any more."""
    assert keeping.overridden(conflict(X, Y), Keeping()) == conflict(X, Y)
