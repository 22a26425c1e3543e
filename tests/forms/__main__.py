"""``python -m tests.forms``: how each foreign form is understood, a line a form, and what is missed or wrong."""

from __future__ import annotations

import tempfile
from pathlib import Path

from pipeline.documents.forms.meanings import packaged_meanings
from pipeline.documents.forms.understanding import understand
from pipeline.documents.forms.word_grid import read_word
from pipeline.documents.forms.workbook_grid import read_workbook
from tests.forms.build_form import build
from tests.forms.compare import Score, compare
from tests.forms.foreign_form import HELD_OUT, KNOWN, load


def main() -> None:
    """Print the figures of both sets."""
    with tempfile.TemporaryDirectory(prefix="forms-") as folder:
        for name, forms in (("known", load(KNOWN)), ("held out", load(HELD_OUT))):
            total = Score()
            for form in forms:
                path = build(form, Path(folder))
                grids = read_word(path).grids if path.suffix == ".docx" else read_workbook(path).grids
                score = compare(form, understand(grids, packaged_meanings()))
                total.add(score)
                print(f"{form.name}: {score.right} of {score.asked}, sure {score.sure_right}, "
                      f"wrong though sure {len(score.wrong_sure)}")
                for line in (*score.wrong_sure, *score.missed):
                    print(f"    {line}")
            print(f"{name}: {total.right} of {total.asked} ({total.right / total.asked:.1%}), "
                  f"wrong though sure {len(total.wrong_sure)}")


if __name__ == "__main__":
    main()
