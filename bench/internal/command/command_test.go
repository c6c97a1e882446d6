package command

import (
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

type figures struct{ Number int }

func (f figures) Text(out io.Writer) error {
	_, err := io.WriteString(out, "seven\n")
	return err
}

// TestEnds: what the program answers, says and writes.
func TestEnds(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "figures.json")
	slow := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	for name, c := range map[string]struct {
		parse   error
		timeout time.Duration
		file    string
		measure func(context.Context) error
		code    int
		says    string
	}{
		"all is well":  {timeout: time.Minute, file: file},
		"help":         {parse: flag.ErrHelp},
		"a wrong flag": {parse: errors.New("-n: 0"), code: 2, says: "bench/x: -n: 0"},
		"a failure":    {timeout: time.Minute, measure: func(context.Context) error { return errors.New("it broke") }, code: 1, says: "bench/x: it broke"},
		"out of time":  {timeout: time.Millisecond, measure: slow, code: 1, says: "not done after 1ms"},
		"no such file": {timeout: time.Minute, file: filepath.Join(t.TempDir(), "a", "b"), code: 1, says: "-json: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out, errs strings.Builder
			code := Command[string]{
				Name:  "bench/x",
				Parse: func([]string, io.Writer) (string, error) { return c.file, c.parse },
				Ends:  func(file string) (time.Duration, string) { return c.timeout, file },
				Measure: func(ctx context.Context, _ string, _ []string, _ io.Writer) (Report, error) {
					if c.measure != nil {
						return nil, c.measure(ctx)
					}
					return figures{7}, nil
				},
			}.Run(nil, &out, &errs)
			if code != c.code || !strings.Contains(errs.String(), c.says) || c.says == "" && errs.Len() > 0 {
				t.Errorf("code %d, %q; want %d, %q", code, errs.String(), c.code, c.says)
			}
			if c.file == file {
				text, err := os.ReadFile(file)
				if err != nil || string(text) != "{\n  \"Number\": 7\n}\n" || out.String() != "seven\n" {
					t.Errorf("wrote %q and %q, %v", out.String(), text, err)
				}
			}
		})
	}
}
