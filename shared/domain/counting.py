"""Numbers as people say them."""


def pipelines(count: int) -> str:
    """As in the titles of merge requests and the first lines of commits."""
    return f"{count} pipeline{'' if count == 1 else 's'}"
