"""One pass that drafts many 8Ds with photos anew: wall time, and the most memory that its process held.

Usage: python -m bench.documents_pass COUNT; COUNT complaints, both versions of the 8D, two photos of 3 megapixels each.
"""

from __future__ import annotations

import io
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

from tests.functional.plant_folder import COMPLAINTS, complaint, empty_plant


def main() -> None:
    """Print the figures of one pass in a process and a plant of its own."""
    count = int(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="kesu-bench-") as folder:
        plant = empty_plant(Path(folder) / "plant")
        rows = (complaint(客户要求8D="是", 状态="分析", 产品名称=f"水管{number}") for number in range(count))
        plant.type(COMPLAINTS, *rows)
        plant.settled()
        packed = io.BytesIO()
        Image.effect_noise((2000, 1500), 40).convert("RGB").save(packed, "JPEG", quality=88)
        for number, photos in enumerate(sorted((plant.share / "客诉资料").glob("*/*/附件"))):
            for index in range(2):  # no two alike
                (photos / f"{index}.jpg").write_bytes(packed.getvalue() + f"{number}-{index}".encode())
        begun = time.monotonic()
        command = [sys.executable, "-m", "pipeline.cli", "once", "-c", plant.config, "--now", "2026-11-26T08:30+08:00"]
        said = subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        drafts = sum("8D报告.docx" in line for line in said.stdout.splitlines())
        print(f"one pass: {drafts} reports in two versions with 2 photos each, {time.monotonic() - begun:.0f} s, "
              f"most memory {peak:.0f} MB")


if __name__ == "__main__":
    main()
