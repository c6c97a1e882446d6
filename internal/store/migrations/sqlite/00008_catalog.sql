-- +goose Up
ALTER TABLE integrations ADD COLUMN logo_hash TEXT NOT NULL DEFAULT '';
-- Name and description without regard to case, written by the program with every change; until then as well as the database can.
ALTER TABLE integrations ADD COLUMN searched TEXT NOT NULL DEFAULT '';
UPDATE integrations SET searched = name_folded || ' ' || lower(description);
CREATE INDEX integrations_public ON integrations (name_folded, integration_id) WHERE public <> 0;

-- Ids are never given again.
CREATE TABLE deleted_integrations (
    integration_id TEXT NOT NULL PRIMARY KEY,
    deleted_at     INTEGER NOT NULL
) STRICT;
