package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"reflect"
	"strings"

	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

// Web is how browsers and programs reach Usher, and who runs it.
type Web struct {
	// PublicURL is scheme, host and port alone. Empty: http:// and the address that is listened on, for a single machine.
	PublicURL string `env:"USHER_PUBLIC_URL"` // such as https://tickets.example.org
	// SetupListen is where the set-up page answers while there is no token. Empty: on this machine alone, at the port of Listen.
	SetupListen string           `env:"USHER_SETUP_LISTEN"`
	Operators   []snowflake.User `env:"USHER_OPERATORS"` // Discord ids of those who run this instance
	// The application at Discord that people sign in with, whose bot Usher is. The id is that of the bot's token unless set.
	ClientID         snowflake.Application `env:"DISCORD_CLIENT_ID"`
	ClientSecret     string                `env:"DISCORD_CLIENT_SECRET"`
	ClientSecretFile string                `env:"DISCORD_CLIENT_SECRET_FILE"`
}

// webForm says how a value of a type of Web is written; empty for other types.
func webForm(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[[]snowflake.User](), reflect.TypeFor[snowflake.User]():
		return "is a list of Discord ids with commas between them (Copy User ID in Discord)"
	case reflect.TypeFor[snowflake.Application]():
		return "is the application's id, a number of 17 to 20 digits (https://discord.com/developers/applications)"
	default:
		return ""
	}
}

func (w Web) check() []error {
	var wrong []error
	if w.PublicURL != "" {
		if err := w.checkPublicURL(); err != nil {
			wrong = append(wrong, err)
		}
	}
	if w.ClientSecret != "" && w.ClientSecretFile != "" {
		wrong = append(wrong, errors.New("set DISCORD_CLIENT_SECRET or DISCORD_CLIENT_SECRET_FILE, not both"))
	}
	return wrong
}

// checkPublicURL also refuses http for anything but this machine: cookies would travel in the clear.
func (w Web) checkPublicURL() error {
	u, err := url.Parse(w.PublicURL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("USHER_PUBLIC_URL must be scheme and host alone, such as https://tickets.example.org")
	}
	ip := net.ParseIP(u.Hostname())
	if u.Scheme == "http" && u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback() && !ip.IsPrivate()) {
		return errors.New("USHER_PUBLIC_URL must begin with https:// unless it is of this machine or the own network: people's sessions would travel in the clear")
	}
	return nil
}

// Public gives the public address, for a server that listens on address.
func (w Web) Public(address string) (*url.URL, error) {
	text := strings.TrimRight(w.PublicURL, "/")
	if text == "" {
		text = "http://" + address
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, errors.New("USHER_PUBLIC_URL must be scheme and host alone, such as https://tickets.example.org")
	}
	return u, nil
}

// Secret gives the client's secret from the environment or its file; empty when none is set, and then nobody can sign in.
func (w Web) Secret() (secret.Value, error) {
	text := w.ClientSecret
	if w.ClientSecretFile != "" {
		file, err := os.ReadFile(w.ClientSecretFile)
		if err != nil {
			return secret.Value{}, fmt.Errorf("reading DISCORD_CLIENT_SECRET_FILE: %w", err)
		}
		text = string(file)
	}
	return secret.New(strings.TrimSpace(text)), nil
}
