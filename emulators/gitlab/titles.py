"""The titles of merge requests and issues."""

from emulators.gitlab.errors import message

LONGEST = 255


def check_title(title: str | None) -> None:
    """400 for none, and for one that is too long."""
    if not (title or "").strip():
        raise message(400, {"title": ["can't be blank"]})
    if title and len(title) > LONGEST:
        raise message(400, {"title": [f"is too long (maximum is {LONGEST} characters)"]})
