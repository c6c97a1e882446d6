-- +goose Up
-- Prepared answers, shown by a command.
CREATE TABLE tags (
    guild_id    INTEGER NOT NULL,
    tag_id      TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    name_folded TEXT    NOT NULL, -- the name without regard to case, written by the program
    message     TEXT    NOT NULL, -- JSON
    everyone    INTEGER NOT NULL,
    revision    INTEGER NOT NULL,
    PRIMARY KEY (guild_id, tag_id),
    UNIQUE (guild_id, name_folded)
) STRICT;
ALTER TABLE panels ADD COLUMN channel_name TEXT NOT NULL DEFAULT ''; -- '': the program's own
ALTER TABLE guilds ADD COLUMN close_message TEXT NOT NULL DEFAULT '{}'; -- JSON
