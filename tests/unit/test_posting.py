"""What is published: keys and bodies of messages."""

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain import posting
from shared.domain.messages import deploy
from shared.domain.messages.deploy import DeployRequest

TEXT = st.text(min_size=1, max_size=50)


def test_the_ordering_key_is_project_and_place_in_at_most_1024_bytes() -> None:
    """Cut between characters."""
    assert posting.ordering_key("a/b", "c") == "a/b:c"
    for project, waves in (("a/b", 255), ("aa/b", 254), ("aa/bb", 254)):
        assert posting.ordering_key(project, "🌊" * 1000) == f"{project}:{'🌊' * waves}"


def test_what_says_nothing_is_left_out() -> None:
    """As a person would write it, in few bytes."""
    assert posting.encode({"project": "a/ü", "workspace": None}) == '{"project":"a/ü"}'.encode()


@settings(deadline=None, max_examples=100)
@given(TEXT, TEXT, st.text(max_size=50))
def test_what_the_webhook_publishes_is_a_deploy_request(project: str, branch: str, by: str) -> None:
    """It is put together without the model that reads it, which would slow a cold start."""
    body = posting.encode({"project": project, "branch": branch, "by": by})

    assert deploy.read(body) == DeployRequest(project=project, branch=branch, by=by)
