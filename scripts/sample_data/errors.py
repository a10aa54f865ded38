"""The one error this build stops with on purpose."""


class SampleDataError(RuntimeError):
    """A package could not be had, or what it holds is not what was expected."""
