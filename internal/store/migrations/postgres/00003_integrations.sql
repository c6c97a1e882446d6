-- +goose Up
-- Who an integration is. What it requests has tables of its own: a revision will be one more column of their keys, with these rows
-- as revision 1.
CREATE TABLE integrations (
    integration_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    owner_id       BIGINT           NOT NULL,
    name           TEXT             NOT NULL,
    name_folded    TEXT COLLATE "C" NOT NULL,
    description    TEXT             NOT NULL,
    logo           TEXT             NOT NULL,
    privacy        TEXT             NOT NULL,
    public         BOOLEAN          NOT NULL,
    placeholders   TEXT             NOT NULL, -- JSON
    created_at     BIGINT           NOT NULL,
    changed_at     BIGINT           NOT NULL
);
CREATE INDEX integrations_by_owner ON integrations (owner_id, name_folded, integration_id);

CREATE TABLE integration_requests (
    integration_id TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES integrations (integration_id) ON DELETE CASCADE,
    method         TEXT             NOT NULL,
    url            TEXT             NOT NULL,
    secrets        TEXT             NOT NULL -- JSON: names and descriptions, no values
);

CREATE TABLE integration_headers (
    integration_id TEXT COLLATE "C" NOT NULL REFERENCES integration_requests (integration_id) ON DELETE CASCADE,
    place          BIGINT           NOT NULL,
    name           TEXT             NOT NULL,
    sealed         BYTEA            NOT NULL,
    PRIMARY KEY (integration_id, place)
);

-- How many integrations an owner has ever made. Its row is the lock under which the limit is counted.
CREATE TABLE integration_counters (
    owner_id BIGINT NOT NULL PRIMARY KEY,
    made     BIGINT NOT NULL
);

CREATE TABLE activations (
    guild_id       BIGINT           NOT NULL,
    integration_id TEXT COLLATE "C" NOT NULL REFERENCES integrations (integration_id) ON DELETE CASCADE,
    place          BIGINT           NOT NULL, -- the order of first activation in the guild
    activated_by   BIGINT           NOT NULL,
    activated_at   BIGINT           NOT NULL,
    PRIMARY KEY (guild_id, integration_id),
    UNIQUE (guild_id, place)
);
CREATE INDEX activations_by_integration ON activations (integration_id);

CREATE TABLE activation_secrets (
    guild_id       BIGINT           NOT NULL,
    integration_id TEXT COLLATE "C" NOT NULL,
    place          BIGINT           NOT NULL,
    name           TEXT             NOT NULL,
    sealed         BYTEA            NOT NULL,
    PRIMARY KEY (guild_id, integration_id, place),
    FOREIGN KEY (guild_id, integration_id) REFERENCES activations (guild_id, integration_id) ON DELETE CASCADE
);

-- The last place given in a guild. Its row is the lock under which the limit is counted.
CREATE TABLE activation_counters (
    guild_id   BIGINT NOT NULL PRIMARY KEY,
    last_place BIGINT NOT NULL
);
