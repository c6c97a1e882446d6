package config_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/config"
)

// described finds a setting by its variable.
func described(t *testing.T, all []config.Described, variable string) config.Described {
	t.Helper()
	at := slices.IndexFunc(all, func(d config.Described) bool { return d.Variable == variable })
	if at < 0 {
		t.Fatalf("%s is not described", variable)
	}
	return all[at]
}

// A new setting cannot be forgotten: it is described, in a sentence, in a group.
func TestEverySettingIsDescribed(t *testing.T) {
	c, err := config.FromMap(nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	groups := []config.Group{config.OfIntegrations, config.OfRequests, config.OfEgress, config.OfWeb, config.OfDiscord, config.OfStorage, config.OfLog}
	for _, d := range c.Describe() {
		names = append(names, d.Variable)
		if !strings.HasSuffix(d.About, ".") || !slices.Contains(groups, d.Group) {
			t.Errorf("%s: explain it in internal/config/explanations.go: %+v", d.Variable, d)
		}
		if d.From != config.FromDefault || d.Value != d.Default {
			t.Errorf("%s is as it is by default, not %+v", d.Variable, d)
		}
	}
	if diff := cmp.Diff(config.Variables(), names); diff != "" {
		t.Error(diff)
	}
}

func TestSettingsAreDescribedAsTheyAreWritten(t *testing.T) {
	s, err := config.SettingsFrom(settingsOf(t, "USHER_MAX_HEADERS=7\n", map[string]string{
		"USHER_GRACE": "1500ms", "USHER_EGRESS_ALLOW_NETWORKS": "10.0.0.0/8,127.0.0.1/32", "USHER_EGRESS_ALLOW_PORTS": "8080,8443", "USHER_OPERATORS": "1400000000000000104",
		"USHER_EGRESS_OWN_ADDRESSES": "198.51.100.7", "USHER_INTEGRATION_CACHE_MIB": "0",
	}))
	if err != nil {
		t.Fatal(err)
	}
	all := s.Config.Describe()
	for variable, value := range map[string]string{
		"USHER_GRACE": "1.5s", "USHER_EGRESS_ALLOW_NETWORKS": "10.0.0.0/8,127.0.0.1/32", "USHER_EGRESS_ALLOW_PORTS": "8080,8443",
		"USHER_OPERATORS": "1400000000000000104", "USHER_EGRESS_OWN_ADDRESSES": "198.51.100.7", "USHER_INTEGRATION_CACHE_MIB": "0",
	} {
		if d := described(t, all, variable); d.Value != value || d.From != config.FromEnvironment || !d.Set {
			t.Errorf("want %s, got %+v", value, d)
		}
	}
	if d := described(t, all, "USHER_MAX_HEADERS"); d.Value != "7" || d.Default != "5" || d.Unit != "headers" || d.From != config.FromFile {
		t.Errorf("%+v", d)
	}
	if d := described(t, all, "DISCORD_CLIENT_ID"); d.Set || d.Value != "" || d.Otherwise == "" {
		t.Errorf("%+v", d)
	}
	changed := s.Config
	changed.Integrations.Secrets = 9
	if d := described(t, changed.Describe(), "USHER_MAX_SECRETS"); d.From != config.FromProgram || d.Value != "9" {
		t.Errorf("%+v", d)
	}
}

// settingsOf is settings with more of the environment.
func settingsOf(t *testing.T, file string, environment map[string]string) map[string]string {
	t.Helper()
	for name, value := range settings(t, file) {
		environment[name] = value
	}
	return environment
}

// No description holds a secret, neither where a setting is one nor where an address carries one.
func TestNoSecretIsDescribed(t *testing.T) {
	for _, way := range []map[string]string{
		{"USHER_EGRESS_WAY": "proxy", "USHER_EGRESS_PROXY_URL": "http://usher:sesame@10.0.0.5:8381", "USHER_EGRESS_PROXY_CREDENTIALS": "usher:sesame"},
		{"USHER_EGRESS_WAY": "worker", "USHER_EGRESS_WORKER_URL": "https://worker.example/?key=sesame#sesame", "USHER_EGRESS_WORKER_KEY": "whsec_sesame"},
	} {
		for name, value := range map[string]string{
			"DISCORD_TOKEN": "aa.sesame.cc", "DISCORD_CLIENT_SECRET": "sesame", "USHER_KEYS": "sesame", "USHER_BLOXLINK_KEY": "sesame",
			"DATABASE_URL": "postgres://usher:sesame@db.example/usher?password=sesame", "DISCORD_API_URL": "https://me:sesame@discord.example/api/v10",
		} {
			way[name] = value
		}
		c, err := config.FromMap(way)
		if err != nil {
			t.Fatal(err)
		}
		all := c.Describe()
		for _, d := range all {
			if strings.Contains(fmt.Sprintf("%+v", d), "sesame") {
				t.Errorf("%+v", d)
			}
		}
		if d := described(t, all, "DISCORD_TOKEN"); !d.Set || !d.Secret || d.Value != "" {
			t.Errorf("%+v", d)
		}
		if d := described(t, all, "DATABASE_URL"); d.Value != "postgres://usher:…@db.example/usher?…" {
			t.Errorf("%+v", d)
		}
	}
	secretive := regexp.MustCompile(`(TOKEN|SECRET|KEYS?|CREDENTIALS|PASSWORD)$`)
	c, err := config.FromMap(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range c.Describe() {
		if secretive.MatchString(d.Variable) != d.Secret {
			t.Errorf("is %s a secret? Its name says %t, its description %t", d.Variable, secretive.MatchString(d.Variable), d.Secret)
		}
	}
}
