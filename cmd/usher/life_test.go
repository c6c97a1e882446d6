package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"usher/sandbox"
)

func TestAWrongTokenIsOneSentence(t *testing.T) {
	st := newStage(t)
	st.env = append(st.env, "DISCORD_TOKEN="+sandbox.BotToken(sandbox.DemoApplicationID, "wrong.sesame"))
	out, err := st.command("serve").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "usher: discord refused the bot token: create a new one") || strings.Contains(string(out), "sesame") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestASecondServerOnOneFileIsRefused(t *testing.T) {
	st := newStage(t)
	st.serve()
	out, err := st.command("serve").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "usher: ") || strings.Count(string(out), "usher: ") != 1 || !strings.Contains(string(out), "usher.sqlite") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestStopFinishesWhatIsUnderWay: a ticket whose channel is being made when SIGTERM comes is opened to the end.
func TestStopFinishesWhatIsUnderWay(t *testing.T) {
	st := newStage(t)
	st.game.set(guideAndOther)
	st.apply(st.setup(st.game.URL + "/other"))
	p := st.serve()
	id, release, err := st.client.Hold(st.ctx, http.MethodPost, routeChannel, false)
	if err != nil {
		t.Fatal(err)
	}
	st.press()
	if err := st.client.WaitHeld(st.ctx, id, 1); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	st.until("the sessions to end", func() bool {
		all, err := st.client.GatewaySessions(st.ctx)
		return err == nil && len(all) == 1 && !all[0].Connected
	})
	if err := release(st.ctx); err != nil {
		t.Fatal(err)
	}
	if err := <-p.exited; err != nil {
		t.Errorf("stopped with %v", err)
	}
	st.opened(whole)
}

func TestReadinessFollowsTheConnection(t *testing.T) {
	st := newStage(t)
	p := st.serve()
	address := field(t, p.log.String(), "health")
	get := func() int {
		r, err := http.NewRequestWithContext(st.ctx, http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		return answer.StatusCode
	}
	if got := get(); got != http.StatusOK {
		t.Errorf("ready: %d", got)
	}
	if err := st.client.DisturbGateway(st.ctx, sandbox.GatewayFault{Do: "silence"}); err != nil {
		t.Fatal(err)
	}
	if err := st.sandbox.Close(st.ctx); err != nil {
		t.Fatal(err)
	}
	st.until("readiness to end", func() bool { return get() == http.StatusServiceUnavailable })
	p.stop()
}

// field reads a text attribute of the last log line that has it.
func field(t *testing.T, log, name string) string {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(log), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		var line map[string]any
		if json.Unmarshal([]byte(lines[i]), &line) == nil {
			if value, ok := line[name].(string); ok {
				return value
			}
		}
	}
	t.Fatalf("no %s in the log:\n%s", name, log)
	return ""
}

// TestApplyChecksAllBeforeItWritesAnything names each wrong field by its path, and leaves the database as it was.
func TestApplyChecksAllBeforeItWritesAnything(t *testing.T) {
	st := newStage(t)
	path := st.setup("http://10.0.0.1/")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	broken := strings.NewReplacer(`"name":"Game"`, `"name":""`, `"path":"online_status"`, `"path":"a..b"`, `"label":"Open a ticket"`, `"label":""`, `"api_key":"sesame-open"`, `"api_key":""`).Replace(string(raw))
	if err := os.WriteFile(path, []byte(broken), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := st.command("apply", path).CombinedOutput()
	if err == nil {
		t.Fatal("a broken file was applied")
	}
	for _, want := range []string{
		"nothing was changed", "integrations[0].name: Give a name", "integrations[0].placeholders[0].path: ", "integrations[0].secret_values.api_key: Give the value",
		"integrations[1].url: The address is not a public one", "panels[0].button.label: ",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	calls, err := st.client.Calls(st.ctx, sandbox.CallFilter{Method: http.MethodPost})
	if err != nil || len(calls) != 0 {
		t.Errorf("something was posted: %+v, %v", calls, err)
	}
	elsewhere := strings.NewReplacer(sandbox.DemoSupportID.String(), "1400000000000009999", `"secret_values":{`, `"secret_values":{"other":"sesame",`).Replace(string(raw))
	if err := os.WriteFile(path, []byte(elsewhere), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err = st.command("apply", path).CombinedOutput()
	for _, want := range []string{"panels[0].channel: There is no such channel in this server", "integrations[0].secret_values.other: The integration declares no secret"} {
		if err == nil || !strings.Contains(string(out), want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	st.apply(st.setup(st.game.URL + "/other"))
	st.apply(st.setup(st.game.URL + "/other")) // again: brought up to date, nothing twice
	all, err := st.ryan.Messages(st.ctx, sandbox.DemoSupportID, 10)
	if err != nil || len(all) != 1 {
		t.Errorf("%d panel messages, %v", len(all), err)
	}
}

// TestSecretsAreNowhereInClear looks for the guild's secret in everything the process left behind.
func TestSecretsAreNowhereInClear(t *testing.T) {
	st := newStage(t)
	st.game.set(guideAndOther)
	st.apply(st.setup(st.game.URL + "/other"))
	p := st.serve()
	st.press()
	st.opened(whole)
	p.stop()
	files, err := filepath.Glob(filepath.Join(st.dir, "usher*"))
	if err != nil || len(files) < 2 {
		t.Fatalf("files %v, %v", files, err)
	}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(raw), "sesame-open") {
			t.Errorf("the secret lies in clear in %s", filepath.Base(f))
		}
	}
	if strings.Contains(p.log.String(), "sesame") {
		t.Errorf("log:\n%s", p.log)
	}
}
