"""What is fuzzed, and what must hold of it. Each target takes bytes and raises AssertionError, or whatever the code raised.

The tests (hypothesis) and ``bench/fuzz.py`` (atheris) run the same functions.
"""

import html
import json
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import lxml.etree
import lxml.html
from bs4 import BeautifulSoup
from bs4.element import PreformattedString
from bs4.exceptions import ParserRejectedMarkup

from rules.core import repair
from rules.core.article import read
from rules.core.blocks import SKIPPED
from rules.core.decoding import decode
from rules.core.engine import lint
from rules.core.errors import UnreadableInputError
from rules.core.submission import Metadata, Submission
from service.article_json import read_article
from service.refusal import Refused
from service.strict_json import BadJsonError, read_json
from service.webhooks import standard
from service.webhooks.kind import Call, Door, Ignored, Kind
from service.webhooks.kinds import KINDS

DOOR = Door(("a secret of sixteen",), {}, ("https://x.example",))
NOW = datetime(2026, 3, 5, 10, tzinfo=UTC)
CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffd]")  # parsers keep, drop or replace them as they like
UTF_8 = lxml.html.HTMLParser(encoding="utf-8")
CHARSETS = (None, "utf-8", "latin-1", "utf-16", "shift_jis", "koi8-r", "no-such", "\0")
FAULTY = Metadata(language="en", published_at=datetime(2026, 3, 1, 10, tzinfo=UTC))
# A rule, a fault of its kind, and words that stand nowhere else.
FAULTS = (
    ("widget-error-text", '<div class="error">Oops! Something went wrong. Please try again later.</div>', "Oops"),
    ("template-placeholder", "<p>The prize went to {{ winner.name }} of Eastquay.</p>", "winner"),
    ("editor-note-left-in", "<p>The Eastquay bridge opened in 1931 [CHECK] after a strike.</p>", "[CHECK]"),
    ("mojibake", "<p>The cafÃ© on Quay Street opens again.</p>", "caf"),
    ("weekday-mismatch", "<p>The court sits on Friday, 4 March 2026, in Eastquay.</p>", "4 March 2026"),
    ("stale-note", "<p>More to follow.</p>", "More to follow"),
)
# What makes parsers and rules think: markup that nests, ends badly or hides; and what rules look for.
PIECES = (
    *("<p>", "</p>", "<div>", "</div>", "<b>", "</i>", "<ul><li>", "</ul>", "<br>", "<br/>", "<h1>", "</h1>", "<h2>x</h2>"),
    *("<table><tr><td>", "</table>", "<article>", "</article>", "<a href='/x?a=1&b=2'>", "</a>", "<a href=''>", "<img src=x>"),
    *("<script>if (a<b) '<p>'</script>", "<!-- <p>no</p> -->", "<!--", "-->", "<style>", "</style>", "<textarea>", "</textarea>"),
    *("<svg><title>t</title></svg>", "<![CDATA[x]]>", "<?php x ?>", "<p class='x", "<", ">", "&amp;", "&#x1F600;", "&notit;"),
    *("&#0;", "&#xD800;", "&copy", "\r\n", "\r", "\t", "\f", "\0", "\ufeff", "😀", "e\u0301", "\u200b", "\u00ad", "\u202e"),
    *("“Yes,” she said. ", "“", "”", '"', "'", "‘", "More to follow. ", "This story will be updated. ", "Sources said. "),
    *(
        "Oops! Something went wrong. Please try again later.",
        "Related",
        "Read more: ",
        "{{ article.title }}",
        "[TK]",
        "Ã©",
        "TK ",
    ),
    *("lorem ipsum dolor sit amet ", "on Tuesday ", "5 March 2026 ", "the the ", "Click here ", "Advertisement", "Loading…"),
    *(
        "<time datetime='2026-01-01'>",
        "<meta charset=utf-8>",
        "<html><body>",
        "<title>T</title>",
        "copydesk: allow all",
        "1,000 ",
    ),
    *("The council met on Monday evening, the clerk said, and put the plan to a vote. ",) * 6,
)


def make_html(data: bytes) -> str:
    """Markup from bytes: each byte is one of the pieces, or, past them, that many characters of what follows as they are."""
    made, at = [], 0
    while at < len(data):
        number = data[at]
        at += 1
        if number < len(PIECES):
            made.append(PIECES[number])
            continue
        size = number - len(PIECES)
        made.append(data[at : at + size].decode("utf-8", "surrogateescape"))
        at += size
    return "".join(made)


