"""Whether a text that stands where a secret may stand is one, or a placeholder, a reference, a name, a date."""

import re

from detect_secrets.plugins.high_entropy_strings import Base64HighEntropyString, HexHighEntropyString

MIN_PASSWORD = 6
MIN_TOKEN = 8
MIN_RANDOM = 20
MIN_DRAWN = 18
MIN_HEX = 32
LOOKED_AT = 256
"""Characters of a value by which its form is judged."""
_BASE64 = Base64HighEntropyString(limit=3.5)
_HEX = HexHighEntropyString(limit=3.0)
_LETTER = r"[^\W\d_]"
_WORD = rf"(?:{_LETTER}++\d{{0,8}}|\d++{_LETTER}{{0,2}})"
_SIGN = r"[-_./:|+*,;=&~]"
_WORDS = re.compile(rf"{_SIGN}{{0,2}}{_WORD}(?:{_SIGN}+{_WORD})*+{_SIGN}{{0,2}}")
"""Names, paths, numbers, dates, formats: words that signs keep apart, at most with a number behind each."""
_ONE_WORD = re.compile(rf"{_LETTER}*\d*")
_PLACEHOLDER = re.compile(
    r"(?:(?:change|replace|fill|set)[-_ ]?(?:me|it|this|in)|dummy|placeholder|example|redacted|masked|hidden|removed|"
    r"none|null|nil|true|false|todo|tbd|unknown|undefined|n/?a|x+|required|optional|missing|invalid|expired|default)\d*|"
    r"pass|password|passwd|passphrase|pwd|pw|secret|token|username|hashed|encrypted|"
    r"string|n?varchar|integer|decimal|boolean|double|timestamp|binary|object|(?:your|insert|enter|put|some|my)[-_ ].*",
    re.IGNORECASE | re.DOTALL,
)
"""What people write where a secret goes in later, and single words that stand beside `password` without being one."""
_PATH = re.compile(r"[/~]|\.\.?/")
_ELSEWHERE = re.compile(
    r"\$[.(\[]|\$\w+\Z|%\w+%\Z|[:&]\w+\.?\Z|<[^<>]*>\Z|\[[^\[\]]*\][+*?]?\Z|\([^()]*\)\Z|[\w.]+(?:\([^()]*\)|<.*>)\Z"
)
"""How a text begins that names what is elsewhere: a variable, a bind parameter, a template, a call."""
_TEMPLATE = re.compile(r"\{[^{}]*\}|%\(\w+\)s|%[sdr]\b|://")
_EXPRESSION = re.compile(r"\\[dwsb]|\[\^?[a-zA-Z0-9]-|\[\^|\.[*+]|\(\?|\)\$")
"""What only regular expressions have."""
_OTHER_FORM = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+\Z|\d{4}-\d\d-\d\d[T ]")
"""E-mail addresses and times."""
_PICTURE = re.compile(r"\s*(?:data:[a-z]+/|iVBORw0KGgo|/9j/|R0lGOD|UklGR|PHN2Zy|PD94bWw|JVBERi0|AAABAA)")
"""How pictures and documents begin in base64."""
_LONG = re.compile(rf"[A-Za-z0-9+/=_-]{{{MIN_RANDOM},}}+")
_PART = re.compile(r"[A-Za-z0-9]+")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_ALL_HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_NAME = re.compile(r"[^\W\d]\w*+(?P<dotted>(?:\.[^\W\d]\w*+)*)")
_NUMBER = re.compile(r"[0-9]+")
_CAMEL_WORD = re.compile(r"[A-Z]?[a-z]{3,}")
_LETTER_MEETS_DIGIT = re.compile(rf"{_LETTER}(?=\d)|\d(?={_LETTER})")


def is_plausible(value: str, *, password: bool = False) -> bool:
    """Whether this may be the secret that its name promises; a single word may only be a password."""
    value = value[:LOOKED_AT]
    if len(value) < (MIN_PASSWORD if password else MIN_TOKEN) or re.search(r"\s", value) or len(set(value)) < 4:
        return False
    if _ELSEWHERE.match(value) or _TEMPLATE.search(value) or _EXPRESSION.search(value):
        return False
    if _OTHER_FORM.match(value) or _PLACEHOLDER.fullmatch(value) or (_PATH.match(value) and not random_parts(value)):
        return False
    if _ONE_WORD.fullmatch(value):
        return password
    return _WORDS.fullmatch(value if password else value.lstrip("#!?@$%^\"'([")) is None


def is_placeholder(value: str) -> bool:
    """Whether it only keeps the place of a secret, as `changeme` does."""
    return _PLACEHOLDER.fullmatch(value) is not None


def is_name_in_code(value: str) -> bool:
    """Whether a value without quotes is rather a name: it has dots, or letters and digits hardly alternate."""
    changes = len(_LETTER_MEETS_DIGIT.findall(value[:LOOKED_AT]))
    name = _NAME.fullmatch(value)
    return changes == 0 or (name is not None and (changes < 3 or name["dotted"] != ""))


def random_parts(value: str) -> tuple[tuple[int, int], ...]:
    """Where the text looks like drawn by lot: start and end. Hex digits only count where they are all of it."""
    bare = value.strip()
    if _PICTURE.match(value) or "://" in value:
        return ()
    found = _LONG.finditer(value)
    return tuple(each.span() for each in found if _is_random(each[0]) or (each[0] == bare and _is_random_hex(bare)))


def _is_random(token: str) -> bool:
    """Hashes and ids may be part of a name; what is left must look drawn by lot."""
    parts = [part for part in _PART.findall(_UUID.sub("", token)) if len(part) < 8 or not _ALL_HEX.fullmatch(part)]
    whole = "".join(parts)
    drawn = any(_looks_drawn(part) for part in parts)
    if not drawn and not (_is_mixed(whole) and len(parts) <= len(token) / 6 and _looks_drawn(whole)):
        return False
    return _BASE64.calculate_shannon_entropy(token) > _BASE64.entropy_limit


def _looks_drawn(text: str) -> bool:
    """In mixed case hardly a word; else a number at many places."""
    numbers = len(_NUMBER.findall(text))
    if len(text) < MIN_DRAWN or not numbers or text.isdigit():
        return False
    if _is_mixed(text):
        return sum(map(len, _CAMEL_WORD.findall(text))) < len(text) / 2
    return numbers >= max(3, len(text) / 12)


def _is_mixed(text: str) -> bool:
    return text not in (text.lower(), text.upper())


def _is_random_hex(token: str) -> bool:
    if len(token) < MIN_HEX or not _ALL_HEX.fullmatch(token) or token.isdigit():
        return False
    return _HEX.calculate_shannon_entropy(token) > _HEX.entropy_limit
