-- +goose Up
-- Tickets at hand are few among many that ended; a list of them must not read all.
CREATE INDEX tickets_listed ON tickets (guild_id, number) WHERE state IN ('opening', 'open', 'closing');
