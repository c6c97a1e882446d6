// Package usher_test holds the README to what it says about the repository.
package usher_test

import (
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// unmapped are folders that a reader of the map does not miss.
var unmapped = regexp.MustCompile(`^(\..*|bin|dist|tmp|node_modules)$`)

// mapped matches a row of the map: a folder in code marks, a slash at its end.
var mapped = regexp.MustCompile("(?m)^\\| `([a-z0-9/]+)/` \\|")

// command matches a block of shell commands.
var command = regexp.MustCompile("(?s)```sh\n(.*?)```")

func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// folders lists the folders in parent that a clone of the repository has: an
// empty one is not in git.
func folders(t *testing.T, parent string) []string {
	t.Helper()
	entries, err := os.ReadDir(parent)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		name := path.Join(parent, entry.Name())
		if !entry.IsDir() || unmapped.MatchString(entry.Name()) {
			continue
		}
		if content, err := os.ReadDir(name); err != nil || len(content) == 0 {
			continue
		}
		names = append(names, name)
	}
	return names
}

func TestReadmeMapsTheFolders(t *testing.T) {
	t.Parallel()
	var got []string
	for _, row := range mapped.FindAllStringSubmatch(read(t, "README.md"), -1) {
		got = append(got, row[1])
	}
	// The house is mapped room by room.
	want := slices.DeleteFunc(folders(t, "."), func(name string) bool { return name == "internal" })
	want = append(want, folders(t, "internal")...)
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the map in README.md (+) and the folders (-) differ:\n%s", diff)
	}
}

func TestReadmeCommandsAreTargets(t *testing.T) {
	t.Parallel()
	var got []string
	for _, block := range command.FindAllStringSubmatch(read(t, "README.md"), -1) {
		got = append(got, strings.Split(strings.TrimSpace(block[1]), "\n")...)
	}
	if diff := cmp.Diff([]string{"make demo", "make test"}, got); diff != "" {
		t.Errorf("commands in README.md (-want +got):\n%s", diff)
	}
	makefile := read(t, "Makefile")
	for _, line := range got {
		target := strings.TrimPrefix(line, "make ")
		if !regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(target) + `:`).MatchString(makefile) {
			t.Errorf("README.md says %q, but the Makefile has no target %s", line, target)
		}
	}
}

// A link to a file that has moved is worse than none.
func TestDocumentsLinkToFilesThatExist(t *testing.T) {
	t.Parallel()
	documents := []string{"README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "docs/architecture.md"}
	link := regexp.MustCompile(`\]\(([^)#]+)`)
	for _, document := range documents {
		for _, target := range link.FindAllStringSubmatch(read(t, document), -1) {
			if strings.Contains(target[1], "://") {
				continue
			}
			if _, err := os.Stat(path.Join(path.Dir(document), target[1])); err != nil {
				t.Errorf("%s links to %s: %v", document, target[1], err)
			}
		}
	}
}
