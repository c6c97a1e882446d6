-- +goose Up
-- The questions that a panel asks. What is asked stands in the revisions, so that answers to an older one can still be read.
CREATE TABLE forms (
    guild_id    BIGINT           NOT NULL,
    form_id     TEXT COLLATE "C" NOT NULL,
    name        TEXT             NOT NULL,
    name_folded TEXT COLLATE "C" NOT NULL, -- the name without regard to case, written by the program
    revision    BIGINT           NOT NULL, -- the newest
    PRIMARY KEY (guild_id, form_id),
    UNIQUE (guild_id, name_folded)
);
CREATE TABLE form_revisions (
    guild_id  BIGINT           NOT NULL,
    form_id   TEXT COLLATE "C" NOT NULL,
    revision  BIGINT           NOT NULL, -- 1, 2, 3… of the form
    title     TEXT             NOT NULL,
    questions TEXT             NOT NULL, -- JSON
    PRIMARY KEY (guild_id, form_id, revision),
    FOREIGN KEY (guild_id, form_id) REFERENCES forms (guild_id, form_id) ON DELETE CASCADE
);
ALTER TABLE panels ADD COLUMN form_id TEXT COLLATE "C" NOT NULL DEFAULT ''; -- '': none
ALTER TABLE tickets ADD COLUMN answers TEXT NOT NULL DEFAULT '[]'; -- JSON
