package panel_test

import (
	"strings"
	"testing"

	"usher/internal/core/message"
	"usher/internal/core/panel"
	"usher/internal/core/snowflake"
)

func good() panel.Panel {
	text := message.Template{Content: "Hello"}
	return panel.Panel{Guild: 1, Name: "Support", Post: text, Welcome: text, Button: panel.Button{Label: "Open"}, MaxOpen: 1}
}

func TestCheckNamesWhatIsWrong(t *testing.T) {
	if err := good().Check(); err != nil {
		t.Fatalf("a good panel is refused: %v", err)
	}
	named := good()
	named.Form, named.ChannelName = "f", "🎫-%ticket.username%-%ticket_id%-%form.what|x%"
	if err := named.Check(); err != nil {
		t.Errorf("a good name is refused: %v", err)
	}
	for want, edit := range map[string]func(*panel.Panel){
		"name: ":            func(p *panel.Panel) { p.Name = "  " },
		"button.label: ":    func(p *panel.Panel) { p.Button.Label = strings.Repeat("x", 81) },
		"button.style: ":    func(p *panel.Panel) { p.Button.Style = "loud" },
		"max_open: ":        func(p *panel.Panel) { p.MaxOpen = 0 },
		"post: ":            func(p *panel.Panel) { p.Post = message.Template{} },
		"welcome.content: ": func(p *panel.Panel) { p.Welcome.Content = strings.Repeat("x", 2001) },
		"welcome.embed: All texts": func(p *panel.Panel) {
			p.Form, p.Welcome.Embed = "f", &message.EmbedTemplate{Description: strings.Repeat("x", 4096), Footer: strings.Repeat("x", 405)}
		},
		"name: Use no line breaks":         func(p *panel.Panel) { p.Name = "a\u202eb" },
		"button.label: Use no line breaks": func(p *panel.Panel) { p.Button.Label = "a\nb" },
		"button.emoji: Give one emoji, such as 🎫, or none. Letters, digits and a server's own": func(p *panel.Panel) { p.Button.Emoji = "<:a:123>" },
		"channel_name: Write a name, or":   func(p *panel.Panel) { p.ChannelName = " \n" },
		"channel_name: Use no line breaks": func(p *panel.Panel) { p.ChannelName = "a\n%ticket_id%" },
		"channel_name: Use at most 100":    func(p *panel.Panel) { p.ChannelName = strings.Repeat("x", 101) },
		"channel_name: %high_score% cannot stand here: the channel is made before any integration has answered. Use %ticket_id%, %username%": func(p *panel.Panel) {
			p.ChannelName = "%ticket_id%-%ticket.username%-%high_score%"
		},
		"channel_name: %form.what% is an answer, and this panel asks no form.": func(p *panel.Panel) { p.ChannelName = "%form.what%" },
		"staff_roles: @everyone":   func(p *panel.Panel) { p.StaffRoles = []snowflake.Role{1} },
		"staff_roles: Give each":   func(p *panel.Panel) { p.StaffRoles = []snowflake.Role{2, 2} },
		"staff_roles: Give at mos": func(p *panel.Panel) { p.StaffRoles = make([]snowflake.Role, 21) },
	} {
		p := good()
		edit(&p)
		if err := p.Check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}
