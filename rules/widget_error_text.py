"""An error message of a page widget stands in the story.

## Why it matters
"Oops! Something went wrong. Please try again later." in the middle of a story is a broken page to every reader. The widget
(a carousel, a sign-up form, a player) kept its error text in the HTML, and the scraper or the template took it for content.

## What is checked
A whole block whose every sentence is an error or status message of an interface, or several such blocks in a row. With a second
sign (a class that names an error or a form, a control element, hiding, repetition) it is an error; the words alone are a warning.
Short words such as "Error" count only beside such a message or in such an element.

## Known limits
A message in quotation marks, in a quotation or code, or after a paragraph that ends with a colon is the story's own.
"""

from typing import ClassVar

from rules.core.findings import Severity
from rules.core.patterns import later
from rules.core.residue import ResidueRule
from rules.core.rule import Example


class WidgetErrorText(ResidueRule):
    category: ClassVar = "junk"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.1.0"
    version: ClassVar = 6
    specificity: ClassVar = 90
    may_be_told: ClassVar = False  # "There was an error." is told nowhere, however it is worded
    message: ClassVar = "An error message of a page widget stands in the story."
    widget: ClassVar = later(r"error|fail|toast|alert|snackbar|notification|invalid|warning|form|player|carousel|widget|signup")
    widget_says: ClassVar = "class names an error, a form or a widget"

    examples: ClassVar = (
        Example(
            why="the message of a carousel, in each of its items",
            html='<p>Rain fell.</p><ul class="carousel"><li>⟦Oops!<br>Something went wrong.<br>Please try again later.⟧</li>'
            "<li>⟦Oops!<br>Something went wrong.<br>Please try again later.⟧</li></ul><p>It stopped.</p>",
            fixed="<p>Rain fell.</p><p>It stopped.</p>",
            count=2,
        ),
        Example(
            why="the message over several blocks is one box",
            html='<p>Rain fell.</p><div class="toast"><p>⟦Oops!</p><p>Something went wrong.</p><p>Please try later.⟧</p></div>',
            fixed="<p>Rain fell.</p>",
        ),
        Example(why="the words alone are a warning and no safe fix", html="<p>Rain fell.</p><p>⟦An error has occurred.⟧</p>"),
        Example(
            why="a story that quotes the message",
            html="<p>Users saw “Oops! Something went wrong. Please try again later.” for three hours on Monday.</p>",
        ),
        Example(why="somebody says oops", html="<p>“Oops,” he said.</p><p>Oops, he said, and something went wrong.</p>"),
        Example(
            why="an adviser who quotes the message, in any marks, and says what it means",
            html="<p>‘Something went wrong. Please try again later.’<br>The file is too big; cut it in two.</p>"
            "<p><code>Something went wrong</code></p><dl><dt>Your session has expired</dt><dd>You were away for long.</dd></dl>",
        ),
        Example(
            why="a term in bold with its explanation",
            html="<p><b>Your session has expired</b><br>The file is too big; cut it in two.</p>"
            "<ul><li><b>Access denied:</b> somebody else has the book.</li></ul>",
        ),
        Example(
            why="bold words with nothing said of them",
            html="<p>Rain fell.</p><p><b>⟦Something went wrong.</b> Please try again later.⟧</p><p>It stopped.</p>"
            "<p><b>⟦Error code:</b> #88.2⟧</p><p>It snowed.</p><p><b>⟦Something went wrong</b> while loading the page⟧</p>",
        ),
        Example(
            why="what comes after the message is not the message",
            html="<p>Access denied, said the door. The council met for hours and spoke of the old bridge, the ferry and the rain."
            " Nobody went home before midnight.</p>",
        ),
        Example(
            why="outage reporting that shows the message",
            html="<p>During the outage the page showed this text:</p><p>Something went wrong. Please try again later.</p>",
        ),
        Example(
            why="a signal on the line",
            html="<p>Something went wrong with the signal at ten.</p>",
        ),
    )
