package world

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
)

// Limits of commands (interactions/application-commands).
const (
	maxChatCommands    = 100
	maxMenuCommands    = 15
	maxCommandLetters  = 8000
	maxCreatesPerGuild = 200
	createsWindow      = 24 * time.Hour
)

// Where commands may be used (interactions/application-commands "Interaction Contexts").
const (
	contextGuild = 0
	contextBotDM = 1
)

// chatName is the form of a chat command's or option's name.
var chatName = regexp.MustCompile(`^[-_'\p{L}\p{N}\p{Devanagari}\p{Thai}]{1,32}$`)

func goodName(name string) bool { return chatName.MatchString(name) && strings.ToLower(name) == name }

// daily counts what was made since a moment.
type daily struct {
	since time.Time
	made  int
}

// create counts a new command of the day and refuses one too many.
func (a *app) create(guildID ID, now time.Time) error {
	day := a.creates[guildID]
	if now.Sub(day.since) >= createsWindow {
		day = daily{since: now}
	}
	if day.made >= maxCreatesPerGuild {
		return refusal.Limited(30034, day.since.Add(createsWindow).Sub(now).Seconds())
	}
	day.made++
	a.creates[guildID] = day
	return nil
}

// commandCheck collects what is wrong with a command.
type commandCheck struct{ t refusal.Tree }

func (k *commandCheck) add(path []string, field, code, message string) {
	if field != "" {
		path = append(path[:len(path):len(path)], field)
	}
	k.t.Add(path, code, message)
}

