"""Where people find in GitLab what news are about."""

from urllib.parse import quote

from .news import News


def of(news: News, *, gitlab: str) -> tuple[tuple[str, str], ...]:
    """Words and addresses, the most telling first; `gitlab` is GitLab's base URL."""
    project = f"{gitlab}/{quote(news.project, safe='/')}"
    numbers = dict.fromkeys([*([news.merge_request] if news.merge_request else []), *news.merged])
    found = [(f"!{number}", merge_request(news, number, gitlab=gitlab)) for number in numbers]
    if news.commit:
        found.append((f"commit {news.commit[:8]}", f"{project}/-/commit/{news.commit}"))
    board = [("board", news.board)] if news.board else []
    return (*found, *board, (news.project, project))


def merge_request(news: News, number: int, *, gitlab: str) -> str:
    """The address of a merge request of the project."""
    return f"{gitlab}/{quote(news.project, safe='/')}/-/merge_requests/{number}"
