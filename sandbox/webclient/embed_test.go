package webclient_test

import (
	"io/fs"
	"strings"
	"testing"

	"usher/sandbox/webclient"
)

// TestAssetsAreWholeOrAbsent holds that a program never serves half a client: either the page and the
// script it names are there, or Assets says that nothing was built.
func TestAssetsAreWholeOrAbsent(t *testing.T) {
	t.Parallel()
	assets, built := webclient.Assets()
	if !built {
		if _, err := fs.Stat(assets, "index.html"); err == nil {
			t.Fatal("Assets says that nothing was built, but there is an index.html")
		}
		return
	}
	page, err := fs.ReadFile(assets, "index.html")
	if err != nil {
		t.Fatalf("reading index.html: %v", err)
	}
	_, rest, found := strings.Cut(string(page), `src="./`)
	if !found {
		t.Fatal("index.html names no script")
	}
	script, _, _ := strings.Cut(rest, `"`)
	if _, err := fs.Stat(assets, script); err != nil {
		t.Errorf("index.html names %s: %v", script, err)
	}
}
