"""What a language model says to its user was published.

## Why it matters
"Certainly! Here is the revised article" tells the reader who wrote it, and that nobody read it.

## What is checked
The set phrases of chat assistants at the start of a block or as a whole one; a sentence anywhere in a paragraph that offers an
edit ("If you want, I can also create a snappier version"), which is a warning where it is the only one and not at the end,
or only says "Let me know if you want changes"; their citation tokens, and links that carry the name of a chat service.

## Known limits
What stands in quotation marks, or in a sentence with "said" or "asked", is reported speech. An article about chat assistants
quotes them, and where others of its blocks name one, an offer is left alone. "Here is the headline:" may introduce one.
"""

from collections.abc import Iterator
from typing import ClassVar

import re2

from rules.core.article import Article
from rules.core.blocks import Block, normalised
from rules.core.elements import elements, short
from rules.core.findings import Finding, Place, Severity
from rules.core.residue import is_introduced, is_quoted, whole
from rules.core.rule import Context, Example, Rule
from rules.core.sieve import sift

_TOKEN = sift(
    r"【\d+(?::\d+)?†[^】]{0,40}】|:?contentReference\[oaicite:\d+\](?:\{index=\d+\})?|"
    r"\b(?:cite)?turn\d+(?:search|view|news|image)\d+\b|\[oai_citation:\d+[^\]]*\]|\[oaicite:\d+\]|\(\[[a-z\d.-]+\.[a-z]{2,}\]\[\d+\]\)"
)
_PHRASE = re2.compile(
    r"(?:(?:sure|certainly|absolutely|of course)[!,.] (?:here(?:'s| is| are)|below is|i(?:'ve| have)) .*|"
    r"as an? (?:ai|artificial intelligence|large language)(?: language)? (?:model|assistant),? i .*|"
    r"(?:i(?:'m| am) sorry,? but )?(?:i|as an ai.*i) (?:cannot|can't|am unable to) (?:fulfill|"
    r"assist with|comply with|browse|access|generate) (?:that|this|your|the|real-time|current).*|"
    r"as of my (?:last|latest) (?:knowledge|training)(?: update| cutoff| data)?.*|here(?:'s| is) (?:a|"
    r"the|your) (?:revised|rewritten|polished|edited|improved|updated|shortened|paraphrased) "
    r"(?:version|article|text|draft|paragraph|headline|summary).*|(?:i hope this helps|"
    r"let me know if you(?:'d| would) like (?:me to|any|further).*|would you like me to (?:adjust|make|"
    r"add|revise|shorten|expand).*)|"
    r"regenerate response|chatgpt said:?|(?:is this conversation|do you like this personality).*helpful.*)"
)
_VERB = r"(?:create|write|rewrite|make|add|turn|expand|shorten|provide|draft|generate|format|convert|tailor|suggest|produce)"
_PIECE = r"(?:headline|version|summary|paragraph|caption|bullet point|press release|infographic)s?"
_EDIT = rf"(?:also )?(?:turn (?:this|it) into|{_VERB} (?:.* )?{_PIECE})\b.*"
_OFFERS = sift(
    r"(?i)\b(?:(?:would you like|do you want) me to|let me know if you|if you(?:[’']d like| want| wish| prefer),? I can) "
)
_OFFER = re2.compile(
    rf"(?:would you like|do you want) me to (?:{_EDIT}|do that next\?)|if you(?:'d like| want| wish| prefer),? i can {_EDIT}|"
    r"let me know if you(?:'d like| would like| want| need) (?:any |some )?(?:further |more |other |additional )?"
    r"(?:edits|changes|revisions|adjustments|tweaks)\W*"
)
_POLITE = re2.compile(r"let me know")  # a letter may end so too
_SAID = re2.compile(r"\b(?:said|says|say|asked|wrote|told)\b")
_SERVICES = ("chatgpt.com", "openai", "perplexity", "copilot.com")
_TOPIC = re2.compile(r"(?i)\b(?:chatgpt|chatbots?|openai|language models?|ai assistants?|copilot)\b")


class AssistantResidue(Rule):
    category: ClassVar = "template"
    severity: ClassVar = Severity.ERROR
    since: ClassVar = "0.2.0"
    version: ClassVar = 4
    specificity: ClassVar = 92

    def check(self, article: Article, context: Context) -> Iterator[Finding]:
        """Phrases, offers, tokens, then links."""
        context.spend(4 * len(article.text))
        for block in article.blocks:
            if _PHRASE.fullmatch(block.key.strip(" .!?")) and not is_quoted(block) and not is_introduced(article, block):
                yield Finding(
                    "A chat assistant speaks to its user.", (whole(block),), None, 0.93, ("a set phrase",), fix="remove-unsafe"
                )
                continue
            yield from _offers(article, block) if _OFFERS.occurs(block) else ()
            yield from _tokens(block)
        for link in elements(article, context, "a"):
            address = link.get("href", "")
            if any(f"utm_source={service}" in address for service in _SERVICES):
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
        Example(
            why="an offer at the end of a paragraph",
            html="<p>Rain fell on Tuesday. ⟦If you want, I can also create a snappier version with punchy lines.⟧</p>",
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


def _offers(article: Article, block: Block) -> Iterator[Finding]:
    """The sentences that offer an edit, in a story that names no assistant elsewhere."""
    found = [
        sentence
        for sentence in article.sentences(block)
        if _OFFER.fullmatch(normalised(sentence.text)) and not _SAID.search(sentence.text)
    ]
    if found and not is_introduced(article, block) and not _is_about_assistants(article, block):
        is_sure = len(found) > 1 or (block in article.blocks[-2:] and not _POLITE.match(normalised(found[0].text)))
        for sentence in found:
            if not article.is_quoted(block, sentence.start):
                place = Place(block, sentence.start, sentence.end)
                yield Finding(
                    "A chat assistant speaks to its user.",
                    (place,),
                    None if is_sure else Severity.WARNING,
                    0.9,
                    ("it offers an edit",),
                )


def _is_about_assistants(article: Article, block: Block) -> bool:
    """Whether another block names one."""
    named = article.once(_naming)
    return len(named) > (block.index in named)


def _naming(article: Article) -> frozenset[int]:
    return frozenset(block.index for block in article.blocks if _TOPIC.search(block.text))


def _tokens(block: Block) -> Iterator[Finding]:
    for match in _TOKEN.finditer(block):
        place = Place(block, match.start(), match.end())
        yield Finding(
            "A chat assistant's citation token stands in the story.", (place,), None, 0.97, ("a citation token",), fix="replace"
        )
