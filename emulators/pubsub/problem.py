"""What Pub/Sub answers instead of a result, for gRPC and HTTP alike."""

from emulators.routing import Answer

# https://cloud.google.com/apis/design/errors#handling_errors
HTTP_CODES = {
    "INVALID_ARGUMENT": 400,
    "FAILED_PRECONDITION": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "ALREADY_EXISTS": 409,
    "RESOURCE_EXHAUSTED": 429,
    "INTERNAL": 500,
    "UNIMPLEMENTED": 501,
    "UNAVAILABLE": 503,
}
FAULTS = {
    "401": "UNAUTHENTICATED",
    "403": "PERMISSION_DENIED",
    "429": "RESOURCE_EXHAUSTED",
    "500": "INTERNAL",
    "502": "UNAVAILABLE",
    "503": "UNAVAILABLE",
}


class Problem(Exception):
    """`status` is the name of a gRPC status; the text is for the caller and never quotes a message."""

    def __init__(self, status: str, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text

    def answer(self) -> Answer:
        """Google's JSON shape of an error."""
        code = HTTP_CODES[self.status]
        return Answer(code, {"error": {"code": code, "message": self.text, "status": self.status}})


def invalid(text: str) -> Problem:
    """The request is wrong whatever the state of things."""
    return Problem("INVALID_ARGUMENT", text)


def not_found(name: str) -> Problem:
    """The named resource does not exist."""
    return Problem("NOT_FOUND", f"Resource not found (resource={name.rpartition('/')[2]}).")


def already_exists(name: str) -> Problem:
    """The name is taken."""
    return Problem("ALREADY_EXISTS", f"Resource already exists in the project (resource={name.rpartition('/')[2]}).")


def fault_answer(kind: str) -> Answer:
    """How the control plane's faults look here; `empty` and `malformed` are 200 with a body of no use."""
    if kind in FAULTS:
        return Problem(FAULTS[kind], "A fault on order.").answer()
    return Answer(200, b'{"messageIds": ["1' if kind == "malformed" else None)
