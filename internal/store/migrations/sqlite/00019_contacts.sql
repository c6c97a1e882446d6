-- +goose Up
-- Who gave the live values of a ticket's welcome message, and what. An integration can be deleted while its tickets stay, so source refers
-- to nothing.
CREATE TABLE ticket_contacts (
    guild_id INTEGER NOT NULL,
    number   INTEGER NOT NULL,
    place    INTEGER NOT NULL, -- 1, 2, 3… in its ticket
    source   TEXT    NOT NULL,
    name     TEXT    NOT NULL,
    built_in INTEGER NOT NULL,
    pending  INTEGER NOT NULL,
    class    TEXT    NOT NULL, -- empty: it answered
    cached   INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    took     INTEGER NOT NULL, -- milliseconds
    given    TEXT    NOT NULL, -- JSON: placeholders and their values
    PRIMARY KEY (guild_id, number, place),
    FOREIGN KEY (guild_id, number) REFERENCES tickets (guild_id, number) ON DELETE CASCADE
) STRICT;
-- Which of a person's API keys made a change, as it was called then; '': none.
ALTER TABLE audit_entries ADD COLUMN key_name TEXT NOT NULL DEFAULT '';
