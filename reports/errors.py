"""What can go wrong with the store."""


class ReportsError(Exception):
    """The root; ``reason`` is a sentence for people, ``permanent`` tells whether trying again is useless."""

    permanent = True

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class StoreDownError(ReportsError):
    """The store cannot be reached now; the same call may work in a minute."""

    permanent = False


class TakenError(ReportsError):
    """A name that must be unique is in use."""


class UnknownError(ReportsError):
    """Nothing of that name or number is here, or a value is none of those that may be chosen."""


class WeakSecretError(ReportsError):
    """A secret or password that would protect nothing."""


class LastAdminError(ReportsError):
    """Nobody would be left who may look after the people."""


class BadRouteError(ReportsError):
    """A route that cannot be used; ``reason`` says what to change."""


class BadSubscriptionError(ReportsError):
    """A notification that cannot be set up; ``reason`` says what to change."""


class BadHouseRuleError(ReportsError):
    """A house rule that cannot be kept or published; ``reason`` says what to change."""


class BadSourceError(ReportsError):
    """What was said of a source cannot be used."""


class BadSettingError(ReportsError):
    """A setting in the environment has no value that can be used."""


class BadCallbackError(ReportsError):
    """An address that nothing can be sent to."""


class BadVerdictError(ReportsError):
    """A verdict that says too little, or too much, to be written down."""
