-- +goose Up
-- Who changed what. guild_id 0: not about one guild.
CREATE TABLE audit_entries (
    guild_id  BIGINT NOT NULL,
    entry_id  BIGINT NOT NULL, -- 1, 2, 3… in its guild
    user_id   BIGINT NOT NULL,
    via       TEXT NOT NULL,
    at        BIGINT NOT NULL,
    action    TEXT NOT NULL,
    target    TEXT NOT NULL,
    name      TEXT NOT NULL,
    detail    TEXT NOT NULL, -- JSON
    PRIMARY KEY (guild_id, entry_id)
);

-- The last entry's id in a guild. Its row serialises the guild's entries.
CREATE TABLE audit_counters (
    guild_id   BIGINT NOT NULL PRIMARY KEY,
    last_entry BIGINT NOT NULL
);
