"""Errors, sorted by what happens next rather than by what broke.

ServiceError
├── Refused        the asker is wrong: a 4xx answer, or a report and an acknowledged message
│   └── Unauthorized
├── Permanent      trying again can't help: report, acknowledge
└── Transient      trying again may help: the message is redelivered

Anything else that is raised is a bug and stays loud.
"""


class ServiceError(Exception):
    """`reason` is a stable word for logs, metrics and the runbook; `detail` is a sentence for people.

    Neither may hold a secret, a header or a body.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail


class Refused(ServiceError):
    """The request can't be granted as it is; what it asked for was not started."""


class Unauthorized(Refused):
    """The asker could not be authenticated. Callers outside learn nothing more than that."""


class Permanent(ServiceError):
    """The same attempt would fail again: tell people and stop."""


class Transient(ServiceError):
    """The outside world was not in order or moved on; the next delivery starts from a fresh look."""
