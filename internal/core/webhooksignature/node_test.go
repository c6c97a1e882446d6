package webhooksignature_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestI13StandardWebhooksInJavaScriptAgrees has npm's standardwebhooks judge the same cases. Without Node or the module it is skipped, in
// CI it fails.
func TestI13StandardWebhooksInJavaScriptAgrees(t *testing.T) {
	node, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat(filepath.Join("..", "..", "..", "node_modules", "standardwebhooks"))
	}
	if err != nil && os.Getenv("CI") != "true" {
		t.Skipf("THE JAVASCRIPT LIBRARY DID NOT JUDGE: install Node and run npm ci at the root (%v)", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	all := cases(t)
	messages := make([]message, len(all))
	for i, c := range all {
		messages[i] = c.message
	}
	input, err := json.Marshal(messages)
	if err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	script := exec.CommandContext(t.Context(), node, filepath.Join("testdata", "verify.mjs"))
	script.Stdin, script.Stderr = bytes.NewReader(input), &errs
	output, err := script.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, errs.String())
	}
	var verdicts []string
	if err := json.Unmarshal(output, &verdicts); err != nil || len(verdicts) != len(all) {
		t.Fatalf("%d verdicts, %v: %s", len(verdicts), err, output)
	}
	for i, c := range all {
		if (verdicts[i] == "valid") != c.valid {
			t.Errorf("%s: %s", c.name, verdicts[i])
		}
	}
}
