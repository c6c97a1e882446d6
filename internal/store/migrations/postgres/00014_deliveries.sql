-- +goose Up
ALTER TABLE integrations ADD COLUMN cache_seconds BIGINT NOT NULL DEFAULT 0;

-- What became of the latest requests of an integration for a guild. No body, no address, no secret, nobody's id.
CREATE TABLE deliveries (
    guild_id       BIGINT NOT NULL,
    integration_id TEXT COLLATE "C" NOT NULL,
    delivery_id    BIGINT NOT NULL, -- 1, 2, 3… for its guild and integration
    at             BIGINT NOT NULL,
    cause          TEXT NOT NULL,
    status         BIGINT NOT NULL, -- 0: no answer
    took           BIGINT NOT NULL, -- milliseconds
    size           BIGINT NOT NULL, -- bytes
    class          TEXT NOT NULL,    -- empty: it went well
    missing        TEXT NOT NULL,    -- JSON list of placeholders' names
    cached         BOOLEAN NOT NULL,
    PRIMARY KEY (guild_id, integration_id, delivery_id),
    FOREIGN KEY (integration_id) REFERENCES integrations (integration_id) ON DELETE CASCADE
);
CREATE INDEX deliveries_by_integration ON deliveries (integration_id, at);

-- The last delivery's id, and the name under which the integration's author sees the guild. Its row serialises the writers.
CREATE TABLE delivery_counters (
    guild_id       BIGINT NOT NULL,
    integration_id TEXT COLLATE "C" NOT NULL REFERENCES integrations (integration_id) ON DELETE CASCADE,
    last_delivery  BIGINT NOT NULL,
    alias          TEXT NOT NULL,
    PRIMARY KEY (guild_id, integration_id)
);
CREATE INDEX delivery_counters_by_integration ON delivery_counters (integration_id);
