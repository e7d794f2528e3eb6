"""A newsroom's evening, made up: stories with the faults that slip through, for screenshots and for the tests of the desk.

Everything comes in as it does in production: accepted, linted by the engine, kept; and judged by reports.verdicts.
"""

# ruff: noqa: E501, ISC004 - a story is set as its CMS sends it

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from reports.accounts import create_user
from reports.database import Database
from reports.intake import Incoming, accept
from reports.models import Finding
from reports.sources import create_source, find_source
from reports.verdicts import Decision, Outcome, Seen, judge
from rules.core.submission import Metadata, Submission
from workers.linting import Linting
from workers.relay import ring_due

EVENING = datetime(2026, 11, 24, 23, 4, tzinfo=UTC)
PASSWORD = "a proof read twice"

FERRY = """<article><h1>Night ferry to Ardmore is halted as the harbour board waits for</h1>
<p class="byline">By Nell Ashworth</p>
<p>The night ferry to Ardmore will not sail before the weekend, the harbour board said on Tuesday, after divers found a crack in the
ramp that lorries use to board.</p>
<p>“We will not put a single vehicle on that ramp until it has been looked at twice,” said Tom Varley, the harbour master. About
forty lorries were waiting on the quay by the afternoon.</p>
<div class="widget-error"><p>Oops! Something went wrong. Please try again later.</p></div>
<p>The board expects a specialist from the shipyard at Kells on Thursday. Until then, passengers on foot can use the day boat, which
leaves at 8.15 a.m. and returns at 5.40 p.m.</p>
<p>Hauliers said they had been told nothing. “I have twenty tonnes of fish that does not wait for divers,” one driver said.</p>
<h3>Related</h3>
<ul><li><a href="/harbour/dredging">Dredging to begin in the spring</a></li><li><a href="/harbour/fares">Fares rise by a tenth</a></li></ul>
<p>Experts say the ramp should have been replaced years ago.</p>
<p>The ramp was built in 1987 and strengthened in 2009, according to the board’s own register, which was last brought up to date in
the autumn of 2024.</p>
<p>This story will be updated.</p></article>"""

SPORT = """<article><h1>{headline}</h1><p class="byline">By {byline}</p>
<p>{first}</p><p>{second}</p>
<div class="video-player"><p>This video is not available in your region.</p></div>
<p>The next round is played on Saturday week.</p></article>"""

MATCHES = (
    ("Harriers hold on to beat Tarn Rovers", "Ines Calder", "Two goals in the first quarter of an hour were enough for the Harriers.",
     "Rovers had most of the ball and little to show for it, their coach Abel Stone said."),
    ("Late penalty settles the derby at Coldwater", "Ines Calder", "A penalty in the last minute settled the derby at Coldwater on Tuesday.",
     "The referee was shown the pictures twice before he pointed to the spot."),
    ("Wharton goes through on the away goal", "Rafe Osei", "Wharton are in the last eight after a draw at Bexhill.",
     "It was their first draw of the season, and the one that counted."),
    ("Three in the sin bin as the Mariners lose", "Rafe Osei", "The Mariners finished their match with twelve men on Tuesday.",
     "Their captain, Joe Lund, said the team had nobody to blame but itself."),
    ("Ellery breaks the county record over a mile", "Ines Calder", "Hana Ellery ran the mile in a county record on a wet track.",
     "She took two seconds off a time that had stood since 1998."),
    ("Bowls: the Priory wins at the last end", "Mina Park", "The Priory won the county final at the very last end.",
     "The match took four hours and ended under lights."),
    ("Rain ends play at the Oval Park", "Mina Park", "Not a ball was bowled after lunch at the Oval Park.",
     "The umpires will look at the ground at ten on Wednesday."),
)  # fmt: skip

OTHERS: tuple[tuple[str, str, str, str, str], ...] = (
    ("council", "News", "Ruth Bellamy", "daily",
     "<h1>Council agrees a budget, with {{ amount }} for roads</h1><p>The council agreed its budget by two votes on Monday night.</p>"
     "<p>Some {{ amount }} goes to roads, the treasurer, Ada Finch, said after the vote.</p>"
     "<p>The opposition called it a budget of patches. A second reading is due before Christmas.</p>"),
    ("hospital", "News", "Ruth Bellamy", "daily",
     "<h1>Hospital opens its new wing a year late</h1><p>The new wing of St Bride’s opened on Tuesday, a year later than planned.</p>"
     "<p>TK: number of beds. The wing has a theatre of its own, the trust said.</p>"
     "<p>Nurses began to move patients in the small hours, the trust’s director, Paul Grieve, said.</p>"),
    ("weather", "News", "", "agency",
     "<h1>Storm Wanda: schools close along the coast</h1><p>Schools along the coast will stay closed on Wednesday, the county said.</p>"
     "<p>Winds of 70 miles an hour are expected from noon, the weather service said.</p>"
     "<p>Donâ€™t travel unless you must, the county’s roads officer, Kit Maddox, said.</p>"),
    ("market", "Business", "Jonas Weir", "agency",
     "<h1>Fish market moves to the old rope works</h1><p>The fish market will move to the old rope works in the spring.</p>"
     "<p>The lease runs for thirty years, the owner, Mara Holt, said.</p><p>Sign up for our newsletter</p>"
     "<p>Stallholders pay a tenth less than on the quay.</p>"),
    ("theatre", "Culture", "Lena Marsh", "daily",
     "<h1>A Winter’s Tale without the bear</h1><p>The Playhouse opens its season without the bear, and few will miss it.</p>"
     '<p>“It was always the wrong bear,” the director, Oona Pike, said.</p><p>[caption id="attachment_31" align="left"]</p>'
     "<p>The run ends on 12 December.</p>"),
    ("library", "News", "Ruth Bellamy", "daily",
     "<h1>Library keeps its Sunday hours</h1><p>The library will stay open on Sundays, the council’s Ada Finch said.</p>"
     "<p>Lorem ipsum dolor sit amet, consectetur adipiscing elit.</p><p>Two posts are paid for by a bequest, she said.</p>"),
)  # fmt: skip


