-- +goose Up
-- Under which name a guild's messages reach an integration's placeholders whatever else is called like it: given when it is activated.
ALTER TABLE activations ADD COLUMN slug TEXT NOT NULL DEFAULT '';
