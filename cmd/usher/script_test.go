package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScripts tells what each command says when it is used wrongly: one sentence on standard error, exit code 1.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			bin := filepath.Join(e.WorkDir, "bin")
			if err := os.MkdirAll(bin, 0o700); err != nil {
				return err
			}
			program := fmt.Sprintf("#!/bin/sh\n%s=1 exec %q \"$@\"\n", asUsher, os.Args[0])
			e.Setenv("PATH", bin+":"+e.Getenv("PATH"))
			e.Setenv("DISCORD_API_URL", "http://127.0.0.1:9") // never the real one
			return os.WriteFile(filepath.Join(bin, "usher"), []byte(program), 0o700)
		},
	})
}
