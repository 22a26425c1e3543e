"""Answers lost after acceptance, per backend: how many mails were delivered, twice, or forgotten.

Usage: python -m bench.lost_replies [COUNT] [BACKEND …]. Each mail's first sending meets, in turn, a cut line after the
server took it, a 503 (SMTP: 451) after it took it, and a busy server that did not; then passes are made at 1, 3, 5 and
12 minutes as a plant would have them, over real servers on loopback. ``self_copy`` is IMAP and SMTP with that setting:
a copy to the mailbox itself proves that the server took a mail; SMTP alone has no way to ask afterwards.
"""

from __future__ import annotations

import logging
import sys
import tempfile
import time
import warnings
from collections import Counter
from contextlib import ExitStack
from email.parser import BytesHeaderParser
from pathlib import Path

from schemas.effects import EffectState
from schemas.mail_settings import MailSetting, SendingSetting
from tests.contract.mail_site import mail_effect, mail_site, passed, plant_of
from tests.contract.mailbox_stands import ADAPTERS, BUSY, DROPPED, TAKEN_THEN_503, VARIANTS, Adapter, Servers

FAULTS = (DROPPED, TAKEN_THEN_503, BUSY)
LATER = (1, 3, 5, 12)


def measure(adapter: Adapter, count: int, root: Path) -> str:
    """Send ``count`` mails through faults and passes; one line of figures."""
    effects = [mail_effect(number) for number in range(1, count + 1)]
    started = time.perf_counter()
    with ExitStack() as closing:
        stand = adapter.build(Servers(closing), root)
        everything = MailSetting(sending=SendingSetting(per_hour=10 * count))
        with mail_site(plant_of(root), stand.mailbox, mail=everything) as site:
            for number, effect in enumerate(effects):
                fault = FAULTS[number % len(FAULTS)]
                if fault in adapter.faults:
                    stand.misbehave(fault)
                passed(site, [effect])
                stand.misbehave("well")
            for minutes in LATER:
                passed(site, effects, minutes)
            states = {effect.key: site.journal.memory().effects[effect.key].state for effect in effects}
        delivered = Counter(_message_id(raw) for raw in stand.sent())
    wanted = {f"<kesu.{effect.key.digest}@example.com>": states[effect.key] for effect in effects}
    twice = sum(times > 1 for times in delivered.values())
    # forgotten: it did not arrive and nobody is told; a false claim: said to be sent and did not arrive
    forgotten = sum(name not in delivered and state not in {EffectState.UNCERTAIN, EffectState.INTENDED}
                    for name, state in wanted.items())
    told = Counter(state.value for state in states.values())
    seconds = time.perf_counter() - started
    return (f"{adapter.name:10} {count} mails: delivered {len(delivered)}, twice {twice}, forgotten {forgotten}; "
            f"journal: done {told['done']}, uncertain {told['uncertain']}, pending {told['pending']}; {seconds:.0f} s")


def _message_id(raw: bytes) -> str:
    return str(BytesHeaderParser().parsebytes(raw)["Message-ID"]).strip()


def main() -> int:
    """Print a line per backend; 1 when anything was delivered twice or forgotten."""
    warnings.simplefilter("ignore")
    logging.disable(logging.ERROR)
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    chosen = set(sys.argv[2:]) or {adapter.name for adapter in ADAPTERS}
    failed = False
    for adapter in (*ADAPTERS, *VARIANTS):
        if adapter.name in chosen:
            with tempfile.TemporaryDirectory() as root:
                line = measure(adapter, count, Path(root))
            print(line, flush=True)
            failed |= "twice 0, forgotten 0;" not in line
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
