"""PyYAML's events → plain dicts, lists and text. A graph of nodes would have followed what is to be refused."""

from collections.abc import Iterator

import yaml

from .errors import Refused

MAX_DEPTH = 20


def read(data: bytes) -> object:
    """As `strict_yaml.load` does, of any length."""
    try:
        return _document(yaml.parse(data.decode(), Loader=yaml.BaseLoader))
    except UnicodeDecodeError:
        raise Refused("yaml-invalid", "the text is not UTF-8") from None
    except yaml.MarkedYAMLError as error:
        raise _refused(error.problem_mark or error.context_mark, error.problem or "can't be read") from None
    except yaml.YAMLError:
        raise Refused("yaml-invalid", "the text holds a character that YAML doesn't allow") from None
    except (ValueError, OverflowError):  # PyYAML checks neither the range of `\U…` nor the length of a version
        raise Refused("yaml-invalid", "the text holds a number or an escape that is out of range") from None


def _document(events: Iterator[yaml.Event]) -> object:
    next(events)  # the start of the stream
    if isinstance(next(events), yaml.StreamEndEvent):
        raise Refused("yaml-invalid", "the text is empty")
    value = _value(next(events), events, depth=0)
    next(events)  # the end of the document
    after = next(events)
    if not isinstance(after, yaml.StreamEndEvent):
        raise _refused(after.start_mark, "a second document begins, only one is taken")
    return value


def _value(event: yaml.Event, events: Iterator[yaml.Event], *, depth: int) -> object:
    _check(event, depth)
    if isinstance(event, yaml.MappingStartEvent):
        return _mapping(events, depth=depth + 1)
    if isinstance(event, yaml.SequenceStartEvent):
        return list(_items(events, depth=depth + 1))
    return _text(event)


def _check(event: yaml.Event, depth: int) -> None:
    if getattr(event, "anchor", None) is not None:
        raise _refused(event.start_mark, "anchors (&) and aliases (*) are not allowed")
    if getattr(event, "tag", None) is not None:
        raise _refused(event.start_mark, "tags (!) are not allowed")
    if isinstance(event, yaml.CollectionStartEvent) and depth >= MAX_DEPTH:
        raise _refused(event.start_mark, f"nested more than {MAX_DEPTH} levels deep")


def _items(events: Iterator[yaml.Event], *, depth: int) -> Iterator[object]:
    while not isinstance(event := next(events), yaml.SequenceEndEvent):
        yield _value(event, events, depth=depth)


def _mapping(events: Iterator[yaml.Event], *, depth: int) -> dict[str, object]:
    found: dict[str, object] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        _check(event, depth)
        if not isinstance(event, yaml.ScalarEvent):
            raise _refused(event.start_mark, "a key must be text")
        key = _text(event)
        if key in found:
            raise _refused(event.start_mark, f"the key `{key[:80]}` stands twice")
        found[key] = _value(next(events), events, depth=depth)
    return found


def _text(event: yaml.Event) -> str:
    r"""The scalar as it is; two `\u` escapes that JSON uses for one character become that character."""
    value = str(getattr(event, "value", ""))
    try:
        return value.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise _refused(event.start_mark, "half a character (a lone surrogate) stands in the text") from None


def _refused(mark: object, why: str) -> Refused:
    """`mark` is PyYAML's, of which there are two kinds; the line in it counts from 0."""
    line = getattr(mark, "line", None)
    place = f"line {line + 1}: " if isinstance(line, int) else ""
    return Refused("yaml-invalid", f"{place}{why}")
