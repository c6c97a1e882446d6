// Package nodetest runs the JavaScript twins of the example servers in tests. It knows nothing of what they answer.
package nodetest

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// Start runs node on script with the given environment and PORT=0, and gives the address it printed, such as http://127.0.0.1:40123. The
// server ends with the test. Without node the test is skipped; under CI its absence fails.
func Start(t *testing.T, script string, env ...string) string {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("node is missing: the JavaScript examples cannot be tested")
		}
		t.Skip("node is missing: the JavaScript example is NOT tested")
	}
	cmd := exec.CommandContext(t.Context(), node, script)
	cmd.Env = append(append(os.Environ(), "PORT=0"), env...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Wait() }) // the test's context has killed it
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the server printed no address: %v", err)
	}
	_, address, found := strings.Cut(line, "http://")
	if !found {
		t.Fatalf("no address in %q", line)
	}
	host, _, _ := strings.Cut(address, "/")
	return "http://" + host
}
