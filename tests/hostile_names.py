"""Names as a person, a bug or an attacker may give them to pipelines and tasks."""

NAMES = (
    "..", "a/../b", "/abs", "back\\slash", "nul\x00", "line\nbreak", "line\rbreak", "\r\n", ".lead", "trail.", "-dash",
    "dash-", " blank", "blank ", ".git/config", ".git", ".gitlab-ci.yml", "branch_to_workspace.yaml", "CON", "x" * 300,
    "\u202eRTL", "caf\u00e9", "cafe\u0301", "Twin", "twin", "%2e%2e", "%2e%2e/%2e%2e", "a//b", "a/", "half \ud800", ".",
    "", " ", "config/x", "code/x", "../branch_to_workspace.yaml", "a.json", "a.json/b", "a", "~", "*", "?", "a:b", "|",
    "<script>", "`x`", "$HOME", "LPT1.txt", "git~1", "\u200b", "🌊" * 70, "%00", "%0a", "\x7f", "\x1b[31m", "x.lock",
)  # fmt: skip
