"""Where a text gives a value to a name like `password`, `api_key` or `token`: in code, SQL, headers, addresses."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from .secret_values import is_name_in_code, is_plausible, random_parts
from .token_shapes import Spot


@dataclass(frozen=True, slots=True)
class _Word:
    """What a word in a name promises.

    `column`: it may be a column of a table as well, so that only a value that looks drawn by lot counts.
    `spaced`: it may stand before its value without a sign, as in `PASSWORD 'hunter2'`.
    """

    kind: str
    password: bool = False
    column: bool = False
    spaced: bool = True


_PASSWORD = _Word("password", password=True)
_SECRET = _Word("secret, token or key")
_COLUMN = _Word("key", column=True)
_WORDS = {
    **dict.fromkeys(("password", "passwd", "passphrase", "passcode", "passwort", "kennwort"), _PASSWORD),
    **dict.fromkeys(("pswd", "pwd", "identified by"), _PASSWORD),
    "pass": _Word("password", password=True, spaced=False),
    **dict.fromkeys(("secret", "token", "credential", "credentials", "authorization"), _SECRET),
}
_KEYS = ("secret", "api", "access", "private", "encryption", "signing", "auth", "master", "fernet")
_COLUMN_KEYS = ("account", "client", "service", "subscription", "storage", "shared", "function", "functions", "host")
_STAGES = ("prod", "production", "dev", "qa", "test", "stage", "staging", "uat", "live")
_FORMS = ("old", "new", "value", "plain", "raw", "str", "string", "b64", "base64", r"\d{1,3}")
_BEHIND = rf"(?:[_-]?(?:{'|'.join((*_STAGES, *_FORMS))}))?"
"""What a name may end with and still be one of a secret: `password_prod`, but not `password_column`."""
_NAME_ENDS = re.compile(rf"{_BEHIND}\Z", re.IGNORECASE)
_HASH_OR_ID = re.compile(
    r"(?i:md5|sha\d{0,3}|hash|checksum|digest|commit|revision|etag|fingerprint|uuid|guid)\Z"
    r"|(?:\A|[^A-Za-z])(?i:id)\Z|[a-z]I[dD]\Z"
)
_QUOTE = r"\\?[\"'`]"
_VALUE = re.compile(
    rf"{_BEHIND}(?P<named>{_QUOTE})?\s{{0,4}}[\])]?\s{{0,20}}"
    r"(?P<sign>:\s{0,4}[A-Za-z_][\w\[\]., |]{0,30}\s{0,4}=|={2,3}|!=|<>|:=|=>|[=:,]|(?<=\s)(?='))\s{0,20}"
    rf"(?:[rbfu]{{0,2}}(?P<quote>\"{{3}}|'{{3}}|{_QUOTE})(?P<quoted>(?:(?!(?P=quote))[^\n]){{0,2000}}+)(?P=quote)"
    r"|(?P<bare>[^\s'\"`,;&()\[\]{}<>|\\]{6,200}+)(?![(\[{.]))(?P<after>\s{0,9}[);&])?",
    re.IGNORECASE,
)
"""What follows such a word where it is given a value."""
_LOGIN = re.compile(
    rf"\s{{0,4}}=?\s{{0,4}}\(\s{{0,20}}{_QUOTE}[^\"'\n]{{1,100}}{_QUOTE}\s{{0,9}},\s{{0,20}}"
    rf"{_QUOTE}(?P<quoted>[^\"'\n]{{1,200}}){_QUOTE}"
)
"""What follows `auth` where it is a pair of user and password."""
_IN_ADDRESS = re.compile(r"[;&?][\w.-]{0,40}\Z")
_KNOWN_NAMES = 1024
"""So many of the names that pipelines use again and again are remembered; no value ever is."""
_LINE_ENDS = re.compile(r"[ \t]{0,20}(?:\n|\r|\Z)")


def likely(lowered: str) -> frozenset[str]:
    """The words that a text in lower case has at all."""
    return frozenset(written for written in (*_WORDS, "key", "auth") if written in lowered)


def find(text: str, words: frozenset[str]) -> Iterator[Spot]:
    """Every value that is given to a name with one of the words and may be a secret."""
    lowered = text.replace("İ", "I").lower()  # the only letter that would become two
    for end, word in _words(lowered, words):
        found = _VALUE.match(text, end)
        group = "bare" if found is None or found["quoted"] is None else "quoted"
        if found and _is_secret(found, group=group, word=word):
            yield Spot(*found.span(group), word.kind)
    for end in _ends(lowered, "auth") if "auth" in words else ():
        found = _LOGIN.match(text, end)
        if found and is_plausible(found["quoted"], password=True):
            yield Spot(*found.span("quoted"), _PASSWORD.kind)


def named(name: str, value: str, words: frozenset[str]) -> Spot | None:
    """The spot that the whole value is, where the name says that it is a secret, and it may be one."""
    word = _of_name(name[-60:], words)
    return Spot(0, len(value), word.kind) if word and _fits(value.strip(), word) else None


@lru_cache(maxsize=_KNOWN_NAMES)
def _of_name(name: str, words: frozenset[str]) -> _Word | None:
    return next((word for end, word in _words(name.lower(), words) if _NAME_ENDS.match(name, end)), None)


def is_hash_or_id(name: str) -> bool:
    """Whether the name says that its value is a hash or an id: those look drawn by lot and are no secrets."""
    return _HASH_OR_ID.search(name[-60:]) is not None


def _words(lowered: str, words: frozenset[str]) -> Iterator[tuple[int, _Word]]:
    """Where in the text such a word ends."""
    for written, word in _looked_for(words):
        for end in _ends(lowered, written):
            if written != "pass" or not lowered[max(end - 5, 0) : end - 4].isalpha():
                yield end, word
    for end in _ends(lowered, "key") if "key" in words else ():
        before = end - 4 if lowered[max(end - 4, 0)] in " _.-" else end - 3
        if lowered.endswith(_KEYS, 0, max(before, 0)):
            yield end, _SECRET
        elif lowered.endswith(_COLUMN_KEYS, 0, max(before, 0)):
            yield end, _COLUMN


@lru_cache(maxsize=_KNOWN_NAMES)
def _looked_for(words: frozenset[str]) -> tuple[tuple[str, _Word], ...]:
    return tuple((written, word) for written, word in _WORDS.items() if written in words)


def _ends(lowered: str, written: str) -> Iterator[int]:
    at = lowered.find(written)
    while at >= 0:
        yield at + len(written)
        at = lowered.find(written, at + len(written))


def _fits(value: str, word: _Word) -> bool:
    return bool(random_parts(value)) if word.column else is_plausible(value, password=word.password)


def _is_secret(found: re.Match[str], *, group: str, word: _Word) -> bool:
    if not _fits(found[group], word):
        return False
    if _is_in_address(found, group=group):
        return True
    return _is_told(found, word=word) if group == "bare" else _is_literal(found, word=word)


def _is_in_address(found: re.Match[str], *, group: str) -> bool:
    """As in `jdbc:…;user=sa;password=hunter2` and `?user=sa&password=hunter2`."""
    if re.search(r"\s", found.string[found.start() : found.end(group)]):
        return False
    before = found.string[max(found.start() - 60, 0) : found.start()]
    followed = (found["after"] or "").strip() in (";", "&") and not found[group].isalpha()
    return followed or _IN_ADDRESS.search(before) is not None


def _is_told(found: re.Match[str], *, word: _Word) -> bool:
    """Without quotes it may as well be a name in code, but not at the end of a line `password: hunter2`."""
    if found["sign"] not in ("=", ":"):
        return False
    if word.password and found["sign"] == ":" and _LINE_ENDS.match(found.string, found.end()):
        return not found["bare"].isalpha()
    return not is_name_in_code(found["bare"])


def _is_literal(found: re.Match[str], *, word: _Word) -> bool:
    """In quotes it may as well be a name in data: of two columns in a list, of what a column is to be called."""
    if found["sign"] == ",":
        return bool(found["named"]) and (found["after"] or "").strip() == ")" and not found["quoted"].isalpha()
    return found["sign"] == "=" or (not found["quoted"].isalpha() and (word.spaced or found["sign"] != ""))
