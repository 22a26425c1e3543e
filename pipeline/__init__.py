"""The pipeline: observe the ledgers, the mailbox and the clock, plan what should exist, perform the difference."""
