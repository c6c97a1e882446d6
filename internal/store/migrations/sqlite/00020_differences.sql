-- +goose Up
-- What each revision changed against the one before it, as JSON without header values; empty for those that are older than this column.
ALTER TABLE integration_revisions ADD COLUMN differences TEXT NOT NULL DEFAULT '[]';
