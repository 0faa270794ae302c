"""Access tokens: whose they are, what they may, until when; a rotated one dies at once."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from emulators.gitlab.user import User

LIFE_AFTER_ROTATION = timedelta(days=7)
LONGEST_LIFE = timedelta(days=365)
_PREFIX = "glpat-"


@dataclass(slots=True)
class Token:
    """One token. Those that came of each other by rotation are one `family`; `level` is that of a project's bot.

    Any text is a token once somebody uses it; such a one is not `issued`.
    """

    id: int
    secret: str = field(repr=False)
    user: User
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    family: int
    expires_at: date | None = None
    description: str | None = None
    last_used_at: datetime | None = None
    revoked: bool = False
    level: int = 0
    issued: bool = True

    def expired(self, today: date) -> bool:
        """A token's last day is the one before `expires_at`."""
        return self.expires_at is not None and self.expires_at <= today

    def alive(self, today: date) -> bool:
        return not self.revoked and not self.expired(today)


class Tokens:
    """Every token ever issued or seen, dead ones too."""

    def __init__(self, *, next_id: Callable[[str], int], clock: Callable[[], datetime]) -> None:
        self._by_secret: dict[str, Token] = {}
        self._next_id = next_id
        self._clock = clock

    def every(self) -> list[Token]:
        """In the order of their making."""
        return list(self._by_secret.values())

    def find(self, secret: str) -> Token | None:
        return self._by_secret.get(secret)

    def by_id(self, number: int) -> Token | None:
        return next((token for token in self.every() if token.id == number), None)

    def issue(
        self, user: User, *, name: str = "", scopes: tuple[str, ...] = ("api",), secret: str = "", level: int = 0
    ) -> Token:
        """A new token without an end; with a `secret` it is one that somebody brought along."""
        number, made = self._next_id("token"), secret or _made_up()
        name = name or f"token of {user.username}"
        token = Token(number, made, user, name, scopes, self._clock(), number, level=level, issued=not secret)
        self._by_secret[token.secret] = token
        return token

    def rotate(self, token: Token, *, expires_at: date | None) -> Token:
        """Its successor; the token itself is dead from now on."""
        now = self._clock()
        successor = replace(
            token,
            id=self._next_id("token"),
            secret=_made_up(),
            created_at=now,
            expires_at=expires_at or now.date() + LIFE_AFTER_ROTATION,
            last_used_at=None,
            issued=True,
        )
        token.revoked = True
        self._by_secret[successor.secret] = successor
        return successor

    def revoke_family(self, token: Token) -> None:
        """All that came of the same token: one of them was used after its death, so somebody may have stolen it."""
        for one in self.every():
            one.revoked = one.revoked or one.family == token.family


def _made_up() -> str:
    return _PREFIX + secrets.token_urlsafe(15)
