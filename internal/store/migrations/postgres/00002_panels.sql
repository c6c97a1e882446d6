-- +goose Up
CREATE TABLE panels (
    guild_id    BIGINT           NOT NULL,
    panel_id    TEXT COLLATE "C" NOT NULL,
    name        TEXT             NOT NULL,
    name_folded TEXT COLLATE "C" NOT NULL, -- the name without regard to case, written by the program
    post        TEXT             NOT NULL, -- JSON
    button      TEXT             NOT NULL, -- JSON
    welcome     TEXT             NOT NULL, -- JSON
    category_id BIGINT           NOT NULL,
    staff_roles TEXT             NOT NULL, -- JSON
    max_open    BIGINT           NOT NULL,
    channel_id  BIGINT           NOT NULL,
    message_id  BIGINT           NOT NULL,
    PRIMARY KEY (guild_id, panel_id),
    UNIQUE (guild_id, name_folded)
);
