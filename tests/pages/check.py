"""One call for any Office file: which checks it goes through."""

from __future__ import annotations

from pathlib import Path

from tests.pages.finding import Finding, Rules


def check_file(path: Path, rules: Rules | None = None) -> list[Finding]:
    """All findings of a docx, xlsx or pptx in reading order; raises ValueError for any other suffix."""
    chosen = rules or Rules()
    match path.suffix.lower():
        case ".pptx":
            from tests.pages.slides import check_slides

            found = check_slides(path, chosen)
        case ".docx":
            from tests.pages.word import check_word

            found = check_word(path, chosen)
        case ".xlsx" | ".xlsm":
            from tests.pages.sheets import check_sheets

            found = check_sheets(path, chosen)
        case other:
            raise ValueError(f"no page check for {other} files")
    if chosen.schema:
        from tests.pages.schema import schema_findings

        found += schema_findings(path)
    return found
