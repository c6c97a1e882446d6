package openapi

import (
	"os"
	"path/filepath"
	"testing"
)

// discordSpec loads Discord's description from USHER_DISCORD_OPENAPI, or from
// beside the repository. Without it the test is skipped, but fails under CI.
func discordSpec(tb testing.TB) *Judge {
	tb.Helper()
	path := os.Getenv("USHER_DISCORD_OPENAPI")
	if path == "" {
		path = filepath.Join(repositoryRoot(tb), "..", "shared", "discord", "openapi.json")
	}
	spec, err := os.ReadFile(path)
	if err != nil {
		const hint = "NOT CHECKED against Discord's description: %v; set USHER_DISCORD_OPENAPI to an openapi.json of discord-api-spec"
		if os.Getenv("CI") == "true" {
			tb.Fatalf(hint, err)
		}
		tb.Skipf(hint, err)
	}
	j, err := Load(spec)
	if err != nil {
		tb.Fatal(err)
	}
	return j
}

// repositoryRoot is the folder of go.mod.
func repositoryRoot(tb testing.TB) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			tb.Fatal("no go.mod above the test")
		}
		dir = parent
	}
}
