"""What a language model says to its user was published.

## Why it matters
"Certainly! Here is the revised article" tells the reader who wrote it, and that nobody read it.

## What is checked
The set phrases of chat assistants at the start of a block or as a whole one, their citation tokens, and links that carry the
name of a chat service.

## Known limits
What stands in quotation marks is reported speech. An article about chat assistants quotes them.
"""

from collections.abc import Iterator
from typing import ClassVar

import re2

from rules.core.article import Article
from rules.core.blocks import Block
from rules.core.elements import elements, short
from rules.core.findings import Finding, Place, Severity
from rules.core.residue import is_introduced, is_quoted, whole
from rules.core.rule import Context, Example, Rule
from rules.core.sieve import sift

_TOKEN = sift(
    r"【\d+(?::\d+)?†[^】]{0,40}】|:?contentReference\[oaicite:\d+\](?:\{index=\d+\})?|"
    r"\b(?:cite)?turn\d+(?:search|view|news|image)\d+\b|\[oai_citation:\d+[^\]]*\]"
)
_PHRASE = re2.compile(
    r"(?:(?:sure|certainly|absolutely|of course)[!,.] (?:here(?:'s| is| are)|below is|i(?:'ve| have)) .*|"
    r"as an? (?:ai|artificial intelligence)(?: language)? (?:model|assistant),? i .*|"
    r"(?:i(?:'m| am) sorry,? but )?(?:i|as an ai.*i) (?:cannot|can't|am unable to) (?:fulfill|"
    r"assist with|comply with|browse|access|generate) (?:that|this|your|the|real-time|current).*|"
    r"as of my (?:last|latest) (?:knowledge|training)(?: update| cutoff| data)?.*|here(?:'s| is) (?:a|"
    r"the|your) (?:revised|rewritten|polished|edited|improved|updated|shortened|paraphrased) "
    r"(?:version|article|text|draft|paragraph|headline|summary).*|(?:i hope this helps|"
    r"let me know if you(?:'d| would) like (?:me to|any|further).*|would you like me to (?:adjust|make|"
    r"add|revise|shorten|expand).*)|"
    r"regenerate response|chatgpt said:?|(?:is this conversation|do you like this personality).*helpful.*)"
)


class AssistantResidue(Rule):
    category: ClassVar = "template"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.2.0"
    version: ClassVar = 3
    specificity: ClassVar = 92

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Phrases, tokens, then links."""
        context.spend(4 * len(article.text))
        for block in article.blocks:
            if _PHRASE.fullmatch(block.key.strip(" .!?")) and not is_quoted(block) and not is_introduced(article, block):
                yield Finding(
                    "A chat assistant speaks to its user.", (whole(block),), None, 0.93, ("a set phrase",), fix="remove-unsafe"
                )
                continue
            yield from _tokens(block)
        for link in elements(article, context, "a"):
            address = link.get("href", "")
            if "utm_source=chatgpt.com" in address or "utm_source=openai" in address:
                evidence = ("the address names a chat service", short(address))
                yield Finding(
                    "A link was taken over from a chat assistant.",
                    (),
                    Severity.WARNING,
                    0.97,
                    evidence,
                    element=link,
                    subject=address,
                )

    examples: ClassVar = (
        Example(why="a set phrase", html="<p>⟦Certainly! Here is the revised article.⟧</p><p>Rain fell.</p>"),
        Example(
            why="a citation token",
            html="<p>Rain fell on Tuesday.⟦:contentReference[oaicite:0]{index=0}⟧</p>",
            fixed="<p>Rain fell on Tuesday.</p>",
        ),
        Example(why="a link", html='<p>See ⟦<a href="https://example.org/?utm_source=chatgpt.com">⟧the report</a>.</p>'),
        Example(
            why="a source by its number",
            html="<p>Rain fell on Tuesday.⟦【4:0†source】⟧</p>",
            fixed="<p>Rain fell on Tuesday.</p>",
        ),
        Example(
            why="brackets as Japanese and Chinese have them", html="<p>【6月18日 AFP】橋が閉鎖された。【1】</p>", language="ja"
        ),
        Example(why="a quotation", html="<p>“As an AI language model, I cannot vote,” it answered.</p>"),
        Example(why="a sentence that begins alike", html="<p>Of course, here the river is wider.</p>"),
    )


def _tokens(block: Block) -> Iterator[Finding]:
    for match in _TOKEN.finditer(block):
        place = Place(block, match.start(), match.end())
        yield Finding(
            "A chat assistant's citation token stands in the story.", (place,), None, 0.97, ("a citation token",), fix="replace"
        )
