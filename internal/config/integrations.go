package config

import "fmt"

// Integrations bounds what one author and one server may have (I-1). What was saved under a higher limit stays, and keeps working.
type Integrations struct {
	URL          int `env:"USHER_MAX_URL_BYTES" envDefault:"255"` // also of a validation URL
	Secrets      int `env:"USHER_MAX_SECRETS" envDefault:"5"`     // of one integration, as the two that follow
	Headers      int `env:"USHER_MAX_HEADERS" envDefault:"5"`
	Placeholders int `env:"USHER_MAX_PLACEHOLDERS" envDefault:"15"`
	Owned        int `env:"USHER_MAX_INTEGRATIONS_PER_USER" envDefault:"5"`
	Active       int `env:"USHER_MAX_INTEGRATIONS_PER_SERVER" envDefault:"5"` // active at one time
}

// The highest limits: a longer URL would leave no room for its values, and of the others nobody can keep an overview of more.
const (
	minURLBytes = 64
	maxURLBytes = 4096
	maxParts    = 100
	maxOwned    = 1000
	maxActive   = 100
)

func (i Integrations) check() []error {
	var wrong []error
	within := func(variable string, value, low, high int) {
		if value < low || value > high {
			wrong = append(wrong, fmt.Errorf("%s must be from %d to %d", variable, low, high))
		}
	}
	within("USHER_MAX_URL_BYTES", i.URL, minURLBytes, maxURLBytes)
	within("USHER_MAX_SECRETS", i.Secrets, 0, maxParts)
	within("USHER_MAX_HEADERS", i.Headers, 0, maxParts)
	within("USHER_MAX_PLACEHOLDERS", i.Placeholders, 1, maxParts)
	within("USHER_MAX_INTEGRATIONS_PER_USER", i.Owned, 0, maxOwned)
	within("USHER_MAX_INTEGRATIONS_PER_SERVER", i.Active, 0, maxActive)
	return wrong
}
