"""The one-page report of a study, for the screen and for paper."""

from corridors.report.page.page import report_html, write_report_html

__all__ = ["report_html", "write_report_html"]
