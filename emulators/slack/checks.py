"""What Slack takes as a message. https://docs.slack.dev/reference/block-kit/blocks"""

from collections.abc import Iterator

MOST_BLOCKS, MOST_TEXT, MOST_HEADER, MOST_FALLBACK = 50, 3000, 150, 40_000
MOST_LAYERS = 20
_PARTS = {"text", "link", "emoji", "user", "channel", "usergroup", "broadcast"}
_SECTIONS = {"rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote"}


def error(message: dict[str, object]) -> str:
    """Slack's word for what is wrong with the body of `chat.postMessage`, empty where nothing is."""
    blocks, text = message.get("blocks", []), message.get("text", "")
    if not blocks and not text:
        return "no_text"
    if not isinstance(text, str) or len(text) > MOST_FALLBACK:
        return "msg_too_long"
    if not isinstance(blocks, list) or len(blocks) > MOST_BLOCKS:
        return "invalid_blocks"
    return "" if _is_flat(blocks) and all(map(_is_block, blocks)) else "invalid_blocks"


def _is_flat(blocks: object) -> bool:
    """What is nested deeper than any block is, is none."""
    layer = [blocks]
    for _ in range(MOST_LAYERS):
        inner = [each.values() if isinstance(each, dict) else each for each in layer if isinstance(each, dict | list)]
        layer = [each for values in inner for each in values]
    return not layer


def _is_block(block: object) -> bool:
    if not isinstance(block, dict):
        return False
    match block.get("type"):
        case "header":
            return _is_text(block.get("text"), {"plain_text"}, MOST_HEADER)
        case "section":
            return _is_text(block.get("text"), {"plain_text", "mrkdwn"}, MOST_TEXT)
        case "context":
            elements = block.get("elements")
            return isinstance(elements, list) and 0 < len(elements) <= 10 and all(map(_is_beside, elements))
        case "rich_text":
            return _is_rich(block.get("elements"))
        case "divider":
            return True
    return False


def _is_text(text: object, kinds: set[str], most: int) -> bool:
    if not isinstance(text, dict) or str(text.get("type")) not in kinds:
        return False
    return isinstance(text.get("text"), str) and 0 < len(text["text"]) <= most


def _is_beside(element: object) -> bool:
    """What a context may hold."""
    if isinstance(element, dict) and element.get("type") == "image":
        return all(isinstance(element.get(name), str) and element[name] for name in ("image_url", "alt_text"))
    return _is_text(element, {"plain_text", "mrkdwn"}, MOST_TEXT)


def _is_rich(sections: object) -> bool:
    if not isinstance(sections, list) or not sections:
        return False
    if not all(isinstance(each, dict) and str(each.get("type")) in _SECTIONS for each in sections):
        return False
    parts = list(_parts(sections))
    if not all(map(_is_part, parts)):
        return False
    return sum(len(str(part.get("text", ""))) for part in parts) <= 2 * MOST_TEXT


def _parts(sections: list[dict[str, object]]) -> Iterator[dict[str, object]]:
    for section in sections:
        elements = section.get("elements")
        yield from elements if isinstance(elements, list) else [{}]


def _is_part(part: object) -> bool:
    """A text that is empty is refused, and so is a link without an address."""
    if not isinstance(part, dict) or str(part.get("type")) not in _PARTS:
        return False
    needed = {"text": "text", "link": "url"}.get(str(part["type"]))
    return needed is None or (isinstance(part.get(needed), str) and bool(part[needed]))
