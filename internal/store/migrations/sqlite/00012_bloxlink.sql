-- +goose Up
-- The guilds' own keys for the built-in Bloxlink values.
CREATE TABLE bloxlink_keys (
    guild_id INTEGER NOT NULL PRIMARY KEY,
    sealed   BLOB NOT NULL
) STRICT;
