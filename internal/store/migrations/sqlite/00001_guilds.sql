-- +goose Up
-- In every table: ids are INTEGER and 0 means none; moments are Unix milliseconds and 0 means never; lists and templates are JSON.
CREATE TABLE guilds (
    guild_id             INTEGER NOT NULL PRIMARY KEY,
    staff_roles          TEXT NOT NULL, -- JSON list of decimal strings
    category_id          INTEGER NOT NULL,
    overflow_category_id INTEGER NOT NULL
) STRICT;
