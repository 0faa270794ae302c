"""Where a text holds something of the shape of a token, key or password: start, end and what it is."""

import base64
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from detect_secrets.plugins.aws import AWSKeyDetector
from detect_secrets.plugins.azure_storage_key import AzureStorageKeyDetector
from detect_secrets.plugins.github_token import GitHubTokenDetector
from detect_secrets.plugins.gitlab_token import GitLabTokenDetector
from detect_secrets.plugins.mailchimp import MailchimpDetector
from detect_secrets.plugins.pypi_token import PypiTokenDetector
from detect_secrets.plugins.sendgrid import SendGridDetector
from detect_secrets.plugins.slack import SlackDetector
from detect_secrets.plugins.square_oauth import SquareOAuthDetector
from detect_secrets.plugins.stripe import StripeDetector

from .secret_values import is_placeholder, is_plausible
from .text_windows import matches


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a text, and in plain words what stands there."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Shape:
    """`marks` are in lower case; a text without any of them can't hold the shape.

    A pattern takes time in proportion to the text, whatever the text is, and matches a bounded number of
    characters; what it has in its group `secret` is the secret, else all of it. `proof` decides of that.
    """

    kind: str
    marks: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]
    proof: Callable[[str], bool] = bool


def likely(text: str) -> tuple[Shape, ...]:
    """The shapes that a text in lower case can hold at all."""
    return tuple(shape for shape in _SHAPES if any(mark in text for mark in shape.marks))


def find(text: str, shapes: Iterable[Shape]) -> Iterator[Spot]:
    """Every spot of one of the shapes, shape by shape."""
    for shape in shapes:
        for pattern in shape.patterns:
            for found in matches(pattern, text):
                group = "secret" if "secret" in pattern.groupindex else 0
                if shape.proof(found[group]):
                    yield Spot(*found.span(group), shape.kind)


def _own(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.ASCII) for pattern in patterns)


def _is_access_key_id(found: str) -> bool:
    """`ASIAPACIFICSALESREGION` is none. Keys have a digit, but for four in a hundred."""
    return found.startswith("AKIA") or any(character.isdigit() for character in found)


def _is_web_token(found: str) -> bool:
    header = _decoded(found.split(".")[0])
    return '"alg"' in header or '"typ"' in header


def _is_user_and_password(found: str) -> bool:
    text = _decoded(found)
    return ":" in text and text.isprintable() and text.isascii()


def _decoded(found: str) -> str:
    """What it says in base64, empty if it is none."""
    digits = found.rstrip("=")
    return base64.urlsafe_b64decode(digits + "=" * (-len(digits) % 4)).decode("latin-1") if len(digits) % 4 != 1 else ""


def _is_password(found: str) -> bool:
    return not _HOLE.match(found) and not is_placeholder(found)


