package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReport(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, in, want string
		well           bool
	}{
		{
			name: "a parent is not counted beside its subtests",
			in: `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"run","Package":"p","Test":"TestA/one"}
{"Action":"run","Package":"p","Test":"TestA/two"}
{"Action":"output","Package":"p","Test":"TestA/one","Output":"noise\n"}
{"Action":"pass","Package":"p","Test":"TestA/one"}
{"Action":"pass","Package":"p","Test":"TestA/two"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p","Elapsed":1.25}
`,
			want: "ok   p                                                2 tests     1.2 s\n2 passed, 0 failed, 0 skipped in 1 packages\n",
			well: true,
		},
		{
			name: "a failing test says all it has",
			in: `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestA","Output":"want 1\n"}
{"Action":"fail","Package":"p","Test":"TestA"}
{"Action":"fail","Package":"p"}
`,
			want: "want 1\nFAIL p\n0 passed, 1 failed, 0 skipped in 1 packages, 1 of which failed\n",
		},
		{
			name: "a failure is counted once",
			in: `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"run","Package":"p","Test":"TestA/one"}
{"Action":"fail","Package":"p","Test":"TestA/one"}
{"Action":"fail","Package":"p","Test":"TestA"}
{"Action":"run","Package":"p","Test":"TestB"}
{"Action":"run","Package":"p","Test":"TestB/one"}
{"Action":"pass","Package":"p","Test":"TestB/one"}
{"Action":"fail","Package":"p","Test":"TestB"}
{"Action":"fail","Package":"p"}
`,
			want: "FAIL p\n1 passed, 2 failed, 0 skipped in 1 packages, 1 of which failed\n",
		},
		{
			name: "a skipped test says why",
			in: `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestA","Output":"=== RUN   TestA\n"}
{"Action":"output","Package":"p","Test":"TestA","Output":"no PostgreSQL\n"}
{"Action":"skip","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p"}
`,
			want: "no PostgreSQL\nok   p                                                1 tests     0.0 s\n0 passed, 0 failed, 1 skipped in 1 packages\n",
			well: true,
		},
		{
			name: "a build that fails counts as a failed package",
			in: `{"ImportPath":"p","Action":"build-output","Output":"p/a.go:1: syntax error\n"}
{"ImportPath":"p","Action":"build-fail"}
{"Action":"output","Package":"p","Output":"FAIL\tp [build failed]\n"}
{"Action":"fail","Package":"p"}
`,
			want: "p/a.go:1: syntax error\nFAIL\tp [build failed]\nFAIL p\n0 passed, 0 failed, 0 skipped in 1 packages, 1 of which failed\n",
		},
		{
			name: "a test that a crash cut off is shown",
			in: `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestA","Output":"panic: boom\n"}
{"Action":"fail","Package":"p"}
`,
			want: "panic: boom\nFAIL p\n0 passed, 0 failed, 0 skipped in 1 packages, 1 of which failed\n",
		},
		{
			name: "a timeout is shown although go test ascribes it to a test that passed",
			in: `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"run","Package":"p","Test":"TestB"}
{"Action":"output","Package":"p","Test":"TestB","Output":"panic: test timed out\n"}
{"Action":"pass","Package":"p","Test":"TestB"}
{"Action":"fail","Package":"p"}
`,
			want: "panic: test timed out\nFAIL p\n1 passed, 0 failed, 0 skipped in 1 packages, 1 of which failed\n",
		},
		{
			name: "what passing tests said is not shown beside one that failed",
			in: `{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestA","Output":"noise\n"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"run","Package":"p","Test":"TestB"}
{"Action":"output","Package":"p","Test":"TestB","Output":"want 1\n"}
{"Action":"fail","Package":"p","Test":"TestB"}
{"Action":"fail","Package":"p"}
`,
			want: "want 1\nFAIL p\n1 passed, 1 failed, 0 skipped in 1 packages, 1 of which failed\n",
		},
		{
			name: "nothing tested is not well",
			in:   "go: cannot find main module\n",
			want: "go: cannot find main module\n0 passed, 0 failed, 0 skipped in 0 packages\nno package was tested\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			r := newReport(&out)
			if err := r.read(strings.NewReader(tt.in)); err != nil {
				t.Fatal(err)
			}
			if well := r.finish(); well != tt.well {
				t.Errorf("finish = %v, want %v", well, tt.well)
			}
			if diff := cmp.Diff(tt.want, out.String()); diff != "" {
				t.Errorf("printed (-want +got):\n%s", diff)
			}
		})
	}
}
