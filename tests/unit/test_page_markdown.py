"""Markdown on the stand-ins' pages: rendered, and never trusted."""

import pytest

from emulators.pages.markdown import html


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<!-- marker -->\n\n# A", "<h1>A</h1>"),
        ("<!--\nof\nlines -->\nrest", "<p>rest</p>"),
        ("a <!-- inside --> b", "<p>a  b</p>"),
        ("`<!-- kept -->`", "<p><code>&lt;!-- kept --&gt;</code></p>"),
        ("<!-- never closed\n<script>x</script>", ""),
        ("<script>x</script>", "&lt;script&gt;x&lt;/script&gt;"),
        ("a <b onclick=x>b</b>", "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>"),
        ("[a](javascript:x)", "<p>[a](javascript:x)</p>"),
        ("[a](https://b.example/?c=1&d=2)", '<p><a href="https://b.example/?c=1&amp;d=2">a</a></p>'),
        ("~~a~~", "<p><s>a</s></p>"),
        (
            "```diff\n+<a>\n-b\n c\n```",
            '<pre><code><span class="added">+&lt;a&gt;\n</span><span class="removed">-b\n</span> c\n</code></pre>',
        ),
        ("```sql\n-- <a>\n```", "<pre><code>-- &lt;a&gt;\n</code></pre>"),
        (
            "<details>\n<summary><code>&lt;b&gt; &amp;amp;</code> x</summary>\n\n**in**\n\n</details>",
            "<details>\n<summary><code>&lt;b&gt; &amp;amp;</code> x</summary><p><strong>in</strong></p>\n</details>",
        ),
        ("<details open>\n<summary onclick=x>", "&lt;details open&gt;\n&lt;summary onclick=x&gt;"),
    ],
)
def test_what_may_do_harm_stays_text(text: str, shown: str) -> None:
    """Comments vanish outside code, HTML is shown as written, links lead to the web only."""
    assert html(text).strip() == shown


def test_pictures_are_never_fetched() -> None:
    assert "<img" not in html("![a](https://b.example/c.png)")
