package config

import (
	"encoding"
	"fmt"
	"net/url"
	"reflect"
	"strings"
)

// FromDefault and FromProgram are where a setting's value came from that nobody gave by its variable.
const (
	FromDefault Source = "default"
	FromProgram Source = "program" // such as the demo, which sets what it needs
)

// Described is a setting for people: what it is now and how to change it. It holds no secret, whatever the setting is.
type Described struct {
	Variable  string
	Group     Group
	Secret    bool   // whether Value is never told
	Set       bool   // whether it has a value at all
	Value     string // as one would write it, in the words of Unit; passwords in addresses are left out
	Default   string // as one would write it; empty: none
	Otherwise string // what holds where there is neither value nor default
	Unit      string // what a number counts; empty: nothing to count, or the value says it (2s)
	About     string // a sentence
	From      Source
}

// Group is what a setting is about.
type Group string

// The groups, in the order in which they are read.
const (
	OfIntegrations Group = "integrations"
	OfRequests     Group = "requests"
	OfEgress       Group = "egress"
	OfWeb          Group = "web"
	OfDiscord      Group = "discord"
	OfStorage      Group = "storage"
	OfLog          Group = "log"
)

// explanation is what the types of Config do not say of a setting.
type explanation struct {
	group     Group
	about     string
	unit      string
	otherwise string
	secret    bool
}

// Describe tells all settings of `usher serve`, in the order of Config.
func (c Config) Describe() []Described {
	known := explanations()
	var all []Described
	var gather func(reflect.Value)
	gather = func(v reflect.Value) {
		for f, value := range v.Fields() {
			name := f.Tag.Get("env")
			switch {
			case name != "":
				all = append(all, c.describe(name, f.Tag.Get("envDefault"), value, known[name]))
			case f.Type.Kind() == reflect.Struct:
				gather(value)
			}
		}
	}
	gather(reflect.ValueOf(c))
	return all
}

func (c Config) describe(name, fallback string, value reflect.Value, e explanation) Described {
	d := Described{
		Variable: name, Group: e.group, Secret: e.secret, Default: fallback, Otherwise: e.otherwise, Unit: e.unit, About: e.about, From: c.From[name],
	}
	text := written(value)
	d.Set = text != ""
	if !d.Secret {
		d.Value = withoutPasswords(text)
	}
	if d.From == "" {
		d.From = FromProgram
		if text == fallback {
			d.From = FromDefault
		}
	}
	return d
}

// written is a value as it stands in the environment.
func written(v reflect.Value) string {
	if v.Kind() == reflect.Slice {
		parts := make([]string, v.Len())
		for n := range parts {
			parts[n] = written(v.Index(n))
		}
		return strings.Join(parts, ",")
	}
	switch one := v.Interface().(type) {
	case interface{ IsZero() bool }:
		if one.IsZero() {
			return ""
		}
	case encoding.TextMarshaler:
		if text, err := one.MarshalText(); err == nil {
			return string(text)
		}
	}
	return fmt.Sprint(v.Interface())
}

// withoutPasswords leaves out of an address what may be one: the password before the host, and every value of the query.
func withoutPasswords(text string) string {
	if !strings.Contains(text, "://") {
		return text
	}
	u, err := url.Parse(text)
	if err != nil {
		return "…" // nobody can say where its password stands
	}
	if _, has := u.User.Password(); has {
		u.User = url.UserPassword(u.User.Username(), "…")
	}
	query := u.RawQuery != ""
	u.RawQuery, u.Fragment = "", ""
	shown := strings.ReplaceAll(u.String(), "%E2%80%A6", "…")
	if query {
		shown += "?…"
	}
	return shown
}
