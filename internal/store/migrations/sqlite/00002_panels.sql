-- +goose Up
CREATE TABLE panels (
    guild_id    INTEGER NOT NULL,
    panel_id    TEXT NOT NULL,
    name        TEXT NOT NULL,
    name_folded TEXT NOT NULL, -- the name without regard to case, written by the program
    post        TEXT NOT NULL, -- JSON
    button      TEXT NOT NULL, -- JSON
    welcome     TEXT NOT NULL, -- JSON
    category_id INTEGER NOT NULL,
    staff_roles TEXT NOT NULL, -- JSON
    max_open    INTEGER NOT NULL,
    channel_id  INTEGER NOT NULL,
    message_id  INTEGER NOT NULL,
    PRIMARY KEY (guild_id, panel_id),
    UNIQUE (guild_id, name_folded)
) STRICT;
