"""The table that finds a request's handler."""

import pytest

from emulators.routing import Answer, BadJson, Call, Rejected, Router


def _named(call: Call) -> Answer:
    return Answer(body={"route": call.route, "names": dict(call.names)})


def _router(*templates: str) -> Router:
    router = Router()
    for template in templates:
        router.add("GET", template, _named)
    return router


def _ask(router: Router, path: str, *, method: str = "GET", body: bytes = b"") -> Answer:
    return router.answer(router.placed(Call(method, path, raw_path=path, body=body)))


@pytest.mark.parametrize(
    ("raw", "decoded"),
    [("a%2Fb", "a/b"), ("x%2520y", "x%20y"), ("%C3%BC%20%F0%9F%9A%97", "ü 🚗"), ("a+b", "a+b"), ("..", "..")],
)
def test_a_parameter_is_one_raw_segment_decoded_once(raw: str, decoded: str) -> None:
    """An encoded slash stays inside its parameter, and an encoded percent sign is not decoded twice."""
    answer = _ask(_router("/files/:path/raw"), f"/files/{raw}/raw")
    assert answer.body == {"route": "/files/:path/raw", "names": {"path": decoded}}


def test_a_literal_segment_beats_a_parameter() -> None:
    """`merge_base` is no sha, whichever route was added first."""
    router = _router("/commits/:sha", "/commits/merge_base")
    assert _ask(router, "/commits/merge_base").body == {"route": "/commits/merge_base", "names": {}}


def test_a_literal_that_leads_nowhere_gives_way_to_the_parameter() -> None:
    """A branch may be called like another route's first segment."""
    router = _router("/x/fixed/end", "/x/:name/other")
    assert _ask(router, "/x/fixed/other").body == {"route": "/x/:name/other", "names": {"name": "fixed"}}


def test_a_method_is_looked_for_under_the_parameter_too() -> None:
    """The literal route answers only the methods that it has."""
    router = _router("/x/fixed")
    router.add("PUT", "/x/:name", _named)
    assert _ask(router, "/x/fixed", method="PUT").body == {"route": "/x/:name", "names": {"name": "fixed"}}


def test_unknown_path_is_404_and_unknown_method_405() -> None:
    """Both are answered in JSON, and a placed 405 keeps the template for the log."""
    router = _router("/x/:name")
    assert _ask(router, "/y").status == 404
    assert _ask(router, "/x/").status == 404
    assert _ask(router, "/x/1", method="DELETE").status == 405
    assert router.placed(Call("DELETE", "/x/1", raw_path="/x/1")).route == "/x/:name"


def test_head_is_answered_by_get_unless_it_has_a_handler() -> None:
    """GitLab's file HEAD has headers of its own."""
    router = _router("/x", "/y")
    router.add("HEAD", "/y", lambda _call: Answer(204))
    assert (_ask(router, "/x", method="HEAD").status, _ask(router, "/y", method="HEAD").status) == (200, 204)


def test_a_prefix_is_left_out_of_the_route_but_not_of_the_path() -> None:
    """Templates are the same wherever an API is mounted."""
    placed = _router("/x").placed(Call("GET", "/api/v4/x", raw_path="/api/v4/x"), prefix="/api/v4")
    assert (placed.route, placed.path) == ("/x", "/api/v4/x")


def test_a_rejection_raised_anywhere_is_the_answer() -> None:
    """Handlers need not pass refusals up by hand; the gate turns requests away before them."""

    def refuse(call: Call) -> Answer:
        raise Rejected(Answer(409, {"no": call.method}))

    def gate(call: Call) -> None:
        if not call.body:
            raise Rejected(Answer(401))

    router = Router(gate=gate)
    router.on("POST", "/x")(refuse)
    assert _ask(router, "/x", method="POST").status == 401
    assert _ask(router, "/x", method="POST", body=b"{}") == Answer(409, {"no": "POST"})


def test_a_body_that_is_no_json_is_answered_400() -> None:
    """Whatever the handler, it need not care."""
    router = Router()
    router.add("POST", "/x", lambda call: Answer(body=call.json()))
    assert _ask(router, "/x", method="POST", body=b"{").status == 400
    assert _ask(router, "/x", method="POST", body=b" ").body == {}


def test_json_of_a_call_raises_its_own_error() -> None:
    """Also for bytes that are no text at all, and for nesting without end."""
    for body in (b"\xff\xfe\xfd", b"nope", b"[" * 200_000):
        with pytest.raises(BadJson):
            Call("POST", "/x", body=body).json()


def test_answers_are_encoded_by_what_they_hold() -> None:
    """None is no body, bytes stay, text is text, the rest is JSON with its letters as they are."""
    assert Answer().encoded() == ("", b"")
    assert Answer(body=b"\x00").encoded() == ("application/octet-stream", b"\x00")
    assert Answer(body="ü").encoded() == ("text/plain; charset=utf-8", "ü".encode())
    assert Answer(body={"ü": [1, None]}).encoded() == ("application/json", '{"ü":[1,null]}'.encode())


def test_a_rendered_answer_keeps_its_own_content_type() -> None:
    """Encoding early changes nothing on the wire."""
    given = Answer(body="<p>", headers={"Content-Type": "text/html"})
    assert given.rendered() == Answer(body=b"<p>", headers={"Content-Type": "text/html"})
