-- +goose Up
-- The questions that a panel asks. What is asked stands in the revisions, so that answers to an older one can still be read.
CREATE TABLE forms (
    guild_id    INTEGER NOT NULL,
    form_id     TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    name_folded TEXT    NOT NULL, -- the name without regard to case, written by the program
    revision    INTEGER NOT NULL, -- the newest
    PRIMARY KEY (guild_id, form_id),
    UNIQUE (guild_id, name_folded)
) STRICT;
CREATE TABLE form_revisions (
    guild_id  INTEGER NOT NULL,
    form_id   TEXT    NOT NULL,
    revision  INTEGER NOT NULL, -- 1, 2, 3… of the form
    title     TEXT    NOT NULL,
    questions TEXT    NOT NULL, -- JSON
    PRIMARY KEY (guild_id, form_id, revision),
    FOREIGN KEY (guild_id, form_id) REFERENCES forms (guild_id, form_id) ON DELETE CASCADE
) STRICT;
ALTER TABLE panels ADD COLUMN form_id TEXT NOT NULL DEFAULT ''; -- '': none
ALTER TABLE tickets ADD COLUMN answers TEXT NOT NULL DEFAULT '[]'; -- JSON