@dataclass
class Newsroom:
    """A store that an evening's work goes into; ``now`` is moved on by who uses it."""

    database: Database
    now: datetime = EVENING
    sent: int = 0
    queued: list[int] = field(default_factory=list)

    def publish(self, story: str, html: str, *, source: str = "daily", **metadata: str) -> int:
        """One story through intake, engine and store; gives its number."""
        self.sent += 1
        about = Metadata.from_mapping({"external_id": story} | metadata)
        address = f"https://{source}.example/{metadata.get('section', 'news').lower()}/{story}"
        with self.database.begin() as session:
            sender = find_source(session, source) or create_source(session, source, self.now, desk="news")
            given = Submission(html, "html", path=address, url=address, metadata=about)
            incoming = Incoming(f"msg-{self.sent}", f"{self.sent:064x}", given, about, address)
            taken = accept(session, sender, incoming, self.now)
        self._lint(taken.job_id or 0)
        return taken.article_id or 0

    def look_again(self) -> None:
        """What the scheduler does: works off what has fallen due."""
        ring_due(self.database, self.queued.append, self.now)
        while self.queued:
            self._lint(self.queued.pop(0))

    def judge(self, article: int, rule: str, decision: Decision, by: str) -> Outcome:
        """A verdict on the article's findings of a rule."""
        with self.database.begin() as session:
            wanted = select(Finding.id, Finding.serial).where(Finding.article_id == article, Finding.rule == rule)
            seen = [Seen(*row) for row in session.execute(wanted)]
            return judge(session, seen, decision, by, self.now)

    def _lint(self, job: int) -> None:
        Linting(self.database, lambda: self.now, timedelta(seconds=90)).run(job)


def make_evening(database: Database) -> Newsroom:
    """The whole evening: thirteen stories, a fault on every sport page, one that came back, some that were judged."""
    room = Newsroom(database, EVENING - timedelta(hours=9))
    with database.begin() as session:
        for name, role, desk in (("ada", "editor", "news"), ("grace", "editor", "sport"), ("viola", "reader", None)):
            create_user(session, name, PASSWORD, room.now, role=role, desk=desk)
    for number, (headline, byline, first, second) in enumerate(MATCHES):
        room.now = EVENING - timedelta(hours=9) + timedelta(minutes=37 * number)
        page = SPORT.format(headline=headline, byline=byline, first=first, second=second)
        room.publish(f"match-{number}", page, section="Sport", byline=byline, desk="sport", published_at=room.now.isoformat())
    for number, (story, section, byline, source, html) in enumerate(OTHERS):
        room.now = EVENING - timedelta(hours=5) + timedelta(minutes=31 * number)
        about = {"section": section, "published_at": room.now.isoformat()} | ({"byline": byline} if byline else {})
        room.publish(story, f"<article>{html}</article>", source=source, **about)
    _ferry(room)
    return room


def _ferry(room: Newsroom) -> None:
    """The story of the night: came with faults, was mended, and the faults came back with the next revision."""
    about = {"section": "News", "byline": "Nell Ashworth", "desk": "news"}
    room.now = EVENING - timedelta(hours=14)
    published = room.now.isoformat()
    widget = '<div class="widget-error"><p>Oops! Something went wrong. Please try again later.</p></div>'
    number = room.publish("ferry", FERRY, published_at=published, revision="1", **about)
    room.now = EVENING - timedelta(hours=13)
    room.publish("ferry", FERRY.replace(widget, ""), published_at=published, revision="2", **about)
    room.now = EVENING - timedelta(minutes=48)
    room.publish("ferry", FERRY, published_at=published, revision="3", **about)
    room.judge(number, "related-links", Decision("stet", reason="house-style", note="The box is meant to be there."), "grace")
    room.now = EVENING
