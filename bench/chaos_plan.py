"""What the chaos bench sends, and what must have become of it: known from the plan alone, without asking the store."""

import json
import random
from dataclasses import dataclass
from typing import Literal

Kind = Literal["publish", "withdraw", "no-body"]

REVISIONS = 5  # of each story
SHARE_TWICE = 0.10  # of the deliveries: sent a second time, some at once and some later
SHARE_LATE = 0.10  # of the deliveries: sent after their successor
SHARE_WITHDRAWN = 0.03
SHARE_EMPTY = 0.02
FILLER = (
    "<p>The council met on Monday evening, the clerk said, and put the plan for the old harbour to a vote of its members.</p>"
)
PARAGRAPHS = 20  # a story of some 400 words


@dataclass(frozen=True)
class Planned:
    """One delivery: a state of a story, by its number in the sender's order."""

    number: int
    story: int
    revision: int
    kind: Kind

    @property
    def delivery_id(self) -> str:
        return f"chaos-{self.number}"

    def body(self) -> bytes:
        """The call's body; the fault that the story carries names its revision, so that a stale finding shows."""
        html = None
        if self.kind == "publish":
            html = (
                f"<h1>Harbour plan, state {self.revision}</h1>"
                + FILLER * PARAGRAPHS
                + f"<p>{{{{ article.part_{self.revision} }}}}</p>"
            )
        event = "article.withdrawn" if self.kind == "withdraw" else "article.updated"
        metadata = {"external_id": f"story-{self.story}", "revision": str(self.revision)}
        data = {"url": f"https://chaos.example/{self.story}", "html": html, "metadata": metadata}
        return json.dumps({"type": event, "data": data}).encode()


@dataclass(frozen=True)
class Plan:
    """The deliveries, and the order they are sent in, repeats included."""

    deliveries: tuple[Planned, ...]
    sends: tuple[Planned, ...]

    def expected(self) -> dict[int, Planned]:
        """For each story the state that must stand at the end: its newest that said something."""
        told = [planned for planned in self.deliveries if planned.kind != "no-body"]
        return {planned.story: planned for planned in sorted(told, key=lambda planned: planned.revision)}


def make_plan(count: int, seed: int) -> Plan:
    """``count`` deliveries, shuffled as newsrooms do: stories side by side, some late, some twice."""
    chance = random.Random(seed)
    stories = max(1, count // REVISIONS)
    deliveries = tuple(
        Planned(number, number % stories, 1 + number // stories, _kind(chance, number // stories)) for number in range(count)
    )
    places = {planned: float(planned.number) for planned in deliveries}
    for planned in chance.sample(deliveries, round(count * SHARE_LATE)):
        places[planned] += stories * chance.uniform(1.01, 2.0)  # past the next state of the same story, or two
    sends = [(place, planned) for planned, place in places.items()]
    twice = chance.sample(deliveries, round(count * SHARE_TWICE))
    sends += [(places[planned] + chance.choice((0.1, 5.0, stories * 1.5)), planned) for planned in twice]
    return Plan(deliveries, tuple(planned for _, planned in sorted(sends, key=lambda pair: pair[0])))


def _kind(chance: random.Random, earlier: int) -> Kind:
    drawn = chance.random()
    if earlier and drawn < SHARE_WITHDRAWN:
        return "withdraw"
    return "no-body" if earlier and drawn < SHARE_WITHDRAWN + SHARE_EMPTY else "publish"
