package config

import "fmt"

// Requests bounds what integrations' requests together may take (I-43, I-14).
type Requests struct {
	PerGuild       int `env:"USHER_GUILD_REQUESTS_PER_MINUTE" envDefault:"600"`
	PerIntegration int `env:"USHER_INTEGRATION_REQUESTS_PER_MINUTE" envDefault:"6000"` // of all guilds
	CacheMiB       int `env:"USHER_INTEGRATION_CACHE_MIB" envDefault:"32"`             // memory for answers that may be used again
}

// Bounds of the settings; far beyond what helps anybody.
const (
	maxPerMinute = 1_000_000
	maxCacheMiB  = 4096
)

func (r Requests) check() []error {
	var wrong []error
	within := func(variable string, value, low, high int) {
		if value < low || value > high {
			wrong = append(wrong, fmt.Errorf("%s must be from %d to %d", variable, low, high))
		}
	}
	within("USHER_GUILD_REQUESTS_PER_MINUTE", r.PerGuild, 1, maxPerMinute)
	within("USHER_INTEGRATION_REQUESTS_PER_MINUTE", r.PerIntegration, 1, maxPerMinute)
	within("USHER_INTEGRATION_CACHE_MIB", r.CacheMiB, 0, maxCacheMiB)
	return wrong
}