_HOLE = re.compile(r"[{$<%\[\](\\*]")
"""What stands in a URL where a password goes in later."""
_KEY_BLOCK = (
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
    r"(?!\\?[\"'`]\s{0,9}[,):.\]])(?!(?:\s|\\[rn]|[\"'`+f]){0,20}[{$<%])(?:(?!-----END)[\s\S]){0,6000}+"
)
"""Not where code only looks for the line, or puts a key in from elsewhere."""
_GITLAB = ("pat", "dt", "ft", "ptt", "rt", "rtr", "cbt", "soat", "agent", "wt", "ffct", "imt", "oas")
_SHAPES = (
    Shape(
        "private key", ("private key", "putty-user-key"), _own(_KEY_BLOCK, r"PuTTY-User-Key-File-\d: [\s\S]{0,2000}")
    ),
    Shape(
        "GitLab token",
        (*(f"gl{kind}-" for kind in _GITLAB), "gr1348941"),
        (
            *_own(rf"gl(?:{'|'.join(_GITLAB)})-[A-Za-z0-9_=-]{{16,400}}+(?:\.[\w-]{{1,40}}+){{0,3}}"),
            *GitLabTokenDetector.denylist,
        ),
    ),
    Shape(
        "GitHub token",
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
        (*_own(r"github_pat_\w{22,120}+"), *GitHubTokenDetector.denylist),
    ),
    Shape("Google API key", ("aiza",), _own(r"AIza[\w-]{35}")),
    Shape("Google access token", ("ya29.", "1//0"), _own(r"ya29\.[\w.-]{20,2000}+", r"(?<![\w/:])1//0[\w-]{30,300}+")),
    Shape("Google client secret", ("gocspx-",), _own(r"GOCSPX-[\w-]{20,60}+")),
    Shape("Google storage key", ("goog1e",), _own(r"(?<!\w)GOOG1E[A-Z0-9]{50,70}+")),
    Shape("AWS key", ("akia", "asia", "abia", "acca", "a3t"), (AWSKeyDetector.denylist[0],), _is_access_key_id),
    Shape(
        "AWS secret key",
        ("aws",),
        _own(r"(?i:aws.{0,20}?(?:key|password|pass|pwd|token|secret).{0,20}?)[\"'](?P<secret>[A-Za-z0-9/+]{40})[\"']"),
    ),
    Shape(
        "JSON web token",
        ("eyj",),
        _own(r"(?<![A-Za-z0-9])eyJ[\w-]{8,1500}+={0,2}\.[\w-]{2,4000}+={0,2}(?:\.[\w-]{0,2000}+)?"),
        _is_web_token,
    ),
    Shape(
        "Slack token",
        ("xox", "xapp-", "hooks.slack.com"),
        (
            *_own(r"xox[a-z](?:\.xox[a-z])?-[\w%-]{20,300}+", r"xapp-\d-[\w-]{20,200}+"),
            *_own(r"hooks\.slack\.com/(?:services|workflows|triggers)/[\w/]{20,200}+"),
            *SlackDetector.denylist,
        ),
    ),
    Shape(
        "Azure key",
        ("accountkey=", "windows.net", "azure", "sig=", "q~"),
        (
            *AzureStorageKeyDetector.denylist,
            *_own(
                r"(?<![\w+/=-])[A-Za-z0-9+/]{86}==(?![\w=])",
                r"(?<=[?&;]sig=)[\w%+/-]{40,200}+=?",
                r"(?<![\w~.-])[\w~.-]{3}\dQ~[\w~.-]{31,34}",
            ),
        ),
    ),
    Shape("Databricks token", ("dapi",), _own(r"(?<!\w)dapi[0-9a-f]{32}(?:-\d)?")),
    Shape("Stripe key", ("_live_",), StripeDetector.denylist),
    Shape("SendGrid key", ("sg.",), tuple(SendGridDetector.denylist)),
    Shape("PyPI token", ("pypi-ag",), tuple(PypiTokenDetector.denylist)),
    Shape("npm token", ("npm_",), _own(r"(?<!\w)npm_[A-Za-z0-9]{36}")),
    Shape("Square secret", ("sq0csp-",), tuple(SquareOAuthDetector.denylist)),
    Shape("Mailchimp key", tuple(f"-us{digit}" for digit in range(1, 10)), MailchimpDetector.denylist),
    Shape("Hugging Face token", ("hf_",), _own(r"(?<!\w)hf_[A-Za-z0-9]{30,40}")),
    Shape("Vault token", ("hvs.", "hvb."), _own(r"(?<!\w)hv[sb]\.[\w-]{24,300}+")),
    Shape("Atlassian token", ("atatt3x",), _own(r"ATATT3x[\w=-]{50,300}+")),
    Shape(
        "AI service key",
        ("sk-",),
        _own(
            r"(?<![\w-])sk-(?:proj|svcacct|admin|ant|or)-[\w-]{20,300}+", r"(?<![\w-])sk-[A-Za-z0-9]{20}T3BlbkFJ\w{20}"
        ),
    ),
    Shape("webhook signing secret", ("whsec_",), _own(r"whsec_[A-Za-z0-9+/=]{20,120}+")),
    Shape("webhook address", ("webhook.office.com",), _own(r"webhook\.office\.com/webhook\w{0,9}/[\w@/-]{40,300}+")),
    Shape(
        "basic authorization",
        ("basic ",),
        _own(r"(?i:basic) {1,3}(?P<secret>[A-Za-z0-9+/]{8,500}+={0,2})"),
        _is_user_and_password,
    ),
    Shape("bearer token", ("bearer ",), _own(r"(?i:bearer) {1,3}(?P<secret>[\w.~+/-]{16,2000}+={0,2})"), is_plausible),
    Shape(
        "password in a URL",
        ("://", "oracle:thin:"),
        _own(
            r"://[^\s/?#:@'\"`<>]{0,200}+:(?P<secret>[^\s/'\"`<>]{1,200})@",
            r"oracle:thin:[^\s/'\"@]{1,100}+/(?P<secret>[^\s/'\"@]{1,100}+)@",
        ),
        _is_password,
    ),
)
