-- +goose Up
-- Prepared answers, shown by a command.
CREATE TABLE tags (
    guild_id    BIGINT           NOT NULL,
    tag_id      TEXT COLLATE "C" NOT NULL,
    name        TEXT             NOT NULL,
    name_folded TEXT COLLATE "C" NOT NULL, -- the name without regard to case, written by the program
    message     TEXT             NOT NULL, -- JSON
    everyone    BOOLEAN          NOT NULL,
    revision    BIGINT           NOT NULL,
    PRIMARY KEY (guild_id, tag_id),
    UNIQUE (guild_id, name_folded)
);
ALTER TABLE panels ADD COLUMN channel_name TEXT NOT NULL DEFAULT ''; -- '': the program's own
ALTER TABLE guilds ADD COLUMN close_message TEXT NOT NULL DEFAULT '{}'; -- JSON
