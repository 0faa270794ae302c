"""Prints a story for people, and keeps count of what turned out not to be so."""

import sys
import textwrap
from collections.abc import Iterable

WIDTH = 100


class Teller:
    """Writes on standard output; in colours only on a terminal."""

    def __init__(self) -> None:
        self.checked = 0
        self.wrong: list[str] = []
        self._colours = sys.stdout.isatty()
        self._after_space = True

    def title(self, text: str) -> None:
        self._line(self._paint("1", text))
        self._line("=" * len(text))

    def chapter(self, text: str) -> None:
        self._line("")
        self._line(self._paint("1", text))
        self._line("-" * len(text))

    def say(self, text: str) -> None:
        """A paragraph."""
        for line in textwrap.wrap(text, WIDTH - 2):
            self._line(f"  {line}")

    def show(self, heading: str, lines: Iterable[str]) -> None:
        """Something as it stands elsewhere: a note, a difference, a record."""
        self._line("")
        self._line(f"  {heading}")
        for line in lines:
            self._line(f"    │ {line}".rstrip())
        self._line("")

    def check(self, claim: str, held: bool) -> None:  # noqa: FBT001 - reads as a sentence
        """A claim, and whether it is so."""
        self.checked += 1
        if not held:
            self.wrong.append(claim)
        mark = self._paint("32", "✔") if held else self._paint("31", "✘ NOT SO:")
        self._line(f"  {mark} {claim}")

    def _line(self, text: str) -> None:
        """Never two empty ones; what the terminal's encoding can't show becomes a question mark."""
        if not text and self._after_space:
            return
        self._after_space = not text
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.write(text.encode(encoding, "replace").decode(encoding) + "\n")
        sys.stdout.flush()

    def _paint(self, colour: str, text: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._colours else text