BESIDE = 400  # bytes, each a piece of text: more beside a fault costs time and shows nothing new
PROSE = (
    *("The council met on Monday evening, the clerk said. ", "“Yes,” she said. ", "“", "”", '"', "'", "‘", "on Tuesday ", "a "),
    *("Sources said. ", "1,000 ", "5 May 2026 ", "the the ", "\u200b", "\u00ad", "e\u0301", "😀", "[", "]", "{", "}", "{{", "}}"),
    *(
        "Ann Lee ",
        "said Ann Lee of the harbour board. ",
        ". ",
        "! ",
        "… ",
        "Related",
        "https://harbour.example/a?b=c ",
        "\n",
        "\t",
    ),
)


def fuzz_decoding(data: bytes) -> None:
    """A text or a refusal, in every charset that a header may name."""
    for charset in CHARSETS:
        try:
            decoded = decode(data, charset)
        except UnreadableInputError:
            continue
        assert decoded.text or not data.strip()
        assert decoded.encoding not in ("punycode", "idna")


def fuzz_article(data: bytes) -> None:
    """Blocks in order, and what rules ask of them; raw bytes and made markup."""
    for content in (data, make_html(data)):
        for kind in ("html", "text"):
            try:
                article = read(Submission(content, kind))  # type: ignore[arg-type]
            except UnreadableInputError:
                continue
            assert [block.index for block in article.blocks] == list(range(len(article.blocks)))
            assert len(article.attributions) >= 0
            assert all(quote.block in article.blocks for quote in article.quotations)
            assert article.text == "\n".join(block.text for block in article.blocks)


def fuzz_engine(data: bytes) -> None:
    """A report that is JSON, twice the same, with no crashed rule, and every position right."""
    source = make_html(data)
    report = lint(Submission(source, "html"), now=NOW, strict=True)
    assert json.loads(json.dumps(report)) == report
    assert lint(Submission(source, "html"), now=NOW) == report, "not deterministic"
    if not report["findings"]:
        return
    text = read(Submission(source, "html")).source
    for finding in report["findings"]:
        for span in filter(None, (finding["span"], *finding["also"])):
            assert 0 <= span["start"] < span["end"] <= len(text)
            if finding["text"]:
                assert reads(text[span["start"] : span["end"]], finding["text"]), (finding["rule"], span)


