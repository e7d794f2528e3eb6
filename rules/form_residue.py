"""A form's labels, small print or buttons stand in the story.

## Why it matters
"Email address", "By signing up you agree to…", "Submit": a form without its fields is words that nobody can act on, in the
middle of the news.

## What is checked
A whole block that is a label, a placeholder, a line of consent or a button. Small print is believed by its words; a label or
a button such as "Submit" only with a second sign: a class that names a form, a control element, hiding, or small print beside
it.

## Known limits
A story that tells its readers what to press says so in a sentence, and a sentence is left alone.
"""

from typing import ClassVar

from rules.core.findings import Severity
from rules.core.patterns import later
from rules.core.residue import ResidueRule
from rules.core.rule import Example


class FormResidue(ResidueRule):
    category: ClassVar = "junk"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.2.0"
    version: ClassVar = 8
    specificity: ClassVar = 76
    message: ClassVar = "Labels or small print of a form stand in the story."
    widget: ClassVar = later(
        r"form|newsletter|sign-?up|subscri|captcha|input|field|submit|opt-?in|e-?mail|consent|"
        r"disclaimer|register|login"
    )
    widget_says: ClassVar = "class names a form"
    max_words: ClassVar = 60  # the law's small print is longer than a widget's words

    examples: ClassVar = (
        Example(
            why="small print and its button",
            html="<p>Rain fell on the town.</p><p>⟦By signing up, you agree to our Terms of Use and Privacy "
            "Policy.</p><button>Sign up⟧</button>",
            fixed="<p>Rain fell on the town.</p>",
        ),
        Example(
            why="a label inside a form",
            html="<p>Rain fell on the town.</p><form><label>⟦Email address⟧</label></form><p>It stopped.</p>",
        ),
        Example(
            why="a how-to that names a button",
            html="<p>Press Submit and wait for the council to answer.</p><p>Email address</p>",
        ),
        Example(
            why="a label with its bracket",
            html='<p>Rain fell on the town.</p><p class="form-label">⟦Email (required)⟧</p>',
            fixed="<p>Rain fell on the town.</p>",
        ),
    )
