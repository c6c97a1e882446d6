package config_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
