"""What all tests share."""

from hypothesis import HealthCheck, settings

# The machine may be busy, and compiled functions are slow at their first call: no test asserts on
# time. The same examples are tried in every run, so that a failure is seen again.
settings.register_profile(
    "corridors",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("corridors")

# Runs inside the system's QGIS, whose Python is not ours.
collect_ignore = ["export/qgis_probe.py"]
