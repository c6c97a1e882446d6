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
	o, err := parse([]string{"-shards", "1, 4", "-flight", "2", "-time", "5ms", "-sandbox", "x/y"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{1, 4}, o.shards); diff != "" || o.flight[0] != 2 || o.seconds != 5*time.Millisecond || !filepath.IsAbs(o.sandbox) {
		t.Errorf("%+v %s", o, diff)
	}
}

func TestWrongFlagsAreNamed(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		`-shards: "0" is no number from 1 to 64`:   {"-shards", "0"},
		`-flight: "x" is no number from 1 to 1024`: {"-flight", "1,x"},
		"-flight: 8 is there twice":                {"-flight", "8,8"},
		"-guilds: 0 is not from 1":                 {"-guilds", "0"},
		"-starts: 101 is not from 1 to 100":        {"-starts", "101"},
		"-time: 1m0s is not from":                  {"-time", "1m"},
		"-timeout: 0s is no time":                  {"-timeout", "0"},
		`it takes flags only, not "serve"`:         {"serve"},
	} {
		if _, err := parse(args, io.Discard); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %q", args, err, want)
		}
	}
}
