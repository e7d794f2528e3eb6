"""The root of everything that can be wrong with an input or a call of the engine."""


class RulesError(Exception):
    """Something the engine refuses; ``reason`` is a sentence for people that says what to do.

    ``permanent`` tells a queue whether trying again can help; for the engine it never can.
    """

    permanent = True

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UnreadableInputError(RulesError):
    """The bytes are no article: empty, binary or too large."""


class BadMetadataError(RulesError):
    """Metadata handed in with an article does not have the form it must have."""


class BadRuleError(RulesError):
    """A rule's name is unknown, or its module breaks the catalogue's contract."""
