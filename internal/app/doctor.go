package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"usher/internal/blob"
	"usher/internal/config"
	"usher/internal/core/fault"
	"usher/internal/core/firstrun"
	"usher/internal/core/health"
	"usher/internal/core/keyring"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
	"usher/internal/discord"
	"usher/internal/egress"
	"usher/internal/store"
)

// Limits of the doctor.
const (
	checkTime = 15 * time.Second // for one check
	maxSkew   = 30 * time.Second // of the clock; what is signed and cookies bear that much
	askTime   = 5 * time.Second  // for an address of our own
)

// Doctor looks at an installation as `usher serve` would find it, and changes nothing.
type Doctor struct {
	settings  config.Settings
	wrong     error // about the settings
	version   string
	inspector *discord.Inspector
	findings  []health.Finding
	serving   bool // Usher answers at the address that it listens on
}

// NewDoctor makes it for settings, or for what was wrong with them.
func NewDoctor(s config.Settings, wrong error, version string) *Doctor {
	return &Doctor{settings: s, wrong: wrong, version: version, inspector: newInspector(s.Config, version)}
}

// Examine makes all checks, in the order in which a person would mend them. It never fails: what cannot be found out is to be looked at.
func (d *Doctor) Examine(ctx context.Context) []health.Finding {
	d.findings = nil
	d.checkSettings()
	if d.wrong != nil {
		return d.findings // of wrong settings nothing else can be said
	}
	for _, check := range []func(context.Context){d.checkDatabase, d.checkFiles, d.checkEgress, d.checkPort, d.checkClock, d.checkDiscord} {
		bounded, cancel := context.WithTimeout(ctx, checkTime)
		check(bounded)
		cancel()
	}
	return d.findings
}

// errUnwell is an examination that found something wrong.
var errUnwell = errors.New("something is wrong: see above")

// Report makes all checks and writes them to out, a line for each or as JSON. The error says that something is wrong.
func (d *Doctor) Report(ctx context.Context, out io.Writer, asJSON bool) error {
	findings := d.Examine(ctx)
	unwell := slices.ContainsFunc(findings, func(f health.Finding) bool { return f.Verdict == health.Wrong })
	if asJSON {
		text, err := json.MarshalIndent(map[string]any{"ok": !unwell, "checks": findings}, "", "  ")
		if err != nil {
			return fmt.Errorf("writing the report: %w", err)
		}
		say(out, "%s", text)
	} else {
		for _, f := range findings {
			say(out, "%-6s %-14s %s", f.Verdict, f.Name, strings.TrimSpace(f.Text+" "+f.Advice))
		}
	}
	if unwell {
		return errUnwell
	}
	return nil
}

func (d *Doctor) add(name string, v health.Verdict, text string) {
	d.found(health.Finding{Name: name, Verdict: v, Text: text})
}

// found adds a finding, on one line.
func (d *Doctor) found(f health.Finding) {
	f.Text, f.Advice = strings.Join(strings.Fields(f.Text), " "), strings.Join(strings.Fields(f.Advice), " ")
	d.findings = append(d.findings, f)
}

// fail adds what an error says.
func (d *Doctor) fail(name string, err error) { d.found(failed(name, err)) }

// checkSettings tells where each setting came from.
func (d *Doctor) checkSettings() {
	if d.wrong != nil {
		d.add("settings", health.Wrong, d.wrong.Error())
		return
	}
	var parts []string
	for _, from := range []config.Source{config.FromEnvironment, config.FromFile} {
		var names []string
		for _, name := range slices.Sorted(maps.Keys(d.settings.From)) {
			if d.settings.From[name] == from {
				names = append(names, name)
			}
		}
		where := string(from)
		if from == config.FromFile {
			where += " " + d.settings.File
		}
		if len(names) > 0 {
			parts = append(parts, "from the "+where+": "+strings.Join(names, ", "))
		}
	}
	d.add("settings", health.Ok, cmp.Or(strings.Join(parts, "; "), "none is set, everything is as it is by default"))
}

