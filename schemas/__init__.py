"""The shared language of kesu: row models, value parsers, effects, ports and settings; no I/O."""
