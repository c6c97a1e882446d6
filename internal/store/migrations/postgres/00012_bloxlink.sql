-- +goose Up
-- The guilds' own keys for the built-in Bloxlink values.
CREATE TABLE bloxlink_keys (
    guild_id BIGINT NOT NULL PRIMARY KEY,
    sealed   BYTEA NOT NULL
);
