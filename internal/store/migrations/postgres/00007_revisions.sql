-- +goose Up
-- What an integration requests has revisions; what was there is revision 1. Header values of those that nobody needs are emptied.
CREATE TABLE integration_revisions (
    integration_id TEXT COLLATE "C" NOT NULL REFERENCES integrations (integration_id) ON DELETE CASCADE,
    revision       BIGINT NOT NULL, -- 1, 2, 3… in its integration
    method         TEXT NOT NULL,
    url            TEXT NOT NULL,
    validation     TEXT NOT NULL,
    secrets        TEXT NOT NULL, -- JSON: names and descriptions, no values
    state          TEXT COLLATE "C" NOT NULL CHECK (state IN ('draft', 'pending', 'approved', 'rejected', 'superseded')),
    made_by        BIGINT NOT NULL,
    made_at        BIGINT NOT NULL,
    asked_at       BIGINT NOT NULL,
    decided_at     BIGINT NOT NULL,
    decided_by     BIGINT NOT NULL,
    reason         TEXT NOT NULL,
    PRIMARY KEY (integration_id, revision)
);
CREATE INDEX revisions_pending ON integration_revisions (asked_at, integration_id) WHERE state = 'pending';
INSERT INTO integration_revisions
SELECT r.integration_id, 1, r.method, r.url, '', r.secrets, CASE WHEN i.public THEN 'approved' ELSE 'draft' END, i.owner_id, i.created_at, 0, 0, 0, ''
FROM integration_requests r JOIN integrations i ON i.integration_id = r.integration_id;

CREATE TABLE revision_headers (
    integration_id TEXT COLLATE "C" NOT NULL,
    revision       BIGINT NOT NULL,
    place          BIGINT NOT NULL,
    name           TEXT NOT NULL,
    sealed         BYTEA NOT NULL,
    PRIMARY KEY (integration_id, revision, place),
    FOREIGN KEY (integration_id, revision) REFERENCES integration_revisions (integration_id, revision) ON DELETE CASCADE
);
INSERT INTO revision_headers SELECT integration_id, 1, place, name, sealed FROM integration_headers;

DROP TABLE integration_headers;
DROP TABLE integration_requests;

ALTER TABLE integrations ADD COLUMN version BIGINT NOT NULL DEFAULT 1; -- counts changes
ALTER TABLE integrations ADD COLUMN newest BIGINT NOT NULL DEFAULT 1;  -- revision that its author edits
ALTER TABLE integrations ADD COLUMN live BIGINT NOT NULL DEFAULT 1;    -- revision that new activations get
ALTER TABLE activations ADD COLUMN revision BIGINT NOT NULL DEFAULT 1; -- the one that the guild uses
ALTER TABLE activations ADD COLUMN version BIGINT NOT NULL DEFAULT 1;  -- counts changes