// checkDatabase looks at the database, and at the keys that open what is sealed in it.
func (d *Doctor) checkDatabase(ctx context.Context) {
	if path, file := strings.CutPrefix(d.settings.Config.Database, "sqlite:"); file {
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			d.add("database", health.Ok, "SQLite, "+path+": not there yet, the first start makes it")
			d.checkKeys(ctx, nil)
			return
		}
	}
	db, err := store.Open(ctx, store.Config{URL: d.settings.Config.Database, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		d.fail("database", err)
		d.checkKeys(ctx, nil)
		return
	}
	defer func() { _ = db.Close() }() // only read
	finding, current := lookAtDatabase(ctx, db)
	d.found(finding)
	if !current {
		d.checkKeys(ctx, nil)
		return
	}
	d.checkKeys(ctx, db.Sealed())
}

// checkKeys wants keys for what is sealed in a database; nil: there is none that could be read.
func (d *Doctor) checkKeys(ctx context.Context, kept keyring.Store) {
	var samples []keyring.Kept
	if kept != nil {
		var err error
		if samples, err = keyring.Samples(ctx, kept); err != nil {
			d.fail("keys", err)
			return
		}
	}
	v, err := loadVault(d.settings.Config.Keys)
	switch {
	case fault.CodeOf(err) == "keyset_missing" && len(samples) == 0:
		d.add("keys", health.Ok, d.settings.Config.Keys.File+": not there yet, the first start makes it")
	case err != nil:
		d.fail("keys", err)
	default:
		d.found(lookAtKeys(ctx, v, kept, time.Now()))
	}
}

// checkEgress tries the way out of integrations.
func (d *Doctor) checkEgress(ctx context.Context) {
	c, err := wayOutConfig(d.settings.Config.Egress, d.version)
	if err != nil {
		d.fail("way out", err)
		return
	}
	client, err := egress.New(c)
	if err != nil {
		d.add("way out", health.Wrong, "It cannot be used ("+string(d.settings.Config.Egress.Way)+"): "+Explain(err))
		return
	}
	d.found(lookAtWayOut(ctx, client, d.settings.Config.Egress.Way, nil))
}

// checkFiles looks at the folder of logos.
func (d *Doctor) checkFiles(ctx context.Context) {
	folder := d.settings.Config.Files
	if _, err := os.Stat(folder); errors.Is(err, os.ErrNotExist) {
		d.add("logos", health.Ok, folder+": not there yet, the first start makes it")
		return
	}
	blobs, err := blob.Open(folder)
	if err != nil {
		d.fail("logos", err)
		return
	}
	defer func() { _ = blobs.Close() }() // nothing was written that has to stay
	d.found(lookAtFiles(ctx, blobs, folder))
}

// checkPort finds out whether Usher can listen where it shall, or does so already.
func (d *Doctor) checkPort(ctx context.Context) {
	address := d.settings.Config.Listen
	listener, err := listen(ctx, address)
	if err == nil {
		_ = listener.Close() // it was only tried
		d.add("listen", health.Ok, address+": free, so Usher does not run here now")
		return
	}
	host, port, split := net.SplitHostPort(address)
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	if split == nil && d.isUsher(ctx, "http://"+net.JoinHostPort(host, port)) {
		d.serving = true
		d.add("listen", health.Ok, address+": Usher runs there")
		return
	}
	d.add("listen", health.Wrong, err.Error())
}

