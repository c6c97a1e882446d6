-- +goose Up
-- A panel can be deleted while its tickets stay, so panel_id refers to nothing.
CREATE TABLE tickets (
    guild_id       INTEGER NOT NULL,
    number         INTEGER NOT NULL,
    panel_id       TEXT NOT NULL,
    opener_id      INTEGER NOT NULL,
    opener_name    TEXT NOT NULL,
    opener_shown   TEXT NOT NULL,
    opener_locale  TEXT NOT NULL,
    interaction_id INTEGER NOT NULL,
    application_id INTEGER NOT NULL,
    reply          BLOB,                     -- sealed; null once answered
    state          TEXT NOT NULL CHECK (state IN ('opening', 'open', 'closing', 'closed', 'failed')),
    claimed_until  INTEGER NOT NULL,
    channel_id     INTEGER NOT NULL,
    message_id     INTEGER NOT NULL,
    created_at     INTEGER NOT NULL,
    opened_at      INTEGER NOT NULL,
    closed_at      INTEGER NOT NULL,
    closed_by      INTEGER NOT NULL,
    reason         TEXT NOT NULL,
    PRIMARY KEY (guild_id, number),
    UNIQUE (guild_id, interaction_id)
) STRICT;
CREATE UNIQUE INDEX tickets_by_channel ON tickets (guild_id, channel_id) WHERE channel_id <> 0;
CREATE INDEX tickets_at_hand ON tickets (guild_id, opener_id, panel_id, number) WHERE state IN ('opening', 'open');
CREATE INDEX tickets_to_sweep ON tickets (created_at, guild_id, number) WHERE state IN ('opening', 'closing');

-- The last number given in a guild. Its row serialises the guild's reservations.
CREATE TABLE ticket_counters (
    guild_id    INTEGER NOT NULL PRIMARY KEY,
    last_number INTEGER NOT NULL
) STRICT;
