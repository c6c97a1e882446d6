package sandbox_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"usher/sandbox"
)

// discordJS is a bot on an unmodified discord.js, running in Node.
type discordJS struct {
	t     *testing.T
	lines chan string
}

// startDiscordJS runs testdata/discordjs/bot.mjs. discord.js is looked for in the folder that USHER_DISCORDJS names, else in
// the repository's own node_modules; where it is not, the test says so and is skipped.
func startDiscordJS(t *testing.T, s *sandbox.Server) *discordJS {
	t.Helper()
	home := os.Getenv("USHER_DISCORDJS")
	if home == "" {
		home, _ = filepath.Abs("..")
	}
	node, err := exec.LookPath("node")
	if _, missing := os.Stat(filepath.Join(home, "node_modules", "discord.js", "package.json")); err != nil || missing != nil {
		t.Skipf("NOT JUDGED by discord.js: there is no Node, or no discord.js in %s/node_modules; name its folder in USHER_DISCORDJS", home)
	}
	token := sandbox.DefaultSeed().Applications[0].BotToken
	cmd := exec.CommandContext(t.Context(), node, filepath.Join("testdata", "discordjs", "bot.mjs"), s.URL(), token, home)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatalf("running Node: %v", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatalf("running Node: %v", err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("running Node: %v", err)
	}
	d := &discordJS{t: t, lines: make(chan string, 64)}
	go func() {
		defer close(d.lines)
		for scan := bufio.NewScanner(out); scan.Scan(); {
			d.lines <- scan.Text()
		}
	}()
	t.Cleanup(func() {
		_ = in.Close()
		for range d.lines {
			continue
		}
		_ = cmd.Wait()
	})
	return d
}

// says waits for the line that begins with a word, and gives the rest of it.
func (d *discordJS) says(word string) string {
	d.t.Helper()
	deadline := time.After(30 * time.Second)
	for {
		select {
		case line, open := <-d.lines:
			if !open || strings.HasPrefix(line, "FAILED") {
				d.t.Fatalf("waiting for %q, the bot said %q", word, line)
			}
			if rest, ok := strings.CutPrefix(line, word+" "); ok || line == word {
				return rest
			}
		case <-deadline:
			d.t.Fatalf("the bot did not say %q within thirty seconds", word)
		}
	}
}

// TestS13DiscordJS lets an unmodified discord.js live a ticket bot's life.
func TestS13DiscordJS(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{})
	bot := startDiscordJS(t, s)
	id, _, _ := strings.Cut(bot.says("ready"), " ")
	ryan := s.Client().User(sandbox.DemoRyanID)
	panel := sandbox.Message{ChannelID: sandbox.DemoSupportID}
	panel.ID, _ = parse(id)
	if got, err := ryan.Press(t.Context(), panel, "open"); err != nil || got.State != sandbox.StateDeferred {
		t.Fatalf("pressing gave %+v, %v", got, err)
	}
	if got := bot.says("ticket"); got != "ticket-5 true 2 5" {
		t.Errorf("the ticket is %q", got)
	}
	form, err := ryan.Press(t.Context(), panel, "modal")
	if err != nil || form.State != sandbox.StateModal {
		t.Fatalf("pressing gave %+v, %v", form, err)
	}
	if _, err := ryan.Submit(t.Context(), form.Modal, map[string]any{"subject": "lag"}); err != nil {
		t.Errorf("submitting: %v", err)
	}
	if got := bot.says("modal"); got != "about lag" {
		t.Errorf("the modal was answered %q", got)
	}
	use := sandbox.CommandUse{ChannelID: sandbox.DemoSupportID, Name: "tag", Options: []sandbox.CommandOption{{Name: "name", Type: 3, Value: "ru", Focused: true}}}
	if list, err := ryan.Autocomplete(t.Context(), use); err != nil || len(list) != 1 {
		t.Errorf("suggestions: %v, %v", list, err)
	}
	if _, err := ryan.Command(t.Context(), use); err != nil {
		t.Errorf("running the command: %v", err)
	}
	bot.says("command")
	if err := s.Client().DisturbGateway(t.Context(), sandbox.GatewayFault{Do: "reconnect"}); err != nil {
		t.Errorf("asking for a reconnect: %v", err)
	}
	bot.says("resumed")
	noFindings(t, s)
}
