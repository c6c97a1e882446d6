package config_test

import (
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/config"
)

func TestDefaults(t *testing.T) {
	c, err := config.FromMap(nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Discord.APIURL != "https://discord.com/api/v10" || !strings.HasPrefix(c.Database, "sqlite:") || len(c.Egress.AllowNetworks) != 0 {
		t.Errorf("%+v", c)
	}
}

func TestNetworksAndPorts(t *testing.T) {
	c, err := config.FromMap(map[string]string{"USHER_EGRESS_ALLOW_NETWORKS": "10.0.0.0/8,127.0.0.1/32", "USHER_EGRESS_ALLOW_PORTS": "8080,8443"})
	if err != nil {
		t.Fatal(err)
	}
	want := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("127.0.0.1/32")}
	if diff := cmp.Diff(want, c.Egress.AllowNetworks, cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]uint16{8080, 8443}, c.Egress.AllowPorts); diff != "" {
		t.Error(diff)
	}
}

func TestWrongSettingsAreNamedWithoutTheirValues(t *testing.T) {
	for name, value := range map[string]string{
		"DISCORD_API_URL": "not-an-address-sesame", "DATABASE_URL": "mysql://sesame", "USHER_LOG_LEVEL": "sesame", "USHER_LOG_FORMAT": "sesame", "USHER_GRACE": "sesame",
		"USHER_GUILD_REQUESTS_PER_MINUTE": "0", "USHER_INTEGRATION_REQUESTS_PER_MINUTE": "sesame", "USHER_INTEGRATION_CACHE_MIB": "5000",
		"USHER_EGRESS_CONNECT_TIMEOUT": "6s", "USHER_EGRESS_TIMEOUT": "16s", "USHER_EGRESS_ANSWER_KIB": "0",
	} {
		_, err := config.FromMap(map[string]string{name: value})
		if err == nil || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := config.FromMap(map[string]string{"USHER_EGRESS_ALLOW_NETWORKS": "sesame"}); err == nil || !strings.Contains(err.Error(), "USHER_EGRESS_ALLOW_NETWORKS cannot be read: it is a list of networks") || strings.Contains(err.Error(), "sesame") {
		t.Errorf("networks: %v", err)
	}
	if _, err := config.FromMap(map[string]string{"DISCORD_TOKEN": "a.b.c", "DISCORD_TOKEN_FILE": "x"}); err == nil {
		t.Error("two sources of one token must be refused")
	}
}

func TestBotToken(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(" Bot aa.bb.cc\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, d := range []config.Discord{{Token: "aa.bb.cc"}, {TokenFile: file}} {
		v, err := d.BotToken()
		if err != nil || v.Reveal() != "aa.bb.cc" {
			t.Errorf("%v", err)
		}
	}
	for _, d := range []config.Discord{{}, {Token: "sesame"}, {TokenFile: filepath.Join(t.TempDir(), "none")}} {
		if _, err := d.BotToken(); err == nil || strings.Contains(err.Error(), "sesame") || !strings.Contains(err.Error(), "DISCORD_TOKEN") {
			t.Errorf("%v", err)
		}
	}
}

func TestI40TheWayOutIsOneAndWhole(t *testing.T) {
	proxy := map[string]string{"USHER_EGRESS_WAY": "proxy", "USHER_EGRESS_PROXY_URL": "http://10.0.0.5:8381", "USHER_EGRESS_PROXY_CREDENTIALS": "a:sesame"}
	c, err := config.FromMap(proxy)
	if err != nil {
		t.Fatal(err)
	}
	if v, err := c.Egress.Credentials(); err != nil || v.Reveal() != "a:sesame" {
		t.Errorf("%v", err)
	}
	for change, want := range map[[2]string]string{
		{"USHER_EGRESS_WAY", "sesame"}:                             "USHER_EGRESS_WAY must be",
		{"USHER_EGRESS_WAY", "direct"}:                             "has no effect",
		{"USHER_EGRESS_WAY", ""}:                                   "has no effect",
		{"USHER_EGRESS_WORKER_URL", "https://sesame.workers.dev/"}: "a USHER_EGRESS_WORKER_… setting has no effect",
		{"USHER_EGRESS_PROXY_URL", ""}:                             "set USHER_EGRESS_PROXY_URL",
		{"USHER_EGRESS_PROXY_CREDENTIALS_FILE", "x"}:               "not both",
		{"USHER_EGRESS_OWN_ADDRESSES", "sesame"}:                   "USHER_EGRESS_OWN_ADDRESSES cannot be read: it is a list of addresses",
		{"USHER_EGRESS_ALLOW_PORTS", "sesame"}:                     "USHER_EGRESS_ALLOW_PORTS cannot be read: it is a list of ports",
	} {
		variables := maps.Clone(proxy)
		variables[change[0]] = change[1]
		if _, err := config.FromMap(variables); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%v: %v", change, err)
		}
	}
}

func TestI40TheWorkerNeedsAnAddressAndOneKey(t *testing.T) {
	worker := map[string]string{"USHER_EGRESS_WAY": "worker", "USHER_EGRESS_WORKER_URL": "https://a.workers.dev/", "USHER_EGRESS_WORKER_KEY": "sesame"}
	c, err := config.FromMap(worker)
	if err != nil {
		t.Fatal(err)
	}
	if v, err := c.Egress.Key(); err != nil || v.Reveal() != "sesame" {
		t.Errorf("%v", err)
	}
	for change, want := range map[[2]string]string{
		{"USHER_EGRESS_WORKER_URL", ""}:          "set USHER_EGRESS_WORKER_URL",
		{"USHER_EGRESS_WORKER_KEY", ""}:          "set USHER_EGRESS_WORKER_KEY",
		{"USHER_EGRESS_WORKER_KEY_FILE", "x"}:    "set USHER_EGRESS_WORKER_KEY",
		{"USHER_EGRESS_PROXY_URL", "http://x:1"}: "a USHER_EGRESS_PROXY_… setting has no effect",
	} {
		variables := maps.Clone(worker)
		variables[change[0]] = change[1]
		if _, err := config.FromMap(variables); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%v: %v", change, err)
		}
	}
}

func TestI40TheWayOutsProcessKnowsNoSecretOfTheBot(t *testing.T) {
	good := map[string]string{"USHER_EGRESS_CLIENTS": "a:sesame-sesame-sesame"}
	c, err := config.EgressServerFromMap(good)
	if err != nil || c.MaxTunnels != 512 || c.Idle != 30*time.Second {
		t.Fatalf("%+v, %v", c.Log, err)
	}
	for _, name := range []string{"DISCORD_TOKEN", "DISCORD_TOKEN_FILE", "DATABASE_URL", "USHER_KEYS", "USHER_KEYS_FILE"} {
		variables := maps.Clone(good)
		variables[name] = "sesame"
		if _, err := config.EgressServerFromMap(variables); err == nil || !strings.Contains(err.Error(), name+" is set") || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
