-- +goose Up
-- Sealed. Null until the first use for integrations from before; the one before is there while its author rotates.
ALTER TABLE integrations ADD COLUMN signing_key BYTEA;
ALTER TABLE integrations ADD COLUMN signing_key_before BYTEA;
