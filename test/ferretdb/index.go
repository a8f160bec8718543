package main

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // FerretDB's own driver
)

// FerretDB 1.24 keeps an index of _ferretdb_sjson->"_id", but asks for _ferretdb_sjson->'$._id'. SQLite takes that for another expression and reads
// the whole collection for each document. asked is an index of what is asked for.
const asked = `CREATE INDEX IF NOT EXISTS "%[1]s__asked" ON "%[1]s" (_ferretdb_sjson->'$._id')`

// unindexed are the collections' tables without it.
const unindexed = `SELECT name FROM sqlite_master t WHERE type = 'table' AND name NOT LIKE '\_ferretdb%' ESCAPE '\' AND name NOT LIKE 'sqlite%'
	AND NOT EXISTS (SELECT 1 FROM sqlite_master i WHERE i.type = 'index' AND i.name = t.name || '__asked')`

// look is how often new collections are looked for.
const look = 100 * time.Millisecond

// file is a database that is open.
type file struct {
	*sql.DB
	is      fs.FileInfo
	version int // of its schema, when it was last looked at
}

// indexAll gives every collection of a folder's databases its index, until ctx ends. One that is busy has it a little later.
func indexAll(ctx context.Context, folder string) {
	open := map[string]*file{}
	defer func() {
		for _, f := range open {
			f.Close()
		}
	}()
	for tick := time.NewTicker(look); ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		paths, _ := filepath.Glob(filepath.Join(folder, "*.sqlite")) // the pattern is right
		for _, path := range paths {
			is, err := os.Stat(path)
			if err != nil {
				continue
			}
			if f := open[path]; f != nil && !os.SameFile(f.is, is) { // dropped, and made anew
				f.Close()
				delete(open, path)
			}
			if open[path] == nil {
				db, err := sql.Open("sqlite", "file:"+path+"?mode=rw&_pragma=busy_timeout(10000)")
				if err != nil {
					continue
				}
				open[path] = &file{DB: db, is: is}
			}
			if err := open[path].index(ctx); err != nil && ctx.Err() == nil {
				fmt.Fprintln(os.Stderr, "ferretdb:", path, err)
			}
		}
	}
}

// index makes what is missing, if the schema has changed.
func (f *file) index(ctx context.Context) error {
	var version int
	if err := f.QueryRowContext(ctx, "PRAGMA schema_version").Scan(&version); err != nil || version == f.version {
		return err
	}
	rows, err := f.QueryContext(ctx, unindexed)
	if err != nil {
		return err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, name := range names {
		if _, err := f.ExecContext(ctx, fmt.Sprintf(asked, name)); err != nil {
			return err
		}
	}
	if len(names) == 0 {
		f.version = version
	}
	return nil
}
