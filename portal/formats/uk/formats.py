"""Ukrainian with the year written out: 9 листопада 2026 року. Abbreviated, it would end a sentence with two stops."""

DATE_FORMAT = "j E Y\N{NO-BREAK SPACE}року"
DATETIME_FORMAT = "j E Y\N{NO-BREAK SPACE}року H:i"
