"""How long is kept what nobody works with any more."""

from __future__ import annotations

from pydantic import Field

from schemas.section import Section


class RetentionSetting(Section):
    """Days after which ``kesu purge`` may delete a kind of thing; 0 keeps it for good.

    What an open complaint needs stays whatever its age, and so do the keys by which nothing happens twice.
    """

    mails_days: int = Field(default=365, ge=0)              # mails as they came here, and their words in the journal
    strangers_days: int = Field(default=30, ge=0)           # subjects of mails that were left alone
    quarantine_days: int = Field(default=365, ge=0)         # unreadable mails below 待归属
    history_days: int = Field(default=1095, ge=0)           # titles and results of old effects in the journal
    log_days: int = Field(default=90, ge=0)                 # the files that kesu.log was turned over into
    journal_backup_days: int = Field(default=30, ge=0)      # backups of the journal; the newest one always stays
    document_backup_days: int = Field(default=90, ge=0)     # .kesu-备份 in the folders of closed complaints
    rehearsal_days: int = Field(default=90, ge=0)           # a rehearsal's journal and mails, put aside by go-live
