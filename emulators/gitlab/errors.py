"""GitLab's refusals in its own shapes: `message` for what the service says, `error` for parameters."""

from emulators.routing import Answer, Rejected


class ApiError(Rejected):
    """A refusal raised anywhere below a handler."""


def message(status: int, body: object) -> ApiError:
    """`{"message": …}`: a text, a list or an object of lists."""
    return ApiError(Answer(status, {"message": body}))


def invalid(text: str) -> ApiError:
    """400 `{"error": …}`, as parameters are refused before anything else is looked at."""
    return ApiError(Answer(400, {"error": text}))


def missing(*names: str) -> ApiError:
    """400 `{"error": "branch is missing, ref is missing"}`."""
    return invalid(", ".join(f"{name} is missing" for name in names))


def not_found(thing: str) -> ApiError:
    """404 `404 <thing> Not Found`."""
    return message(404, f"404 {thing} Not Found")


def bad_request(reason: str) -> ApiError:
    """400 `400 Bad request - <reason>`."""
    return message(400, f"400 Bad request - {reason}")


def forbidden(reason: str = "") -> ApiError:
    """403 `403 Forbidden`, with its reason if there is one."""
    return message(403, f"403 Forbidden - {reason}" if reason else "403 Forbidden")


def unauthorized() -> ApiError:
    """401 `401 Unauthorized`."""
    return message(401, "401 Unauthorized")
