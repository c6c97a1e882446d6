package config_test

import (
	"strings"
	"testing"

	"usher/internal/config"
	"usher/internal/core/integration"
)

func TestI1LimitsAreSettings(t *testing.T) {
	c, err := config.FromMap(nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := integration.Limits(c.Integrations); got != integration.DefaultLimits() {
		t.Errorf("by default %+v", got)
	}
	set := map[string]string{
		"USHER_MAX_URL_BYTES": "1000", "USHER_MAX_SECRETS": "0", "USHER_MAX_HEADERS": "7", "USHER_MAX_PLACEHOLDERS": "100",
		"USHER_MAX_INTEGRATIONS_PER_USER": "1000", "USHER_MAX_INTEGRATIONS_PER_SERVER": "1",
	}
	c, err = config.FromMap(set)
	if want := (config.Integrations{URL: 1000, Headers: 7, Placeholders: 100, Owned: 1000, Active: 1}); err != nil || c.Integrations != want {
		t.Errorf("%+v, %v", c.Integrations, err)
	}
	for variable, values := range map[string][]string{
		"USHER_MAX_URL_BYTES": {"63", "4097", "x"}, "USHER_MAX_SECRETS": {"-1", "101"}, "USHER_MAX_HEADERS": {"-1", "101", "many"},
		"USHER_MAX_PLACEHOLDERS": {"0", "101"}, "USHER_MAX_INTEGRATIONS_PER_USER": {"-1", "1001"}, "USHER_MAX_INTEGRATIONS_PER_SERVER": {"-1", "101", "1.5"},
	} {
		for _, value := range values {
			if _, err := config.FromMap(map[string]string{variable: value}); err == nil || !strings.Contains(err.Error(), variable) {
				t.Errorf("%s=%s: %v", variable, value, err)
			}
		}
	}
}
