"""Titles of pipelines as people type them: first the ones that trip software up, then ordinary ones."""

AWKWARD = (
    "Demographics",
    "ford rdd - v2 QA/Test",
    "Customer Loyalty",
    "customer loyalty",
    "Händler Übersicht – Größe",
    "Zufriedenheit 🚗 2026",
    "顧客満足度",
    'Dealer\'s "best" guess',
    "Report #4 (final)",
    "100% complete %2F twice",
    ".hidden start",
    "trailing dots...",
    "use `code` here",
    "left | right | both",
    "a",
    "a/b",
    "A/B",
    "plus + and & equals = ?",
    "back\\slash",
    "<b>bold</b> & *stars* _under_",
    "@all hands [click](here)",
    "Cafe\u0301 decomposed",
    "Caf\u00e9 composed",
    "semi;colon, comma: colon",
    "~tilde $HOME ${VAR} {brace}",
    "-rf starts with a dash",
    "config/nested/deep/er",
    "UPPER.json",
)
REGIONS = ("EMEA", "US", "Canada", "APAC", "LATAM", "Germany", "Japan")
SUBJECTS = ("Sales", "Warranty", "Survey", "Inventory", "Incentives", "Dealer Scores", "Residuals", "Forecast", "Parc")
STEPS = ("Load", "Clean", "Enrich", "Publish", "Report")


def titles(count: int) -> list[str]:
    """No two equal, though some are in another case or Unicode form."""
    ordinary = (_ordinary(number) for number in range(count - len(AWKWARD)))
    return [*AWKWARD[:count], *ordinary]


def _ordinary(number: int) -> str:
    words = (REGIONS[number % len(REGIONS)], SUBJECTS[number % len(SUBJECTS)], STEPS[number % len(STEPS)])
    return f"{' '.join(words)} {number:04d}"
