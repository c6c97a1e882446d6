package sandbox_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"usher/sandbox"
)

const (
	commandDoc   = "interactions/application-commands.mdx: Application Command Structure"
	namingDoc    = "interactions/application-commands.mdx: Application Command Naming"
	optionDoc    = "interactions/application-commands.mdx: Application Command Option Structure"
	choiceDoc    = "interactions/application-commands.mdx: Application Command Option Choice Structure"
	nestingDoc   = "interactions/application-commands.mdx: Subcommands and Subcommand Groups"
	registerDoc  = "interactions/application-commands.mdx: Registering a Command"
	commandsPath = appPath + "/commands"
)

// command is a chat command with more fields.
func command(name string, more object) object {
	out := object{"name": name, "description": "d"}
	for k, v := range more {
		out[k] = v
	}
	return out
}

// param is an option of a command.
func param(kind int, more object) object {
	out := object{"type": kind, "name": "o", "description": "d"}
	for k, v := range more {
		out[k] = v
	}
	return out
}

func registering(doc, name string, body any) rule { return on(doc, name, "POST", commandsPath, body) }

// taking is a command with these options.
func taking(doc, name string, options ...object) rule {
	return registering(doc, name, command("x", object{"options": options}))
}

func params(n int) []object {
	out := make([]object, n)
	for i := range out {
		out[i] = param(3, object{"name": fmt.Sprint("o", i)})
	}
	return out
}

func choices(n int) []object {
	out := make([]object, n)
	for i := range out {
		out[i] = object{"name": fmt.Sprint("c", i), "value": fmt.Sprint(i)}
	}
	return out
}

func commandRules() []rule {
	const invalid, length, required = "APPLICATION_COMMAND_INVALID_NAME", "BASE_TYPE_BAD_LENGTH", "BASE_TYPE_REQUIRED"
	menu := func(name string, more object) object {
		out := object{"name": name, "type": 3}
		for k, v := range more {
			out[k] = v
		}
		return out
	}
	return []rule{
		registering(commandDoc, "name of 32", command(letters(32), nil)).allowed(),
		registering(commandDoc, "name of 33", command(letters(33), nil)).complains("name", length),
		registering(commandDoc, "no name", object{"description": "d"}).complains("name", required),
		registering(namingDoc, "an upper-case name", command("Close", nil)).complains("name", invalid),
		registering(namingDoc, "a name with a space", command("close ticket", nil)).complains("name", invalid),
		registering(namingDoc, "a name with a point", command("close.ticket", nil)).complains("name", invalid),
		registering(namingDoc, "a name with a dash", command("close-it_now", nil)).allowed(),
		registering(namingDoc, "a name in Devanagari", command("टिकट", nil)).allowed(),
		registering(namingDoc, "a menu's name with a space", menu("Close Ticket", nil)).allowed(),
		registering(commandDoc, "description of 100", command("x", object{"description": letters(100)})).allowed(),
		registering(commandDoc, "description of 101", command("x", object{"description": letters(101)})).complains("description", "BASE_TYPE_MAX_LENGTH"),
		registering(commandDoc, "no description", object{"name": "x"}).complains("description", required),
		registering(commandDoc, "a menu with description", menu("x", object{"description": "d"})).complains("description", "APPLICATION_COMMAND_DESCRIPTION_NOT_ALLOWED"),
		registering(commandDoc, "a menu with options", menu("x", object{"options": params(1)})).complains("options", "APPLICATION_COMMAND_OPTIONS_NOT_ALLOWED"),
		registering(commandDoc, "type 9", command("x", object{"type": 9})).complains("type", "BASE_TYPE_CHOICES"),
		registering(commandDoc, "a context of 3", command("x", object{"contexts": []int{3}})).complains("contexts.0", "BASE_TYPE_CHOICES"),
		registering(commandDoc, "localized name of 33", command("x", object{"name_localizations": object{"de": letters(33)}})).complains("name_localizations.de", length),
		registering(commandDoc, "a localized name in upper case", command("x", object{"name_localizations": object{"de": "Schließen"}})).complains("name_localizations.de", invalid),
		registering(commandDoc, "25 options", command("x", object{"options": params(25)})).allowed(),
		registering(commandDoc, "26 options", command("x", object{"options": params(26)})).complains("options", "BASE_TYPE_MAX_LENGTH"),
		registering(commandDoc, "8000 characters", bulky(7996)).allowed(),
		registering(commandDoc, "8001 characters", bulky(7997)).complains("", "APPLICATION_COMMAND_TOO_LARGE"),
		registering(commandDoc, "8001 characters with the longest translation", with(bulky(7996), "description_localizations", object{"de": "ab", "fr": "abcd"})).complains("", "APPLICATION_COMMAND_TOO_LARGE"),
		on(codesDoc+" (10063)", "a command that is none", "PATCH", commandsPath+"/1", object{"name": "x"}).refused(http.StatusNotFound, 10063),
		on(codesDoc+" (10063)", "a command that is none to delete", "DELETE", commandsPath+"/1", nil).refused(http.StatusNotFound, 10063),
		on(codesDoc+" (10002)", "an application that is none", "POST", "/applications/1/commands", command("x", nil)).refused(http.StatusNotFound, 10002),
		on("interactions/application-commands.mdx: Bulk Overwrite Global Application Commands", "the same name twice", "PUT", commandsPath, []object{command("x", nil), command("x", nil)}).complains("1.name", "APPLICATION_COMMANDS_DUPLICATE_NAME"),
		on("interactions/application-commands.mdx: Bulk Overwrite Global Application Commands", "the same name of two types", "PUT", commandsPath, []object{command("x", nil), menu("x", nil)}).allowed(),
	}
}

