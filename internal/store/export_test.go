package store

import "database/sql"

// Tables gives tests a look at the tables behind the ports.
func (db *DB) Tables() *sql.DB { return db.writer }
