package store

import "database/sql"

// Tables gives tests a look at the tables behind the ports.
func (db *DB) Tables() *sql.DB { return db.writer }

// SealedColumns lists the columns that a rotation of keys knows.
func SealedColumns() (columns []string) {
	for _, p := range sealedPlaces() {
		columns = append(columns, p.table+"."+p.column)
	}
	return columns
}
