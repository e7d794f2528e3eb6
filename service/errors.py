"""What can go wrong around the processes of the service."""


class ServiceError(Exception):
    """The root; ``reason`` is a sentence for people, ``permanent`` tells whether trying again is useless."""

    permanent = True

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class DataTakenError(ServiceError):
    """Another ``serve`` runs on the same data directory, or the directory cannot be used."""


class PartFailedError(ServiceError):
    """A part did not come up when everything was started."""

    permanent = False


class SampleError(ServiceError):
    """A sample story did not come through."""


class BadArchiveError(ServiceError):
    """An archive to sweep cannot be read, or is none that is known here."""


class SweepChangedError(ServiceError):
    """A sweep cannot go on where it ended: the archive, the rules or the options are others now."""


class NoParquetError(ServiceError):
    """Parquet was asked for, and what writes it is not installed."""
