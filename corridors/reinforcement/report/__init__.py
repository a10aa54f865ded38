"""The one-page report of a reinforcement, for the screen and for paper."""

from corridors.reinforcement.report.page import reinforcement_html, write_reinforcement_report

__all__ = ["reinforcement_html", "write_reinforcement_report"]
