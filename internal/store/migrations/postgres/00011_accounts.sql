-- +goose Up
-- One browser that somebody signed in with.
CREATE TABLE sessions (
    session_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    token_hash TEXT COLLATE "C" NOT NULL UNIQUE, -- SHA-256 in hexadecimal; the token itself is nowhere here
    user_id    BIGINT NOT NULL,
    name       TEXT NOT NULL,
    shown      TEXT NOT NULL,
    avatar     TEXT NOT NULL,
    agent      TEXT NOT NULL,
    discord    BYTEA NOT NULL, -- Discord's grant, sealed
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- A person's keys for programs.
CREATE TABLE api_keys (
    key_id     TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    token_hash TEXT COLLATE "C" NOT NULL UNIQUE, -- SHA-256 in hexadecimal
    user_id    BIGINT NOT NULL,
    name       TEXT NOT NULL,
    scopes     TEXT NOT NULL, -- JSON
    guild_id   BIGINT NOT NULL, -- 0: all servers of the person
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL -- 0: never
);
CREATE INDEX api_keys_by_user ON api_keys (user_id);
