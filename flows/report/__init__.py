"""The build report: one self-contained HTML page on what a recipe made, for people to read and to pass on."""

from flows.report.page import write_report

__all__ = ["write_report"]
