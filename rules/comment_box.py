"""The interface of a comment section stands in the story.

## Why it matters
"Post Comment (+)" and "No comments yet" belong under the story and not in it.

## What is checked
A whole block that is a label, a notice or the house rules of a comment section. A lone "Reply" or "Comments" needs a second
sign.

## Known limits
A story about a comment is left alone. Readers' own comments that were scraped in are found only when their labels are.
"""

from typing import ClassVar

from rules.core.findings import Severity
from rules.core.patterns import later
from rules.core.residue import ResidueRule
from rules.core.rule import Example


class CommentBox(ResidueRule):
    category: ClassVar = "junk"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.2.0"
    version: ClassVar = 9
    specificity: ClassVar = 71
    message: ClassVar = "The interface of a comment section stands in the story."
    widget: ClassVar = later(r"comment|disqus|discuss|forum|conversation|repl|respond|reaction|coral|viafoura|spot-?im")
    widget_says: ClassVar = "class names a comment section"

    examples: ClassVar = (
        Example(
            why="an invitation",
            html='<p>Rain fell on the town.</p><div class="comments"><p>⟦Leave a comment⟧</p></div>',
            fixed="<p>Rain fell on the town.</p>",
        ),
        Example(
            why="the words alone are a warning",
            html="<p>Rain fell on the town.</p><p>⟦Please read our Comment Policy before commenting.⟧</p>",
        ),
        Example(
            why="a question to readers, with where to answer it",
            html="<p>Rain fell on the town.</p><p>⟦What do you think about the bridge? Let us know in the comments!⟧</p>",
        ),
        Example(
            why="a question to somebody in an interview",
            html="<p>What do you think about the new bridge?</p><p>It is too narrow for two lorries.</p>",
        ),
        Example(
            why="a story about a comment",
            html="<p>The minister deleted her comment after an hour.</p><h2>Comments</h2><p>Others stood by theirs.</p>",
        ),
        Example(
            why="a book that visitors write into",
            html="<p>Leave a comment in the visitors’ book.</p>",
        ),
    )
