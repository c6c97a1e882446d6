package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"usher/sandbox"
)

// examination is what `usher doctor --json` says.
type examination struct {
	OK     bool
	Checks []struct{ Name, Verdict, Text string }
}

// examine runs the doctor with more settings; the exit code has to fit what it says.
func (st *stage) examine(more ...string) examination {
	st.t.Helper()
	c := st.command("doctor", "--json")
	c.Env = append(c.Env, more...)
	out, err := c.Output()
	var e examination
	if bad := json.Unmarshal(out, &e); bad != nil {
		st.t.Fatalf("%v (%v)\n%s", bad, err, out)
	}
	if e.OK != (err == nil) {
		st.t.Errorf("ok is %t, but it ended with %v", e.OK, err)
	}
	for _, secret := range []string{st.token(), clientSecret, "sesame"} {
		if strings.Contains(string(out), secret) {
			st.t.Errorf("a secret is shown:\n%s", out)
		}
	}
	return e
}

// want wants a check with a verdict, whose text says something.
func (e examination) want(t *testing.T, name, verdict, says string) {
	t.Helper()
	for _, c := range e.Checks {
		if c.Name == name && c.Verdict == verdict && strings.Contains(c.Text, says) {
			return
		}
	}
	t.Errorf("no %s %q that says %q in:\n%+v", verdict, name, says, e.Checks)
}

func TestDoctorOfAHealthyInstallation(t *testing.T) {
	st := newStage(t)
	st.withoutToken()
	n := st.arrive()
	n.choose()
	n.send("", "finish", nil)
	n.state("usher to serve", func(a setupAnswer) bool { return a.State.Phase == "running" })
	e := st.examine("USHER_LISTEN=" + strings.TrimPrefix(n.base, "http://"))
	e.want(t, "settings", "ok", "from the settings file "+st.settingsFile()+": DISCORD_CLIENT_SECRET, DISCORD_TOKEN")
	e.want(t, "settings", "ok", "from the environment: DATABASE_URL")
	e.want(t, "database", "ok", "as this program needs")
	e.want(t, "keys", "ok", "Readable; 1 in all")
	e.want(t, "keys", "ok", "Everything sealed is under it")
	e.want(t, "logos", "ok", "can be written")
	e.want(t, "way out", "ok", "direct")
	e.want(t, "listen", "ok", "Usher runs there")
	e.want(t, "clock", "ok", "Discord's")
	e.want(t, "token", "ok", "application Usher")
	e.want(t, "application", "ok", "no privileged intent")
	e.want(t, "client secret", "ok", "Discord takes it")
	e.want(t, "public address", "ok", n.base+" leads to Usher")
	e.want(t, "servers", "ok", "in 1, with all permissions")
	e.want(t, "redirect", "wrong", n.base+"/auth/callback is not registered") // the sandbox takes any, and lists none
	n.stop()
	e = st.examine("USHER_LISTEN=" + strings.TrimPrefix(n.base, "http://"))
	e.want(t, "listen", "ok", "free")
	e.want(t, "public address", "look", "does not run here")
}

func TestDoctorSaysWhatIsWrong(t *testing.T) {
	st := newStage(t)
	other := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(other.Close)
	keys := filepath.Join(st.dir, "open.keys")
	if err := os.WriteFile(keys, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	e := st.examine("DISCORD_CLIENT_SECRET=sesame", "USHER_LISTEN="+strings.TrimPrefix(other.URL, "http://"), "USHER_KEYS_FILE="+keys,
		"DATABASE_URL=postgres://usher:sesame@127.0.0.1:9/usher", "USHER_EGRESS_WAY=proxy", "USHER_EGRESS_PROXY_URL=http://127.0.0.1:9")
	e.want(t, "client secret", "wrong", "Discord does not take this")
	e.want(t, "listen", "wrong", "stop the other program there")
	e.want(t, "keys", "wrong", "chmod 600")
	e.want(t, "database", "look", "")
	e.want(t, "way out", "wrong", "proxy")
	e = st.examine("DISCORD_TOKEN=" + sandbox.BotToken(sandbox.DemoApplicationID, "sesame.sesame"))
	e.want(t, "token", "wrong", "Discord does not take this token")
	e.want(t, "database", "ok", "not there yet")
	e.want(t, "keys", "ok", "not there yet")
	if _, err := os.Stat(filepath.Join(st.dir, "usher.sqlite")); err == nil {
		t.Error("the doctor made a database")
	}
	e = st.examine("DISCORD_API_URL=http://127.0.0.1:9/api/v10")
	e.want(t, "token", "look", "cannot be asked")
	e.want(t, "clock", "look", "cannot be asked")
}

func TestDoctorNamesServersWithoutPermissions(t *testing.T) {
	seed := sandbox.DefaultSeed()
	seed.Guilds[0].Roles[1].Permissions = 0
	s, err := sandbox.Start(t.Context(), sandbox.Config{Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	st := newStage(t)
	t.Cleanup(func() { _ = s.Close(st.ctx) })
	e := st.examine("DISCORD_API_URL=" + s.APIURL())
	e.want(t, "server", "wrong", `"Ryan's Arcade" (1400000000000000001): the bot lacks Manage Channels, Manage Roles, Manage Messages`)
	e.want(t, "client secret", "wrong", "nobody can sign in")
}
