// Package config reads Usher's settings from the environment. It is the only reader of the environment; adapters take plain options
// from app. It knows no adapter.
package config

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"

	"usher/internal/core/secret"
)

// Config is everything an operator can set. Each field's env tag is the name of its variable; the bot's token and the keys can
// also come from files, as container platforms hand them over.
type Config struct {
	Discord      Discord
	Database     string `env:"DATABASE_URL" envDefault:"sqlite:data/usher.sqlite"` // sqlite:PATH or postgres://…
	Keys         Keys
	Files        string `env:"USHER_FILES" envDefault:"data/files"`      // folder of logos
	Listen       string `env:"USHER_LISTEN" envDefault:"127.0.0.1:8380"` // API, health checks
	Web          Web
	Log          Log
	Egress       Egress
	Requests     Requests
	Integrations Integrations
	Bloxlink     Bloxlink
	// Grace is how long a welcome message waits for live values after its channel exists.
	Grace time.Duration `env:"USHER_GRACE" envDefault:"1s"`
	// File is the settings file, there or not; empty where none was asked for.
	File string
	// From is where the value of each variable came from that is set; of the others nothing.
	From map[string]Source
}

// Discord is how to reach Discord.
type Discord struct {
	Token     string `env:"DISCORD_TOKEN"`
	TokenFile string `env:"DISCORD_TOKEN_FILE"`
	APIURL    string `env:"DISCORD_API_URL" envDefault:"https://discord.com/api/v10"`
}

// Keys seal secrets in the database and are kept outside of it.
type Keys struct {
	Text string `env:"USHER_KEYS"`
	File string `env:"USHER_KEYS_FILE" envDefault:"data/usher.keys"` // made on first start
}

// Log is what is logged and how, on standard error.
type Log struct {
	Level  string `env:"USHER_LOG_LEVEL" envDefault:"info"`  // debug, info, warn, error
	Format string `env:"USHER_LOG_FORMAT" envDefault:"text"` // text, json
}

// Load reads and checks the environment and the settings file. The error is a list of sentences, each naming the variable and what to do.
func Load() (Config, error) {
	s, err := LoadSettings()
	return s.Config, err
}

// FromMap is Load for given variables.
func FromMap(variables map[string]string) (Config, error) {
	c, err := env.ParseAsWithOptions[Config](env.Options{Environment: variables})
	if err != nil {
		return Config{}, describe(err, reflect.TypeFor[Config](), reflect.TypeFor[Discord](), reflect.TypeFor[Keys](), reflect.TypeFor[Log](), reflect.TypeFor[Egress](), reflect.TypeFor[Requests](), reflect.TypeFor[Integrations](), reflect.TypeFor[Web]())
	}
	return c, c.check()
}

// describe leaves only what names a variable of what the parser says: values may be secrets.
func describe(err error, settings ...reflect.Type) error {
	var all env.AggregateError
	if !errors.As(err, &all) {
		return fmt.Errorf("reading the environment: %w", err)
	}
	var sentences []error
	for _, e := range all.Errors {
		var wrong env.ParseError
		if errors.As(e, &wrong) {
			sentences = append(sentences, fmt.Errorf("%s cannot be read: it %s", variableOf(wrong.Name, settings), form(wrong.Type)))
		} else {
			sentences = append(sentences, e)
		}
	}
	return errors.Join(sentences...)
}

// variableOf finds the variable of a field by its name.
func variableOf(field string, settings []reflect.Type) string {
	for _, t := range settings {
		if f, ok := t.FieldByName(field); ok && f.Tag.Get("env") != "" {
			return f.Tag.Get("env")
		}
	}
	return field
}

// form says how a value of a type is written.
func form(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[time.Duration]():
		return "is a duration such as 1s or 500ms"
	case reflect.TypeFor[[]netip.Prefix](), reflect.TypeFor[netip.Prefix]():
		return "is a list of networks with commas between them, such as 10.20.0.0/16,127.0.0.1/32"
	case reflect.TypeFor[[]netip.Addr](), reflect.TypeFor[netip.Addr]():
		return "is a list of addresses with commas between them, such as 198.51.100.7,2001:db8::7"
	case reflect.TypeFor[int]():
		return "is a whole number"
	case reflect.TypeFor[[]uint16](), reflect.TypeFor[uint16]():
		return "is a list of ports with commas between them, such as 8080,8443"
	default:
		return cmp.Or(webForm(t), "has another form, see docs/operating.md")
	}
}

func (c Config) check() error {
	var wrong []error
	add := func(sentence string) { wrong = append(wrong, errors.New(sentence)) }
	if u, err := url.Parse(c.Discord.APIURL); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		add("DISCORD_API_URL must be a whole address such as https://discord.com/api/v10")
	}
	if c.Discord.Token != "" && c.Discord.TokenFile != "" {
		add("set DISCORD_TOKEN or DISCORD_TOKEN_FILE, not both")
	}
	if !strings.HasPrefix(c.Database, "sqlite:") && !strings.HasPrefix(c.Database, "postgres://") && !strings.HasPrefix(c.Database, "postgresql://") {
		add("DATABASE_URL must begin with sqlite: (and a path) or postgres://")
	}
	wrong = append(wrong, c.Web.check()...)
	wrong = append(wrong, c.Log.check()...)
	wrong = append(wrong, c.Egress.check()...)
	wrong = append(wrong, c.Integrations.check()...)
	wrong = append(wrong, c.Requests.check()...)
	if c.Grace < 0 || c.Grace > 5*time.Second {
		add("USHER_GRACE must be from 0s to 5s")
	}
	return errors.Join(wrong...)
}

func (l Log) check() []error {
	var wrong []error
	switch l.Level {
	case "debug", "info", "warn", "error":
	default:
		wrong = append(wrong, errors.New("USHER_LOG_LEVEL must be debug, info, warn or error"))
	}
	if l.Format != "text" && l.Format != "json" {
		wrong = append(wrong, errors.New("USHER_LOG_FORMAT must be text or json"))
	}
	return wrong
}

// Given reports whether there is a bot's token, right or wrong, or the name of a file that holds it.
func (d Discord) Given() bool { return strings.TrimSpace(d.Token)+d.TokenFile != "" }

// BotToken gives the bot's token from the environment or its file.
func (d Discord) BotToken() (secret.Value, error) {
	token := d.Token
	if d.TokenFile != "" {
		text, err := os.ReadFile(d.TokenFile)
		if err != nil {
			return secret.Value{}, fmt.Errorf("reading DISCORD_TOKEN_FILE: %w", err)
		}
		token = string(text)
	}
	token = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(token), "Bot "))
	if token == "" {
		return secret.Value{}, errors.New("no bot token: set DISCORD_TOKEN, or DISCORD_TOKEN_FILE to a file that holds it (https://discord.com/developers/applications, Bot, Reset Token)")
	}
	if strings.Count(token, ".") != 2 {
		return secret.Value{}, errors.New("DISCORD_TOKEN is not a bot token: it has three parts with dots between them (not the client secret and not the public key)")
	}
	return secret.New(token), nil
}