// isUsher reports whether Usher answers at an address: its readiness names what it checks.
func (d *Doctor) isUsher(ctx context.Context, base string) bool {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/readyz", nil)
	if err != nil {
		return false
	}
	client := http.Client{ //nolint:forbidigo // asks an address of the operator's own, which the guard refuses
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	res, err := client.Do(r)
	if err != nil {
		return false
	}
	defer func() { _ = res.Body.Close() }() // read to its end or given up
	var said map[string]string
	if json.NewDecoder(io.LimitReader(res.Body, 4<<10)).Decode(&said) != nil {
		return false
	}
	return said["status"] != "" && (said["database"] != "" || said["settings"] != "")
}

// checkClock compares this machine's clock with Discord's.
func (d *Doctor) checkClock(ctx context.Context) {
	skew, err := d.inspector.Skew(ctx)
	switch {
	case err != nil:
		d.fail("clock", err)
	case skew.Abs() > maxSkew:
		d.add("clock", health.Wrong, fmt.Sprintf("it differs from Discord's by %s: have the machine keep its time by NTP", skew.Round(time.Second)))
	default:
		d.add("clock", health.Ok, "as Discord's, to "+maxSkew.String())
	}
}

// checkDiscord looks at everything that Discord knows of us.
func (d *Doctor) checkDiscord(ctx context.Context) {
	c := d.settings.Config
	if !c.Discord.Given() {
		d.add("token", health.Wrong, "no bot token is set: run usher serve, which opens a page to set one, or set DISCORD_TOKEN")
		return
	}
	token, err := c.Discord.BotToken()
	if err != nil {
		d.fail("token", err)
		return
	}
	a, err := d.inspector.Application(ctx, token)
	if err != nil {
		d.fail("token", err)
		return
	}
	d.add("token", health.Ok, fmt.Sprintf("bot %s of the application %s (%s)", a.Bot.Shown, a.Name, a.ID))
	for _, f := range a.Findings {
		d.add("application", health.Wrong, f.Text+" "+f.Link)
	}
	if len(a.Findings) == 0 {
		d.add("application", health.Ok, "nothing about it gets in the way; no privileged intent is needed")
	}
	d.checkSignIn(ctx, a)
	d.checkPublicAddress(ctx, a)
	d.checkGuilds(ctx, token, a.ID)
}

// checkSignIn wants a client secret that Discord takes.
func (d *Doctor) checkSignIn(ctx context.Context, a firstrun.Application) {
	w := d.settings.Config.Web
	clientSecret, err := w.Secret()
	client := cmp.Or(w.ClientID, a.ID)
	switch {
	case err != nil:
		d.fail("client secret", err)
	case clientSecret.Empty():
		d.add("client secret", health.Wrong, "none is set, so nobody can sign in to the dashboard: set DISCORD_CLIENT_SECRET ("+firstrun.PortalURL(client, "oauth2")+")")
	default:
		if err := d.inspector.CheckSecret(ctx, client, clientSecret); err != nil {
			d.fail("client secret", err)
			return
		}
		d.add("client secret", health.Ok, "Discord takes it")
	}
	if client != a.ID {
		d.add("client id", health.Look, fmt.Sprintf("DISCORD_CLIENT_ID %s is not the bot's application %s: right only where people sign in with another application", client, a.ID))
	}
}

// checkPublicAddress wants the address registered at Discord, and Usher behind it.
func (d *Doctor) checkPublicAddress(ctx context.Context, a firstrun.Application) {
	w := d.settings.Config.Web
	public, err := w.Public(d.settings.Config.Listen)
	if err != nil {
		d.fail("public address", err)
		return
	}
	address := public.Scheme + "://" + public.Host
	redirect := address + firstrun.CallbackPath
	switch own := cmp.Or(w.ClientID, a.ID) == a.ID; {
	case own && !slices.Contains(a.Redirects, redirect):
		d.add("redirect", health.Wrong, redirect+" is not registered, so nobody can sign in: add it under Redirects at "+firstrun.PortalURL(a.ID, "oauth2"))
	case own:
		d.add("redirect", health.Ok, redirect+" is registered")
	}
	switch {
	case !d.serving:
		d.add("public address", health.Look, address+": Usher does not run here, so it was not asked for; run this again beside usher serve")
	case d.isUsher(ctx, address):
		d.add("public address", health.Ok, address+" leads to Usher")
	default:
		d.add("public address", health.Look, address+" does not lead to Usher from this machine: open it in a browser elsewhere; if it fails there too, look at DNS and at the web server in front")
	}
}

// checkGuilds names the servers where the bot lacks permissions.
func (d *Doctor) checkGuilds(ctx context.Context, token secret.Value, a snowflake.Application) {
	guilds, err := d.inspector.Guilds(ctx, token)
	if err != nil {
		d.fail("servers", err)
		return
	}
	lacking := 0
	for _, g := range guilds {
		if len(g.Missing) > 0 {
			lacking++
			d.add("server", health.Wrong, fmt.Sprintf("%s (%s): the bot lacks %s; give them to its role", strconv.Quote(g.Name), g.ID, strings.Join(g.Missing, ", ")))
		}
	}
	switch {
	case len(guilds) == 0:
		d.add("servers", health.Look, "the bot is in none: add it by "+d.inspector.InviteURL(a))
	case lacking == 0:
		d.add("servers", health.Ok, fmt.Sprintf("in %d, with all permissions that it needs", len(guilds)))
	}
}