def fuzz_positions(data: bytes) -> None:
    """Any stretch of any block has its place in the source or none; never another's."""
    source = make_html(data)
    try:
        article = read(Submission(source, "html"))
    except UnreadableInputError:
        return
    for block in article.blocks[:20]:
        size = len(block.text)
        for start, end in {(0, size), (size // 3, size - size // 3), (size // 2, size // 2 + 1)}:
            span = article.positions.span(block, start, end)
            if span is not None:
                assert reads(article.source[span.start : span.end], block.text[start:end]), (block.text[start:end], span)


def fuzz_payload(data: bytes) -> None:
    """A payload is read, ignored or refused with a reason by every kind of sender; so are the headers that it came with."""
    shaped = b'{"type":"article.published","data":{"url":"https://x.example/","html":' + data + b"}}"
    for body in (data, shaped, json.dumps({"type": "article.updated", "data": {"html": make_html(data)}}).encode()):
        for kind in KINDS.values():
            assert refusal_of(lambda kind=kind, body=body: _told(kind, body)) in (None, 400, 401), kind.name
        assert refusal_of(lambda body=body: read_article(read_json(body))) in (None, 400)
    words = data.decode("latin-1").split("\n")
    headers = dict(zip(("webhook-id", "webhook-timestamp", "webhook-signature"), words, strict=False))
    assert refusal_of(lambda: standard.verify(headers, data, ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], NOW)) in (400, 401)


def _told(kind: Kind, body: bytes) -> None:
    call = Call(body, {}, NOW, content_type="application/x-www-form-urlencoded" if kind.form_encoded else "application/json")
    payload = kind.parse(call)
    kind.identify(call, payload, DOOR)
    with suppress(Ignored):
        kind.read(call, payload, DOOR)


def refusal_of(call: Callable[[], object]) -> int | None:
    """The status that a call is refused with, with a reason; None when it was not."""
    try:
        call()
    except Refused as refused:
        return refused.status if refused.reason else 0
    except BadJsonError as bad:
        return 400 if bad.reason else 0
    return None


def fuzz_fix(data: bytes) -> None:
    """Fixes come to an end, touch nothing outside their edits, and leave a text that can be read."""
    source = make_html(data)
    for _ in range(30):
        submission = Submission(source, "html")
        report = lint(submission, now=NOW)
        if report["error"]:
            return
        source = read(submission).source
        edits = repair.edits(report["findings"], unsafe=True)
        if not edits:
            return
        fixed = repair.apply(source, edits)
        assert fixed != source
        assert undo(fixed, source, edits) == source
        source = fixed
    raise AssertionError("fixes that never end")


def fuzz_fingerprint(data: bytes) -> None:
    """A finding keeps its identity while other paragraphs come, go and change (none that introduces it with a colon)."""
    rule, fault, sign = FAULTS[data[0] % len(FAULTS)] if data else FAULTS[0]
    words = html.escape(make_prose(data[1:BESIDE]).replace("\0", " ").replace(":", ";")) or "Rain fell."
    before, after = f"<p>{words}</p>", f"<p>And then {words[::-1].replace(';', ' ').replace('&', ' ')}</p>"
    known = print_of(rule, fault, sign)
    for text in (before + fault, before + fault + after, after + before + fault):
        assert print_of(rule, text, sign) == known, (rule, text)


def make_prose(data: bytes) -> str:
    """Text for a paragraph beside a fault: pieces that are no fault of the same kind, and characters as they come."""
    return "".join(PROSE[number] if number < len(PROSE) else chr(number) for number in data)


def print_of(rule: str, source: str, sign: str) -> str:
    """The fingerprint of the one finding that ``rule`` has where ``sign`` stands."""
    story = f"<p>The ferry runs on Sundays from May, the operator said.</p>{source}"
    report = lint(Submission(story, "html", metadata=FAULTY), now=NOW)
    found = [row for row in report["findings"] if row["rule"] == rule and sign in row["text"] + row["block"]["text"]]
    return found[0]["fingerprint"] if len(found) == 1 else f"{len(found)} findings"


def undo(fixed: str, source: str, edits: list[tuple[int, int, str]]) -> str:
    """The fix taken back: what each edit put in gives way to what stood there."""
    for start, end, text in sorted(edits):  # from the front: what is put back makes the next place that of the source
        fixed = fixed[:start] + source[start:end] + fixed[start + len(text) :]
    return fixed


def reads(piece: str, text: str) -> bool:
    """Whether a slice of source says ``text``, by one of three readers that the map does not use: they differ on bad markup."""
    wanted, raw, piece = letters(text), piece.replace("\0", "\ufffd"), CONTROL.sub("¤", piece)
    if wanted in (letters(html.unescape(piece)), letters(shown(piece)), letters(html.unescape(shown(piece)))):
        return True
    if not wanted:
        return True  # a NUL or a half of a pair, which parsers name as they like
    return wanted in (letters(parsed(piece)), letters(parsed(raw)))  # a control character may part two attributes, a ¤ never


def parsed(piece: str) -> str:
    """What it shows, by lxml."""
    root = lxml.html.document_fromstring(f"<div>{piece}</div>".encode("utf-8", "replace"), parser=UTF_8)
    lxml.etree.strip_elements(root, lxml.etree.Comment, lxml.etree.PI, *SKIPPED, with_tail=False)
    return str(root.text_content())


def shown(piece: str) -> str:
    """What it shows, by the standard library's parser; nothing where that gives up."""
    try:
        soup = BeautifulSoup(f"<div>{piece}</div>", "html.parser")
    except ParserRejectedMarkup:
        return ""
    for node in soup.find_all(list(SKIPPED)):
        node.decompose()
    return "".join(text for text in soup.find_all(string=True) if not isinstance(text, PreformattedString))


def letters(text: str) -> str:
    return CONTROL.sub("", "".join(text.split())).replace("¤", "").lower()


TARGETS: dict[str, Callable[[bytes], None]] = {
    "decoding": fuzz_decoding,
    "payload": fuzz_payload,
    "article": fuzz_article,
    "positions": fuzz_positions,
    "engine": fuzz_engine,
    "fix": fuzz_fix,
    "fingerprint": fuzz_fingerprint,
}
