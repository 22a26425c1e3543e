"""Page checker: finds in docx, xlsx and pptx files what a reader would see as a flaw of the page.

A development tool: ``python -m tests.pages FILE…`` prints findings, tests call ``check_file``.
"""

from tests.pages.check import check_file
from tests.pages.finding import Finding, Rules

__all__ = ["Finding", "Rules", "check_file"]