// bulky is a command called "x" of 4 characters (name, description "abc") and n more in choices.
func bulky(n int) object {
	var options []object
	for i := 0; n > 0; i++ {
		name, description := fmt.Sprint("o", string(rune('a'+i))), "d"
		n -= len(name) + len(description)
		var list []object
		for k := 0; k < 25 && n > 0; k++ {
			label := min(100, n-1)
			if n-label-1 == 1 {
				label-- // a single character makes no choice
			}
			id := string(rune('a' + k))
			list = append(list, object{"name": id + letters(label-1), "value": id})
			n -= label + 1
		}
		options = append(options, object{"type": 3, "name": name, "description": description, "choices": list})
	}
	return object{"name": "x", "description": "abc", "options": options}
}

func optionRules() []rule {
	const kind = "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"
	sub := func(options ...object) object { return param(1, object{"options": options}) }
	group := func(options ...object) object { return param(2, object{"options": options}) }
	const at = "options.0."
	return []rule{
		taking(optionDoc, "an option's name in upper case", param(3, object{"name": "Word"})).complains(at+"name", "APPLICATION_COMMAND_INVALID_NAME"),
		taking(optionDoc, "an option's name of 33", param(3, object{"name": letters(33)})).complains(at+"name", "BASE_TYPE_BAD_LENGTH"),
		taking(optionDoc, "an option without description", object{"type": 3, "name": "o"}).complains(at+"description", "BASE_TYPE_REQUIRED"),
		taking(optionDoc, "an option's description of 101", param(3, object{"description": letters(101)})).complains(at+"description", "BASE_TYPE_BAD_LENGTH"),
		taking(optionDoc, "an option of type 12", param(12, nil)).complains(at+"type", "UNION_TYPE_CHOICES"),
		taking(optionDoc, "two options of a name", param(3, nil), param(4, nil)).complains("options.1", "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS"),
		taking(optionDoc, "a required one after another", param(3, nil), param(3, object{"name": "p", "required": true})).complains("options.1", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"),
		taking(optionDoc, "25 choices", param(3, object{"choices": choices(25)})).allowed(),
		taking(optionDoc, "26 choices", param(3, object{"choices": choices(26)})).complains(at+"choices", "BASE_TYPE_MAX_LENGTH"),
		taking(optionDoc, "choices of a user", param(6, object{"choices": choices(1)})).complains(at+"choices", "APPLICATION_COMMAND_OPTIONS_CHOICES_NOT_ALLOWED"),
		taking(optionDoc, "choices and autocomplete", param(3, object{"choices": choices(1), "autocomplete": true})).complains(at+"autocomplete", "APPLICATION_COMMAND_AUTOCOMPLETE_WITH_CHOICES"),
		taking(optionDoc, "autocomplete of a truth value", param(5, object{"autocomplete": true})).complains(at+"autocomplete", "APPLICATION_COMMAND_AUTOCOMPLETE_NOT_ALLOWED"),
		taking(optionDoc, "min_length of 6001", param(3, object{"min_length": 6001})).complains(at+"min_length", "NUMBER_TYPE_MAX"),
		taking(optionDoc, "max_length of 0", param(3, object{"max_length": 0})).complains(at+"max_length", "NUMBER_TYPE_MIN"),
		taking(optionDoc, "min_length above max_length", param(3, object{"min_length": 3, "max_length": 2})).complains(at+"min_length", "APPLICATION_COMMAND_OPTIONS_MIN_GREATER_THAN_MAX"),
		taking(optionDoc, "min_value above max_value", param(4, object{"min_value": 3, "max_value": 2})).complains(at+"min_value", "APPLICATION_COMMAND_OPTIONS_MIN_GREATER_THAN_MAX"),
		taking(choiceDoc, "a choice's name of 101", param(3, object{"choices": []object{{"name": letters(101), "value": "v"}}})).complains(at+"choices.0.name", "BASE_TYPE_BAD_LENGTH"),
		taking(choiceDoc, "a choice's value of 101", param(3, object{"choices": []object{{"name": "n", "value": letters(101)}}})).complains(at+"choices.0.value", "BASE_TYPE_BAD_LENGTH"),
		taking(choiceDoc, "a choice of text for a number", param(4, object{"choices": []object{{"name": "n", "value": "one"}}})).complains(at+"choices.0.value", "NUMBER_TYPE_COERCE"),
		taking(choiceDoc, "a choice of a fraction for a whole number", param(4, object{"choices": []object{{"name": "n", "value": 1.5}}})).complains(at+"choices.0.value", "NUMBER_TYPE_COERCE"),
		taking(choiceDoc, "two choices of a name", param(3, object{"choices": []object{{"name": "n", "value": "v"}, {"name": "n", "value": "w"}}})).complains(at+"choices.1", "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS"),
		taking(nestingDoc, "a subcommand in a group", group(sub(param(3, nil)))).allowed(),
		taking(nestingDoc, "a group in a group", group(group(sub()))).complains(at+"options.0.type", "UNION_TYPE_CHOICES"),
		taking(nestingDoc, "a group in a subcommand", sub(group())).complains(at+"options.0.type", "UNION_TYPE_CHOICES"),
		taking(nestingDoc, "a subcommand in a subcommand", sub(sub())).complains(at+"options.0.type", "UNION_TYPE_CHOICES"),
		taking(nestingDoc, "a word in a group", group(param(3, nil))).complains(at+"options.0.type", "UNION_TYPE_CHOICES"),
		taking(nestingDoc, "a subcommand beside a word", sub(), param(3, object{"name": "p"})).complains("options.1.type", kind),
	}
}

// TestS7CommandRules: what commands may look like.
func TestS7CommandRules(t *testing.T) {
	t.Parallel()
	_, b := quick(t)
	hold(t, b, commandRules())
	hold(t, b, optionRules())
}

// TestS7CommandLimits: a hundred chat commands, fifteen of each menu, two hundred made in a day.
func TestS7CommandLimits(t *testing.T) {
	t.Parallel()
	s, b := quick(t)
	for kind, most := range map[int]int{1: 100, 2: 15, 3: 15} {
		body := func(i int) object {
			out := object{"name": fmt.Sprint("c", i), "type": kind}
			if kind == 1 {
				out["description"] = "d"
			}
			return out
		}
		var list []object
		for i := range most {
			b.must("POST", commandsPath, body(i))
			list = append(list, body(i))
		}
		b.call("POST", commandsPath, body(most)).refused(t, http.StatusBadRequest, 30032)
		b.must("POST", commandsPath, body(0))
		b.must("PUT", commandsPath, list)
		b.call("PUT", commandsPath, append(list, body(most))).refused(t, http.StatusBadRequest, 30032)
		b.must("PUT", commandsPath, []object{})
	}
	guild := appPath + guildPath + "/commands"
	for i := range 200 {
		b.must("DELETE", guild+"/"+b.must("POST", guild, command(fmt.Sprint("d", i), nil)).text("id"), nil)
	}
	b.call("POST", guild, command("more", nil)).refused(t, http.StatusTooManyRequests, 30034)
	if err := s.Client().Advance(t.Context(), 24*time.Hour+time.Minute); err != nil {
		t.Fatal(err)
	}
	b.must("POST", guild, command("more", nil))
}

// TestS7WhoMayUseACommand: default_member_permissions and contexts decide (interactions/application-commands.mdx).
func TestS7WhoMayUseACommand(t *testing.T) {
	t.Parallel()
	s, b := quick(t)
	gw := b.connect(allIntents)
	b.must("PUT", commandsPath, []object{
		command("all", nil), command("admins", object{"default_member_permissions": "0"}),
		command("managers", object{"default_member_permissions": "16"}), command("direct", object{"contexts": []int{1}}),
		command("guilds", object{"contexts": []int{0}}),
	})
	dm := must(parse(b.must("POST", "/users/@me/channels", object{"recipient_id": "585576154958921739"}).text("id")))
	ryan, olga := s.Client().User(sandbox.DemoRyanID), s.Client().User(sandbox.DemoOlgaID)
	for _, c := range []struct {
		who     *sandbox.Acting
		channel sandbox.ID
		name    string
		may     bool
	}{
		{ryan, sandbox.DemoGeneralID, "all", true},
		{ryan, sandbox.DemoGeneralID, "admins", false},
		{olga, sandbox.DemoGeneralID, "admins", true},
		{ryan, sandbox.DemoGeneralID, "managers", false},
		{olga, sandbox.DemoGeneralID, "managers", true},
		{ryan, sandbox.DemoGeneralID, "direct", false},
		{ryan, sandbox.DemoGeneralID, "guilds", true},
		{ryan, dm, "direct", true},
		{ryan, dm, "guilds", false},
		{ryan, dm, "all", true},
	} {
		done := make(chan error, 1)
		go func() {
			_, err := c.who.Command(t.Context(), sandbox.CommandUse{ChannelID: c.channel, Name: c.name})
			done <- err
		}()
		if !c.may {
			if err := <-done; !sandbox.IsRefused(err, http.StatusNotFound) {
				t.Errorf("%s runs %s in %s: %v", c.who.ID(), c.name, c.channel, err)
			}
			continue
		}
		b.must("POST", callbackPath(gw.next("INTERACTION_CREATE")), object{"type": 4, "data": object{"content": "x", "flags": 64}})
		if err := <-done; err != nil {
			t.Errorf("%s runs %s in %s: %v", c.who.ID(), c.name, c.channel, err)
		}
	}
}
