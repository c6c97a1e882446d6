package main

import (
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestFlagsAreRead(t *testing.T) {
	t.Parallel()
	o, err := parse([]string{"-n", "3", "-burst", "2", "-delays", "0, 5ms", "-usher", "x/usher"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]time.Duration{0, 5 * time.Millisecond}, o.delays); diff != "" || o.presses != 3 || o.burst != 2 {
		t.Errorf("%+v %s", o, diff)
	}
	if !filepath.IsAbs(o.usher) || !filepath.IsAbs(o.sandbox) {
		t.Error("programs run in another folder, and their paths are relative")
	}
}

func TestWrongFlagsAreNamed(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		"-n: 0 is not from 1":              {"-n", "0"},
		"-burst: 51 is not from 1 to 50":   {"-burst", "51"},
		`-delays: "100" is no time`:        {"-delays", "0,100"},
		`-delays: "2s" is no time from 0`:  {"-delays", "2s"},
		"-delays: 5ms is there twice":      {"-delays", "5ms,5ms"},
		"-lookup: 9s is not from 0 to 4s":  {"-lookup", "9s"},
		"-timeout: 0s is no time":          {"-timeout", "0"},
		`it takes flags only, not "serve"`: {"serve"},
	} {
		if _, err := parse(args, io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %q", args, err, want)
		}
	}
}

func TestAMissingProgramIsNamedWithWhatToDo(t *testing.T) {
	t.Parallel()
	var errs strings.Builder
	if code := run([]string{"-usher", filepath.Join(t.TempDir(), "usher")}, io.Discard, &errs); code != 1 || !strings.Contains(errs.String(), "make build") {
		t.Errorf("code %d: %s", code, errs.String())
	}
}

func TestAWrongFlagEndsWithTwo(t *testing.T) {
	t.Parallel()
	if code := run([]string{"-burst", "many"}, io.Discard, io.Discard); code != 2 {
		t.Errorf("code %d", code)
	}
}
