"""The rim of every function: errors become statuses, and each request ends in one log line."""

from collections.abc import Callable

from . import logs
from .domain import envelope, webhook
from .domain.delivery import Delivery
from .domain.errors import Permanent, Refused, ServiceError, Transient, Unauthorized
from .domain.told import Told
from .flows.receive import Knock, Received
from .ports import Clock

DONE = 204
AGAIN = 503
BROKEN = 500


def answer_hook(knock: Knock, receive: Callable[[Knock], Received], *, clock: Clock) -> int:
    """The status for GitLab: 2xx only when the message is stored or the hook is none of ours."""
    start = clock.monotonic()
    try:
        received = receive(knock)
    except Unauthorized as error:
        return _turned_down("hook", error, 401, start, clock)
    except Refused as error:
        return _turned_down("hook", error, webhook.STATUS.get(error.reason, 400), start, clock)
    except ServiceError as error:
        return _failed("hook", error, start, clock)
    except Exception:  # noqa: BLE001 - the rim: whatever is left is a bug, told loudly and without its secrets
        return _bug("hook", start, clock)
    said = f"ignored: {received.ignored}" if received.ignored else "published"
    logs.logger().info(
        said,
        event_kind="hook",
        request_id=received.request_id,
        project=received.project,
        branch=received.branch,
        reason=received.ignored,
        message_id=received.message,
        seconds=_seconds(start, clock),
    )
    return DONE


def answer_message(body: bytes, handle: Callable[[Delivery], Told], *, kind: str, clock: Clock) -> int:
    """The status for Pub/Sub: 204 acknowledges, 503 asks for another delivery, 500 is a bug and does so too.

    `kind` is what the subscriber is called in the log. A Permanent that comes this far was told to nobody: the message
    is kept, until it is a dead letter.
    """
    start = clock.monotonic()
    try:
        delivery = envelope.read(body)
    except Refused as error:
        return _turned_down(kind, error, 400, start, clock)
    with logs.bound(request_id=delivery.request_id, message_id=delivery.message_id, attempt=delivery.attempt):
        try:
            told = handle(delivery)
        except Refused as error:
            # The asker can't be reached but through the log; a redelivery would be refused again.
            return _turned_down(kind, error, DONE, start, clock)
        except ServiceError as error:
            return _failed(kind, error, start, clock)
        except Exception:  # noqa: BLE001 - the rim, as above
            return _bug(kind, start, clock)
        log = logs.logger().error if told.bad else logs.logger().info
        log(told.said, event_kind=kind, **told.fields, seconds=_seconds(start, clock))
    return AGAIN if told.again else DONE


def _turned_down(kind: str, error: Refused, status: int, start: float, clock: Clock) -> int:
    logs.logger().warning(
        f"{kind} refused",
        event_kind=kind,
        reason=error.reason,
        detail=error.detail,
        status=status,
        seconds=_seconds(start, clock),
    )
    return status


def _failed(kind: str, error: ServiceError, start: float, clock: Clock) -> int:
    log = logs.logger().warning if isinstance(error, Transient) else logs.logger().error
    log(
        f"{kind} will be tried again" if isinstance(error, Transient) else f"{kind} failed and could not be told",
        event_kind=kind,
        reason=error.reason,
        detail=error.detail,
        final=isinstance(error, Permanent),
        seconds=_seconds(start, clock),
    )
    return AGAIN


def _bug(kind: str, start: float, clock: Clock) -> int:
    logs.logger().error(f"{kind} broke", event_kind=kind, reason="bug", exc_info=True, seconds=_seconds(start, clock))
    return BROKEN


def _seconds(start: float, clock: Clock) -> float:
    return round(clock.monotonic() - start, 3)
