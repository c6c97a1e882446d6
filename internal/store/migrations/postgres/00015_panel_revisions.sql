-- +goose Up
-- Counts changes, so that an edit of what has changed since is told.
ALTER TABLE panels ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
ALTER TABLE guilds ADD COLUMN revision BIGINT NOT NULL DEFAULT 1;
