package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"usher/internal/config"
)

func TestBloxlinkKey(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "key")
	empty := filepath.Join(t.TempDir(), "empty")
	for path, text := range map[string]string{file: " from-file\n", empty: "\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for want, b := range map[string]config.Bloxlink{"": {}, "given": {Key: "given\n"}, "from-file": {KeyFile: file}} {
		if got, err := b.APIKey(); err != nil || got.Reveal() != want {
			t.Errorf("%q: %v", want, err)
		}
	}
	for says, b := range map[string]config.Bloxlink{
		"not both": {Key: "sesame", KeyFile: file}, "USHER_BLOXLINK_KEY_FILE: open": {KeyFile: file + "-none"}, "is empty": {KeyFile: empty}, "spaces": {Key: "ses ame"},
	} {
		if _, err := b.APIKey(); err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "ame") && says == "spaces" && strings.Contains(err.Error(), "ses ame") {
			t.Errorf("%s: %v", says, err)
		}
	}
}
