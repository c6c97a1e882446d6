package config

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/caarlos0/env/v11"

	"usher/internal/core/secret"
)

// Source is where a setting came from.
type Source string

// The sources.
const (
	FromEnvironment Source = "environment"
	FromFile        Source = "settings file"
)

// Settings are a configuration and where it came from.
type Settings struct {
	Config Config
	File   string            // the settings file, there or not
	From   map[string]Source // of each variable that is set
}

// fileVariable names the settings file. It stands in the environment alone.
const fileVariable = "USHER_SETTINGS_FILE"

// maxSettings bounds what is read of a settings file, in bytes.
const maxSettings = 64 << 10

// LoadSettings is Load, with where each setting came from. The settings come back with an error too, as far as they could be read.
func LoadSettings() (Settings, error) {
	return SettingsFrom(env.ToMap(os.Environ()))
}

// SettingsFrom is LoadSettings for a given environment. What the environment sets holds; the file fills in the rest.
func SettingsFrom(environment map[string]string) (Settings, error) {
	s := Settings{File: settingsFile(environment), From: map[string]Source{}}
	kept, err := readSettings(s.File)
	if err != nil {
		return s, err
	}
	merged := maps.Clone(environment)
	if merged == nil {
		merged = map[string]string{}
	}
	for _, name := range Variables() {
		switch {
		case environment[name] != "":
			s.From[name] = FromEnvironment
		case kept[name] != "" && environment[other(name)] == "":
			s.From[name], merged[name] = FromFile, kept[name]
		}
	}
	s.Config, err = FromMap(merged)
	s.Config.From, s.Config.File = s.From, s.File
	return s, err
}

// other is the second way to give a setting: a token, or a file that holds it. Where the environment takes one way, the settings file
// does not take the other.
func other(name string) string {
	if plain, ok := strings.CutSuffix(name, "_FILE"); ok {
		return plain
	}
	return name + "_FILE"
}

// Variables lists the names of all settings of `usher serve`, but that of the settings file itself.
func Variables() []string {
	var names []string
	var gather func(reflect.Type)
	gather = func(t reflect.Type) {
		for f := range t.Fields() {
			if name := f.Tag.Get("env"); name != "" {
				names = append(names, name)
			} else if f.Type.Kind() == reflect.Struct {
				gather(f.Type)
			}
		}
	}
	gather(reflect.TypeFor[Config]())
	return names
}

// settingsFile is the file that the environment names, or usher.env beside the file of the keys: what must be kept lies in one folder.
func settingsFile(environment map[string]string) string {
	keys := cmp.Or(environment["USHER_KEYS_FILE"], "data/usher.keys")
	return cmp.Or(environment[fileVariable], filepath.Join(filepath.Dir(keys), "usher.env"))
}

// variable matches the name of a setting.
var variable = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)

// readSettings reads lines of NAME=value; there may be no such file. Nothing of a line but a well-formed name is repeated in an error: it
// may be a secret.
func readSettings(path string) (map[string]string, error) {
	text, err := readOwn(path)
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]string{}, nil
	}
	if err != nil {
		return nil, err
	}
	known, found := Variables(), map[string]string{}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for number := 1; lines.Scan(); number++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		name = strings.TrimSpace(name)
		switch {
		case !ok || !variable.MatchString(name):
			return nil, fmt.Errorf("%s, line %d: it is not NAME=value", path, number)
		case !slices.Contains(known, name):
			return nil, fmt.Errorf("%s, line %d: there is no setting %s, see docs/operating.md", path, number, name)
		case found[name] != "":
			return nil, fmt.Errorf("%s, line %d: %s is set twice", path, number, name)
		}
		found[name] = strings.TrimSpace(value)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("reading the settings file %s: %w", path, err)
	}
	return found, nil
}

// readOwn reads a file that nobody but its owner may read. The error wraps fs.ErrNotExist where there is none.
func readOwn(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading the settings file: %w", err)
	}
	defer func() { _ = file.Close() }() // only read
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading the settings file: %w", err)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s: the settings file %s is not a file", fileVariable, path)
	case info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows":
		return nil, fmt.Errorf("others than its owner may read or write the settings file %s (its mode is %04o): run chmod 600 %s", path, info.Mode().Perm(), path)
	case info.Size() > maxSettings:
		return nil, fmt.Errorf("the settings file %s has more than %d bytes: is it another file?", path, maxSettings)
	}
	text, err := io.ReadAll(io.LimitReader(file, maxSettings))
	if err != nil {
		return nil, fmt.Errorf("reading the settings file: %w", err)
	}
	return text, nil
}

// heading begins a settings file that Usher makes.
const heading = `# Settings of Usher, made by its set-up page. A line is NAME=value; docs/operating.md has all names.
# It holds the bot's token and the client's secret: keep it to its owner (mode 600). What the environment sets holds before it.
`

// WriteSettings puts values into a settings file, in place of those of the same names, and leaves its other lines as they are. The file is
// replaced as a whole, mode 0600; its folder is made. Errors name the file and hold no value.
func WriteSettings(path string, values map[string]secret.Value) error {
	text, err := readOwn(path)
	if errors.Is(err, fs.ErrNotExist) {
		text, err = []byte(heading), nil
	}
	if err != nil {
		return err
	}
	var out strings.Builder
	for line := range strings.Lines(string(text)) {
		name, _, _ := strings.Cut(line, "=")
		if _, replaced := values[strings.TrimSpace(name)]; !replaced {
			out.WriteString(strings.TrimRight(line, "\r\n") + "\n")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		value := values[name].Reveal()
		if !variable.MatchString(name) || strings.ContainsAny(value, "\r\n\x00") || strings.TrimSpace(value) != value {
			return fmt.Errorf("%s cannot be written to a settings file: a value is one line without space around it", name)
		}
		out.WriteString(name + "=" + value + "\n")
	}
	return replace(path, out.String())
}

// ProbeSettings says whether a settings file could be written at path, before anybody is asked for what stands in it.
func ProbeSettings(path string) error {
	draft, err := draftBeside(path)
	if err != nil {
		return err
	}
	return errors.Join(draft.Close(), os.Remove(draft.Name()))
}

func draftBeside(path string) (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("%s: the folder %s cannot be made (%w): make it yourself, writable for this user, or choose another file", fileVariable, filepath.Dir(path), err)
	}
	draft, err := os.CreateTemp(filepath.Dir(path), ".usher-env-*") // mode 0600
	if err != nil {
		return nil, fmt.Errorf("%s: nothing can be written to the folder %s (%w): make it writable for this user, or choose another file", fileVariable, filepath.Dir(path), err)
	}
	return draft, nil
}

// replace writes a file beside path and moves it there, so that a reader sees the old one or the new one, whole.
func replace(path, text string) error {
	draft, err := draftBeside(path)
	if err != nil {
		return err
	}
	_, err = draft.WriteString(text)
	if err = errors.Join(err, draft.Sync(), draft.Close()); err == nil {
		err = os.Rename(draft.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("writing the settings file %s: %w", path, err), os.Remove(draft.Name()))
	}
	return nil
}
