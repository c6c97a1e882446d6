-- +goose Up
-- Who changed what. guild_id 0: not about one guild.
CREATE TABLE audit_entries (
    guild_id  INTEGER NOT NULL,
    entry_id  INTEGER NOT NULL, -- 1, 2, 3… in its guild
    user_id   INTEGER NOT NULL,
    via       TEXT NOT NULL,
    at        INTEGER NOT NULL,
    action    TEXT NOT NULL,
    target    TEXT NOT NULL,
    name      TEXT NOT NULL,
    detail    TEXT NOT NULL, -- JSON
    PRIMARY KEY (guild_id, entry_id)
) STRICT;

-- The last entry's id in a guild. Its row serialises the guild's entries.
CREATE TABLE audit_counters (
    guild_id   INTEGER NOT NULL PRIMARY KEY,
    last_entry INTEGER NOT NULL
) STRICT;
