-- +goose Up
-- Who gave the live values of a ticket's welcome message, and what. An integration can be deleted while its tickets stay, so source refers
-- to nothing.
CREATE TABLE ticket_contacts (
    guild_id BIGINT NOT NULL,
    number   BIGINT NOT NULL,
    place    BIGINT NOT NULL, -- 1, 2, 3… in its ticket
    source   TEXT COLLATE "C" NOT NULL,
    name     TEXT    NOT NULL,
    built_in BOOLEAN NOT NULL,
    pending  BOOLEAN NOT NULL,
    class    TEXT    NOT NULL, -- empty: it answered
    cached   BOOLEAN NOT NULL,
    at       BIGINT NOT NULL,
    took     BIGINT NOT NULL, -- milliseconds
    given    TEXT    NOT NULL, -- JSON: placeholders and their values
    PRIMARY KEY (guild_id, number, place),
    FOREIGN KEY (guild_id, number) REFERENCES tickets (guild_id, number) ON DELETE CASCADE
);
-- Which of a person's API keys made a change, as it was called then; '': none.
ALTER TABLE audit_entries ADD COLUMN key_name TEXT NOT NULL DEFAULT '';
