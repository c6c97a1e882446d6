-- +goose Up
-- One browser that somebody signed in with.
CREATE TABLE sessions (
    session_id TEXT NOT NULL PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE, -- SHA-256 in hexadecimal; the token itself is nowhere here
    user_id    INTEGER NOT NULL,
    name       TEXT NOT NULL,
    shown      TEXT NOT NULL,
    avatar     TEXT NOT NULL,
    agent      TEXT NOT NULL,
    discord    BLOB NOT NULL, -- Discord's grant, sealed
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- A person's keys for programs.
CREATE TABLE api_keys (
    key_id     TEXT NOT NULL PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE, -- SHA-256 in hexadecimal
    user_id    INTEGER NOT NULL,
    name       TEXT NOT NULL,
    scopes     TEXT NOT NULL, -- JSON
    guild_id   INTEGER NOT NULL, -- 0: all servers of the person
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER NOT NULL -- 0: never
) STRICT;
CREATE INDEX api_keys_by_user ON api_keys (user_id);
