"""Topics and subscriptions that are changed field by field, and lists of them that are shown page by page."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from emulators.pubsub.problem import invalid

TOPIC_FIELDS = frozenset({"labels", "message_retention_duration", "message_storage_policy", "kms_key_name"})
SUBSCRIPTION_FIELDS = frozenset(
    {
        "ack_deadline_seconds",
        "dead_letter_policy",
        "expiration_policy",
        "labels",
        "message_retention_duration",
        "push_config",
        "retain_acked_messages",
        "retry_policy",
    }
)
Shown = TypeVar("Shown")
Item = TypeVar("Item")


def updated(shown: Shown, wanted: Any, paths: Sequence[str], *, changeable: frozenset[str]) -> Shown:
    """A copy with these fields as they are wanted; one that is not set there is taken away."""
    if not paths:
        raise invalid("The update_mask must be set, and must contain a non-empty paths list.")
    changed: Any = type(shown)(shown)  # type: ignore[call-arg]  # as Google's messages copy themselves
    for path in paths:
        if path not in changeable:
            raise invalid(f"Invalid update_mask provided: the {path!r} field is not mutable.")
        delattr(changed, path)
        if path in wanted:
            setattr(changed, path, getattr(wanted, path))
    copy: Shown = changed
    return copy


def page(items: Sequence[Item], request: Any, *, name: Callable[[Item], str]) -> tuple[list[Item], str]:
    """As many as are asked for, by name, and what leads to the next page, empty on the last one."""
    if request.page_size < 0:
        raise invalid("The page size must not be negative.")
    left = sorted((item for item in items if name(item) > request.page_token), key=name)
    shown = left[: request.page_size or len(left)]
    return shown, name(shown[-1]) if len(shown) < len(left) else ""
