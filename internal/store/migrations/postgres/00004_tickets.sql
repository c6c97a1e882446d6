-- +goose Up
-- A panel can be deleted while its tickets stay, so panel_id refers to nothing.
CREATE TABLE tickets (
    guild_id       BIGINT           NOT NULL,
    number         BIGINT           NOT NULL,
    panel_id       TEXT COLLATE "C" NOT NULL,
    opener_id      BIGINT           NOT NULL,
    opener_name    TEXT             NOT NULL,
    opener_shown   TEXT             NOT NULL,
    opener_locale  TEXT             NOT NULL,
    interaction_id BIGINT           NOT NULL,
    application_id BIGINT           NOT NULL,
    reply          BYTEA,                     -- sealed; null once answered
    state          TEXT COLLATE "C" NOT NULL CHECK (state IN ('opening', 'open', 'closing', 'closed', 'failed')),
    claimed_until  BIGINT           NOT NULL,
    channel_id     BIGINT           NOT NULL,
    message_id     BIGINT           NOT NULL,
    created_at     BIGINT           NOT NULL,
    opened_at      BIGINT           NOT NULL,
    closed_at      BIGINT           NOT NULL,
    closed_by      BIGINT           NOT NULL,
    reason         TEXT             NOT NULL,
    PRIMARY KEY (guild_id, number),
    UNIQUE (guild_id, interaction_id)
);
CREATE UNIQUE INDEX tickets_by_channel ON tickets (guild_id, channel_id) WHERE channel_id <> 0;
CREATE INDEX tickets_at_hand ON tickets (guild_id, opener_id, panel_id, number) WHERE state IN ('opening', 'open');
CREATE INDEX tickets_to_sweep ON tickets (created_at, guild_id, number) WHERE state IN ('opening', 'closing');

-- The last number given in a guild. Its row serialises the guild's reservations.
CREATE TABLE ticket_counters (
    guild_id    BIGINT NOT NULL PRIMARY KEY,
    last_number BIGINT NOT NULL
);
