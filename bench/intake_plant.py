"""Spoilt mails through a whole plant: every one is accounted for afterwards. ``python -m bench.intake_plant``.

Arguments: how many (150), seed (5). Each mail must be in the journal as taken, or as left in the mailbox with a reason;
each proposed row must stand in the ledger once; what was taken must be kept byte for byte.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from pipeline.app import open_site
from pipeline.intake.mail_reader import MimeMailReader
from pipeline.tick import tick
from tests.functional.plant_folder import empty_plant
from tests.intake_corpus import PEOPLE
from tests.mail_mutations import generated

BEGIN = datetime.fromisoformat("2026-11-26T08:31:00+08:00")


def main(root: Path, count: int = 150, seed: int = 5) -> None:
    """Put the mails into the mailbox, let passes run until nothing happens, and count."""
    plant = empty_plant(root)
    book = ", ".join(f"{who.customer}: {{senders: [{address}]}}" for _, address, who in PEOPLE.values() if who.customer)
    plant.configure(address_book=f"{{{book}}}", per_sender_day=100_000, digest="false")
    sent = {}
    for index, raw in enumerate(generated(count, seed)):
        (plant.root / "mail" / "inbox" / f"{index:05}.eml").write_bytes(raw)
        sent[f"{index:05}.eml"] = raw
    with open_site(plant.config, BEGIN, quiet_seconds=0) as opened:
        for passes in range(1, 200):
            if not tick(opened.site, BEGIN + timedelta(seconds=passes), rehearsal=True).performed:
                break
        memory = opened.journal.memory()
        reader, store = MimeMailReader(), opened.site.letterbox
        fates: Counter[str] = Counter()
        for name, raw in sent.items():
            digest = reader.read(name, raw).digest
            if digest in memory.mails:
                fates[memory.mails[digest].verdict.value] += 1
                assert store is not None
                assert reader.read(name, store.store.read(digest)).digest == digest, name
            else:
                assert name in memory.ignored, f"{name} is lost"
                fates["left in the mailbox"] += 1
        proposed = sum(len(mail.rows) for mail in memory.mails.values())
    marks = Counter(str(row["备注"]).partition(" ")[0] for row in plant.rows())
    assert marks.total() == proposed, (marks.total(), proposed)
    assert max(marks.values()) == 1
    said = ", ".join(f"{fate} {number}" for fate, number in fates.most_common())
    print(f"{count} mails, seed {seed}: {said}; {proposed} rows, each once; 0 lost, 0 twice; {passes} passes")


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:3]]
    with tempfile.TemporaryDirectory() as folder:
        main(Path(folder) / "plant", *numbers)
