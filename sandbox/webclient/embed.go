// Package webclient carries the built web client of the sandbox inside the program.
//
// The pages are built by `npm run build` into the folder build; Go builds without them, too, because the
// folder always holds at least a placeholder. The package knows nothing of the sandbox's server and must
// never know more than where the files are.
package webclient

import (
	"embed"
	"io/fs"
)

//go:embed all:build
var files embed.FS

// Assets returns the built client, rooted at its index.html. The second result is false where the program
// was compiled before the client was built: then there is nothing to serve but a hint to run `npm run build`.
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
