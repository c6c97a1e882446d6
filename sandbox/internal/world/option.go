package world

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"unicode/utf8"

	"usher/sandbox/internal/wire"
)

// Types of command options (interactions/application-commands "Application Command Option Type").
const (
	optionSubcommand  = 1
	optionGroup       = 2
	optionString      = 3
	optionInteger     = 4
	optionBoolean     = 5
	optionUser        = 6
	optionChannel     = 7
	optionRole        = 8
	optionMentionable = 9
	optionNumber      = 10
	optionAttachment  = 11
)

// fillOptions judges what a person typed against what the command declares, as Discord's client does. While typing,
// nothing is required yet.
func (w *World) fillOptions(i *interaction, declared []wire.CommandParameter, given []wire.CommandOption, at string, typing bool) ([]wire.CommandOption, error) {
	var out []wire.CommandOption
	for n, g := range given {
		field := fmt.Sprintf("%s[%d]", at, n)
		k := slices.IndexFunc(declared, func(p wire.CommandParameter) bool { return p.Name == g.Name })
		if k < 0 {
			return nil, deny(http.StatusBadRequest, field+".name", "the command has no option %q", g.Name)
		}
		p := declared[k]
		if typing && p.Type == optionAttachment {
			// A file goes up when the command is run, not with every letter of another option.
			continue
		}
		one := wire.CommandOption{Name: p.Name, Type: p.Type, Focused: g.Focused && typing}
		var err error
		if p.Type == optionSubcommand || p.Type == optionGroup {
			one.Options, err = w.fillOptions(i, p.Options, g.Options, field+".options", typing)
		} else {
			one.Value, err = w.optionValue(i, p, g, field+".value", typing)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, missing(declared, given, at, typing)
}

func missing(declared []wire.CommandParameter, given []wire.CommandOption, at string, typing bool) error {
	if typing {
		return nil
	}
	group := false
	for _, p := range declared {
		group = group || p.Type == optionSubcommand || p.Type == optionGroup
		if p.Required && !slices.ContainsFunc(given, func(o wire.CommandOption) bool { return o.Name == p.Name }) {
			return deny(http.StatusBadRequest, at, "the option %q is required", p.Name)
		}
	}
	if group && len(given) != 1 {
		return deny(http.StatusBadRequest, at, "choose one subcommand")
	}
	return nil
}

func (w *World) optionValue(i *interaction, p wire.CommandParameter, g wire.CommandOption, field string, typing bool) (any, error) {
	switch p.Type {
	case optionString:
		return stringOption(p, g, field, typing)
	case optionInteger, optionNumber:
		return numberOption(p, g, field, typing)
	case optionBoolean:
		if _, ok := g.Value.(bool); !ok {
			return nil, deny(http.StatusBadRequest, field, "want true or false")
		}
		return g.Value, nil
	case optionAttachment:
		f, err := w.uploaded(i.channel, g.Value)
		if err != nil {
			return nil, deny(http.StatusBadRequest, field, "%v", err)
		}
		w.attach(i, f)
		return f.id.String(), nil
	}
	s, _ := g.Value.(string)
	id, err := wire.ParseID(s)
	if err != nil {
		return nil, deny(http.StatusBadRequest, field, "want an id in quotes")
	}
	kinds := map[int][]string{optionUser: {"user"}, optionChannel: {"channel"}, optionRole: {"role"}, optionMentionable: {"user", "role"}}
	for _, kind := range kinds[p.Type] {
		if w.resolve(i, kind, id, p.ChannelTypes) {
			return s, nil
		}
	}
	return nil, deny(http.StatusBadRequest, field, "%s is not something that this option takes", s)
}

func stringOption(p wire.CommandParameter, g wire.CommandOption, field string, typing bool) (any, error) {
	s, ok := g.Value.(string)
	n := utf8.RuneCountInString(s)
	switch {
	case !ok:
		return nil, deny(http.StatusBadRequest, field, "want text")
	case typing:
		return s, nil
	case n == 0:
		return nil, deny(http.StatusBadRequest, field, "must not be empty")
	case n < orInt(p.MinLength, 0), n > orInt(p.MaxLength, 6000):
		return nil, deny(http.StatusBadRequest, field, "must have between %d and %d characters", orInt(p.MinLength, 0), orInt(p.MaxLength, 6000))
	case len(p.Choices) > 0 && !slices.ContainsFunc(p.Choices, func(c wire.CommandChoice) bool { return c.Value == s }):
		return nil, deny(http.StatusBadRequest, field, "%q is none of the choices", s)
	}
	return s, nil
}

func numberOption(p wire.CommandParameter, g wire.CommandOption, field string, typing bool) (any, error) {
	f, ok := g.Value.(float64)
	if !ok {
		if typing {
			return fmt.Sprint(g.Value), nil
		}
		return nil, deny(http.StatusBadRequest, field, "want a number")
	}
	switch {
	case p.Type == optionInteger && f != float64(int64(f)):
		return nil, deny(http.StatusBadRequest, field, "want a whole number")
	case p.MinValue != nil && f < *p.MinValue, p.MaxValue != nil && f > *p.MaxValue:
		return nil, deny(http.StatusBadRequest, field, "is out of range")
	case len(p.Choices) > 0 && !slices.ContainsFunc(p.Choices, func(c wire.CommandChoice) bool { return c.Value == f }):
		return nil, deny(http.StatusBadRequest, field, "%v is none of the choices", f)
	}
	if p.Type == optionInteger {
		return json.Number(fmt.Sprintf("%d", int64(f))), nil
	}
	return f, nil
}