// checkCommand holds the rules beyond the shape; at is "" or the index of a bulk overwrite with a dot.
func checkCommand(c *wire.Command, at string) error {
	var k commandCheck
	var path []string
	if at != "" {
		path = []string{strings.TrimSuffix(at, ".")}
	}
	switch {
	case c.Name == "":
		k.add(path, "name", "BASE_TYPE_REQUIRED", "This field is required")
	case c.Type == 1 && !goodName(c.Name):
		k.add(path, "name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
	}
	if c.Type == 1 {
		k.localized(path, c.NameLocalizations)
	} else {
		k.menu(c, path)
	}
	if c.Type == 1 && c.Description == "" {
		k.add(path, "description", "BASE_TYPE_REQUIRED", "This field is required")
	}
	k.parameters(c.Options, append(path[:len(path):len(path)], "options"))
	if commandLetters(c) > maxCommandLetters {
		k.add(path, "", "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)")
	}
	if !k.t.Empty() {
		return refusal.Form(&k.t)
	}
	return nil
}

// menu commands have a name and nothing more.
func (k *commandCheck) menu(c *wire.Command, path []string) {
	if c.Description != "" {
		k.add(path, "description", "APPLICATION_COMMAND_DESCRIPTION_NOT_ALLOWED", "Context menu commands cannot have description")
	}
	if len(c.Options) > 0 {
		k.add(path, "options", "APPLICATION_COMMAND_OPTIONS_NOT_ALLOWED", "Context menu commands cannot have options")
	}
}

func (k *commandCheck) localized(path []string, names map[string]string) {
	for locale, name := range names {
		if !goodName(name) {
			k.add(append(path[:len(path):len(path)], "name_localizations"), locale, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
		}
	}
}

// parameters: unique lower-case names, required ones first, subcommands and other options never side by side. How deep
// they nest is the form's to judge.
func (k *commandCheck) parameters(list []wire.CommandParameter, path []string) {
	names, optional := map[string]bool{}, false
	for i := range list {
		p := &list[i]
		at := append(path[:len(path):len(path)], strconv.Itoa(i))
		switch {
		case !goodName(p.Name):
			k.add(at, "name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
		case names[p.Name]:
			k.add(at, "", "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists")
		case p.Required && optional:
			k.add(at, "", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must be placed before non-required options")
		}
		if nests(p) != nests(&list[0]) {
			k.add(at, "type", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command and sub-command group option types are mutually exclusive to all other types")
		}
		names[p.Name], optional = true, optional || !p.Required && !nests(p)
		k.localized(at, p.NameLocalizations)
		k.suggestions(p, at)
		k.bounds(p, at)
		if nests(p) {
			k.parameters(p.Options, append(at, "options"))
		}
	}
}

func nests(p *wire.CommandParameter) bool { return p.Type == optionSubcommand || p.Type == optionGroup }

// offers tells that an option may have choices or autocomplete.
func offers(kind int) bool {
	return slices.Contains([]int{optionString, optionInteger, optionNumber}, kind)
}

// suggestions: choices or autocomplete, for words and numbers alone (interactions/application-commands "Application
// Command Option Structure").
func (k *commandCheck) suggestions(p *wire.CommandParameter, at []string) {
	switch {
	case len(p.Choices) > 0 && !offers(p.Type):
		k.add(at, "choices", "APPLICATION_COMMAND_OPTIONS_CHOICES_NOT_ALLOWED", "Options of this type cannot have choices")
	case p.Autocomplete && !offers(p.Type):
		k.add(at, "autocomplete", "APPLICATION_COMMAND_AUTOCOMPLETE_NOT_ALLOWED", "Options of this type cannot have autocomplete")
	case p.Autocomplete && len(p.Choices) > 0:
		k.add(at, "autocomplete", "APPLICATION_COMMAND_AUTOCOMPLETE_WITH_CHOICES", "Options cannot have both choices and autocomplete")
	}
	names := map[string]bool{}
	for i, c := range p.Choices {
		if names[c.Name] {
			k.add(append(at[:len(at):len(at)], "choices"), strconv.Itoa(i), "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS", "Option choice name already exists")
		}
		names[c.Name] = true
	}
}

func (k *commandCheck) bounds(p *wire.CommandParameter, at []string) {
	const code, text = "APPLICATION_COMMAND_OPTIONS_MIN_GREATER_THAN_MAX", "Must be at most the maximum."
	if p.MinLength != nil && p.MaxLength != nil && *p.MinLength > *p.MaxLength {
		k.add(at, "min_length", code, text)
	}
	if p.MinValue != nil && p.MaxValue != nil && *p.MinValue > *p.MaxValue {
		k.add(at, "min_value", code, text)
	}
}

// commandLetters counts names, descriptions and choices, of each the longest of its translations
// (interactions/application-commands "Slash Commands").
func commandLetters(c *wire.Command) int {
	return longest(c.Name, c.NameLocalizations) + longest(c.Description, c.DescriptionLocalizations) + parameterLetters(c.Options)
}

func parameterLetters(options []wire.CommandParameter) int {
	n := 0
	for i := range options {
		o := &options[i]
		n += longest(o.Name, o.NameLocalizations) + longest(o.Description, o.DescriptionLocalizations) + parameterLetters(o.Options)
		for _, c := range o.Choices {
			n += longest(c.Name, c.NameLocalizations) + utf8.RuneCountInString(fmt.Sprint(c.Value))
		}
	}
	return n
}

func longest(text string, translations map[string]string) int {
	n := utf8.RuneCountInString(text)
	for _, other := range translations {
		n = max(n, utf8.RuneCountInString(other))
	}
	return n
}

// checkSuggestions: what is suggested must fit the option being typed (interactions/application-commands
// "Application Command Option Choice Structure").
func checkSuggestions(i *interaction, choices []wire.CommandChoice) error {
	var t refusal.Tree
	kind := focused(i.data.Options)
	for n, c := range choices {
		path := []string{"data", "choices", strconv.Itoa(n), "value"}
		text, isText := c.Value.(string)
		switch {
		case kind == optionString && !isText:
			t.Add(path, "STRING_TYPE_CONVERT", "Could not interpret \""+fmt.Sprint(c.Value)+"\" as string.")
		case kind == optionString && (text == "" || utf8.RuneCountInString(text) > 100):
			t.Add(path, "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
		case kind != optionString && isText:
			t.Add(path, "NUMBER_TYPE_COERCE", "Value \""+text+"\" is not a number.")
		}
	}
	if !t.Empty() {
		return refusal.Form(&t)
	}
	return nil
}

// focused is the type of the option being typed.
func focused(options []wire.CommandOption) int {
	for _, o := range options {
		if o.Focused {
			return o.Type
		}
		if kind := focused(o.Options); kind != 0 {
			return kind
		}
	}
	return 0
}
