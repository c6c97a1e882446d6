// Package web carries the built dashboard inside the program.
//
// The pages are built by `npm run build` into the folder build; Go builds without them, too, because the folder always holds at least
// a placeholder. The package must never know more than where the files are.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:build
var files embed.FS

// Assets returns the built dashboard, rooted at its index.html, each file beside its compressed forms (.br, .gz). The second result is
// false where the program was compiled before the dashboard was built: then there is nothing to serve but a hint to build it.
func Assets() (fs.FS, bool) {
	built, err := fs.Sub(files, "build")
	if err != nil {
		return nil, false
	}
	if _, err := fs.Stat(built, "index.html"); err != nil {
		return built, false
	}
	return built, true
}
