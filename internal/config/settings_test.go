package config_test

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/config"
	"usher/internal/core/secret"
)

// settings writes a settings file and gives an environment that names it.
func settings(t *testing.T, text string) map[string]string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "usher.env")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return map[string]string{"USHER_SETTINGS_FILE": path}
}

func TestEnvironmentHoldsBeforeTheSettingsFile(t *testing.T) {
	environment := settings(t, "# a remark\n\nDISCORD_TOKEN = aa.bb.cc\r\nUSHER_LISTEN=127.0.0.1:9000\nUSHER_LOG_LEVEL=debug\nUSHER_GRACE=\n")
	environment["USHER_LISTEN"], environment["USHER_LOG_LEVEL"] = "127.0.0.1:9001", "" // an empty one is not set
	s, err := config.SettingsFrom(environment)
	if err != nil {
		t.Fatal(err)
	}
	if s.Config.Discord.Token != "aa.bb.cc" || s.Config.Listen != "127.0.0.1:9001" || s.Config.Log.Level != "debug" || s.Config.Grace.String() != "1s" {
		t.Errorf("%+v", s.Config)
	}
	want := map[string]config.Source{"DISCORD_TOKEN": config.FromFile, "USHER_LISTEN": config.FromEnvironment, "USHER_LOG_LEVEL": config.FromFile}
	if diff := cmp.Diff(want, s.From); diff != "" {
		t.Error(diff)
	}
}

func TestOneWayToGiveASecretDoesNotMeetTheOther(t *testing.T) {
	environment := settings(t, "DISCORD_TOKEN=aa.bb.cc\n")
	environment["DISCORD_TOKEN_FILE"] = "elsewhere"
	s, err := config.SettingsFrom(environment)
	if err != nil || s.Config.Discord.Token != "" || s.Config.Discord.TokenFile != "elsewhere" {
		t.Errorf("a file of the environment: %v, %+v", err, s.Config.Discord)
	}
	environment = settings(t, "DISCORD_TOKEN_FILE=elsewhere\n")
	environment["DISCORD_TOKEN"] = "aa.bb.cc"
	s, err = config.SettingsFrom(environment)
	if err != nil || s.Config.Discord.Token != "aa.bb.cc" || s.Config.Discord.TokenFile != "" {
		t.Errorf("a token of the environment: %v, %+v", err, s.Config.Discord)
	}
}

func TestSettingsFileStandsBesideTheKeys(t *testing.T) {
	dir := t.TempDir()
	for want, environment := range map[string]map[string]string{
		filepath.Join("data", "usher.env"): nil,
		filepath.Join(dir, "usher.env"):    {"USHER_KEYS_FILE": filepath.Join(dir, "k")},
		filepath.Join(dir, "other"):        {"USHER_KEYS_FILE": "k", "USHER_SETTINGS_FILE": filepath.Join(dir, "other")},
	} {
		if s, err := config.SettingsFrom(environment); err != nil || s.File != want {
			t.Errorf("got %s (%v), want %s", s.File, err, want)
		}
	}
}

func TestWrongSettingsFileIsToldWithoutItsValues(t *testing.T) {
	for says, text := range map[string]string{
		"line 2: it is not NAME=value":                   "\nsesame\n",
		"line 1: it is not NAME=value":                   "sesame open=1",
		"line 1: there is no setting DISCORD_TOKENS":     "DISCORD_TOKENS=sesame",
		"there is no setting USHER_SETTINGS_FILE":        "USHER_SETTINGS_FILE=sesame",
		"line 2: USHER_LISTEN is set twice":              "USHER_LISTEN=sesame\nUSHER_LISTEN=sesame",
		"USHER_LOG_LEVEL must be":                        "USHER_LOG_LEVEL=sesame",
		"has more than 65536 bytes":                      strings.Repeat("# sesame\n", 10_000),
		"USHER_EGRESS_ALLOW_NETWORKS cannot be read: it": "USHER_EGRESS_ALLOW_NETWORKS=sesame",
	} {
		_, err := config.SettingsFrom(settings(t, text))
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "sesame") {
			t.Errorf("want %q: %v", says, err)
		}
	}
	if _, err := config.SettingsFrom(map[string]string{"USHER_SETTINGS_FILE": t.TempDir()}); err == nil || !strings.Contains(err.Error(), "is not a file") && !strings.Contains(err.Error(), "chmod") {
		t.Errorf("a folder: %v", err)
	}
}

func TestSettingsFileThatOthersMayReadIsRefused(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no file modes by which others may read")
	}
	environment := settings(t, "DISCORD_TOKEN=aa.bb.cc\n")
	if err := os.Chmod(environment["USHER_SETTINGS_FILE"], 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := config.SettingsFrom(environment); err == nil || !strings.Contains(err.Error(), "chmod 600 "+environment["USHER_SETTINGS_FILE"]) {
		t.Errorf("got %v", err)
	}
}

func TestWrittenSettingsAreReadAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "usher.env")
	if err := config.ProbeSettings(path); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a probe left a file")
	}
	first := map[string]secret.Value{"DISCORD_TOKEN": secret.New("aa.bb=.cc"), "USHER_LISTEN": secret.New("127.0.0.1:1")}
	if err := config.WriteSettings(path, first); err != nil {
		t.Fatal(err)
	}
	if err := config.WriteSettings(path, map[string]secret.Value{"DISCORD_TOKEN": secret.New("dd.ee.ff")}); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	s, err := config.SettingsFrom(map[string]string{"USHER_SETTINGS_FILE": path})
	if err != nil || s.Config.Discord.Token != "dd.ee.ff" || s.Config.Listen != "127.0.0.1:1" {
		t.Errorf("%v: %+v", err, s.Config)
	}
	text, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(text), "# Settings of Usher") || strings.Contains(string(text), "aa.bb") {
		t.Errorf("%v:\n%s", err, text)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("left in the folder: %v, %v", left, err)
	}
}

func TestSettingsThatAreNoLineAreNotWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "usher.env")
	for name, value := range map[string]string{"DISCORD_TOKEN": "sesame\nUSHER_OPERATORS=1", "USHER_LISTEN": " sesame", "lower": "sesame", "A=B": "sesame"} {
		err := config.WriteSettings(path, map[string]secret.Value{name: secret.New(value)})
		if err == nil || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%q: %v", name, err)
		}
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("half a file was written")
	}
}

func TestUnwritableFolderIsToldBeforehand(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	err := config.ProbeSettings(filepath.Join(file, "usher.env"))
	if err == nil || !strings.Contains(err.Error(), "USHER_SETTINGS_FILE") {
		t.Errorf("got %v", err)
	}
}

func TestEveryVariableIsDocumented(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "operating.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(config.Variables(), "USHER_SETTINGS_FILE", "USHER_SETUP_LISTEN") {
		if !strings.Contains(string(text), "`"+name+"`") {
			t.Errorf("docs/operating.md does not name %s", name)
		}
	}
	names := config.Variables()
	if sorted := slices.Compact(slices.Sorted(slices.Values(names))); len(names) < 20 || len(sorted) != len(names) {
		t.Errorf("variables: %v", names)
	}
}
