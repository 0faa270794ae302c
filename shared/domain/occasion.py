"""The kinds of news that people hear of beside GitLab, and the ways there are. Settings need it: stdlib only."""

from enum import StrEnum


class Kind(StrEnum):
    """What happened. A `trial` is none: somebody wants to see whether news arrive."""

    DEPLOYED = "deployed"
    FAILED = "failed"
    CONFLICT = "conflict"
    DRIFT = "drift"
    SNAPSHOT_INCOMPLETE = "snapshot_incomplete"
    BACKUP_FAILED = "backup_failed"
    TOKEN_EXPIRING = "token_expiring"  # noqa: S105 - no token, but news of one
    HOOK_DISABLED = "hook_disabled"
    ROLLBACK = "rollback"
    INITIALIZED = "initialized"
    TRIAL = "trial"


class Medium(StrEnum):
    """A way to people."""

    EMAIL = "email"
    SLACK = "slack"


CHOSEN = tuple(each for each in Kind if each is not Kind.TRIAL)
"""What settings can choose among."""
