"""Carries out the attempts of an exchange: one HTTP POST each, side by side, acknowledged by the answer's status."""

import http.client
import json
import threading
import time
from urllib.parse import urlsplit

from emulators.pubsub.exchange import Attempt, Exchange

# https://cloud.google.com/pubsub/docs/push#receive_push
ACKNOWLEDGING = frozenset({102, 200, 201, 202, 204})


class Pusher:
    """Delivers from `start` to `stop`; keeps a list of the deliveries for the control plane."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="pubsub-pusher", daemon=True)
        self._deliveries: list[dict[str, object]] = []

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Starts no more deliveries; those under way are left to themselves."""
        with self._exchange.ready:
            self._stopping = True
            self._exchange.ready.notify_all()
        self._thread.join()

    def deliveries(self) -> list[dict[str, object]]:
        """Every finished attempt, oldest first; status null where there was no answer in time."""
        with self._exchange.ready:
            return list(self._deliveries)

    def forget(self) -> None:
        with self._exchange.ready:
            self._deliveries.clear()

    def _run(self) -> None:
        with self._exchange.ready:
            while not self._stopping:
                for attempt in self._exchange.due():
                    threading.Thread(target=self._deliver, args=(attempt,), daemon=True).start()
                self._exchange.ready.wait(self._exchange.wait())

    def _deliver(self, attempt: Attempt) -> None:
        started = time.time()
        status = post(attempt)
        acknowledged = status in ACKNOWLEDGING
        entry = {
            "time": round(started, 3),
            "subscription": attempt.to.name,
            "message_id": attempt.delivery.message.id,
            "ordering_key": attempt.delivery.message.ordering_key,
            "attempt": attempt.delivery.attempt,
            "status": status,
            "acknowledged": acknowledged,
        }
        with self._exchange.ready:
            if self._exchange.settle(attempt, acknowledged=acknowledged):
                self._deliveries.append(entry)


def post(attempt: Attempt) -> int | None:
    """The status of the answer; None when there was none, or none in time.

    Made with http.client since that is the client that takes a 102 as an answer, as Pub/Sub does.
    """
    address = urlsplit(attempt.endpoint)
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    connection = kind(address.hostname or "", address.port, timeout=attempt.deadline)
    target = f"{address.path or '/'}{'?' + address.query if address.query else ''}"
    headers = {"Content-Type": "application/json", "User-Agent": "CloudPubSub-Google", "From": "noreply@google.com"}
    started = time.monotonic()
    try:
        connection.request("POST", target, json.dumps(attempt.body), headers)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError):  # a name that can't be one is a ValueError
        return None
    finally:
        connection.close()
    return status if time.monotonic() - started <= attempt.deadline else None
