package httpapi

import (
	"cmp"
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"usher/internal/core/account"
	"usher/internal/core/fault"
	"usher/internal/core/form"
	"usher/internal/core/message"
	"usher/internal/core/panel"
	"usher/internal/core/snowflake"
)

// wrong is a fault about one field.
func wrong(code, text, path, advice string) error {
	var c fault.Checks
	c.Add(path, advice)
	return c.Err(code, text)
}

// PanelDraft is a panel as one writes it.
type PanelDraft struct {
	Name        string            `json:"name" doc:"1 to 80 characters, unique in the server." example:"Support"`
	Post        message.Template  `json:"post" doc:"The message with the button."`
	Button      PanelButton       `json:"button"`
	Welcome     message.Template  `json:"welcome" doc:"The first message of a ticket, with placeholders."`
	Category    snowflake.Channel `json:"category,omitempty" doc:"Absent: the server's."`
	StaffRoles  []snowflake.Role  `json:"staff_roles,omitempty" doc:"Absent: the server's."`
	Form        form.ID           `json:"form,omitempty" doc:"The questions asked before a ticket opens; absent: none."`
	ChannelName string            `json:"channel_name,omitempty" doc:"How a ticket's channel is called, with placeholders of the ticket; ticket-%ticket_id% unless set."`
	MaxOpen     int               `json:"max_open,omitempty" doc:"Open tickets that one member may have from it, 1 to 10; 1 unless set."`
}

// PanelButton is what a member presses.
type PanelButton struct {
	Label string      `json:"label" doc:"1 to 80 characters." example:"Open a ticket"`
	Emoji string      `json:"emoji,omitempty" doc:"A unicode emoji."`
	Style panel.Style `json:"style,omitempty" enum:"primary,secondary,success,danger" doc:"primary unless set."`
}

// PanelChange is a whole panel as it shall be.
type PanelChange struct {
	PanelDraft

	Revision int64 `json:"revision" doc:"The one that you read. Where it is another one by now you are told (409), and nothing is changed."`
}

// Panel is a message with a button that opens tickets.
type Panel struct {
	ID panel.ID `json:"id"`
	PanelDraft

	Channel  snowflake.Channel `json:"channel,omitempty" doc:"Where it is posted; absent: nowhere."`
	Message  snowflake.Message `json:"message,omitempty"`
	Revision int64             `json:"revision" doc:"Give it back with a change."`
}

// OnePanel is the part of an operation's input that names a panel.
type OnePanel struct {
	Panel panel.ID `path:"panel" maxLength:"32"`
}

// panelOperations are about panels.
func (a *api) panelOperations() {
	read, write := access{who: guildManager, scope: account.Read}, access{who: guildManager, scope: account.Write}
	all, one := guildPath+"/panels", guildPath+"/panels/{panel}"
	add(a, read, huma.Operation{
		OperationID: "list-panels", Method: http.MethodGet, Path: all, Tags: []string{tagPanels}, Summary: "List a server's panels",
	}, func(ctx context.Context, in *InGuild) (*answer[[]Panel], error) {
		found, err := a.Board.Store.Panels(ctx, in.id())
		return body(each(found, panelOf)), err
	})
	add(a, write, huma.Operation{
		OperationID: "create-panel", Method: http.MethodPost, Path: all, Tags: []string{tagPanels}, DefaultStatus: http.StatusCreated, Summary: "Make a panel",
		Description: "It is not posted yet.",
	}, func(ctx context.Context, in *struct {
		InGuild
		Body PanelDraft
	},
	) (*answer[Panel], error) {
		made, err := a.Board.Save(ctx, callerOf(ctx).Actor(), in.Body.panel(in.id()))
		return body(panelOf(made)), err
	})
	add(a, read, huma.Operation{
		OperationID: "get-panel", Method: http.MethodGet, Path: one, Tags: []string{tagPanels}, Summary: "Look at a panel",
	}, func(ctx context.Context, in *struct {
		InGuild
		OnePanel
	},
	) (*answer[Panel], error) {
		found, err := a.Board.Store.Panel(ctx, in.id(), in.Panel)
		return body(panelOf(found)), err
	})
	add(a, write, huma.Operation{
		OperationID: "change-panel", Method: http.MethodPut, Path: one, Tags: []string{tagPanels}, Summary: "Change a panel",
		Description: "Send the whole of it. Where it is posted the message stays as it is until you post it again.",
	}, func(ctx context.Context, in *struct {
		InGuild
		OnePanel
		Body PanelChange
	},
	) (*answer[Panel], error) {
		p := in.Body.panel(in.id())
		p.ID, p.Revision = in.Panel, in.Body.Revision
		changed, err := a.Board.Save(ctx, callerOf(ctx).Actor(), p)
		return body(panelOf(changed)), err
	})
	add(a, write, huma.Operation{
		OperationID: "delete-panel", Method: http.MethodDelete, Path: one, Tags: []string{tagPanels}, DefaultStatus: http.StatusNoContent, Summary: "Delete a panel",
		Description: "Tickets opened from it stay. Its message stays where it is posted; delete that at Discord.",
	}, func(ctx context.Context, in *struct {
		InGuild
		OnePanel
	},
	) (*nothing, error) {
		return nil, a.Board.Delete(ctx, callerOf(ctx).Actor(), in.id(), in.Panel)
	})
	add(a, write, huma.Operation{
		OperationID: "post-panel", Method: http.MethodPost, Path: one + "/post", Tags: []string{tagPanels}, Summary: "Post a panel to a channel",
		Description: "Where it stands in that channel already, the message there is brought up to date.",
	}, a.postPanel)
}

// postPanel holds the channel to the server: the bot may post in others, too.
func (a *api) postPanel(ctx context.Context, in *struct {
	InGuild
	OnePanel
	Body struct {
		Channel snowflake.Channel `json:"channel" doc:"A channel of the server that the bot sees."`
	}
},
) (*answer[Panel], error) {
	channels, err := a.Directory.Channels(in.id())
	if err != nil {
		return nil, err
	}
	for _, c := range channels {
		if c.ID == in.Body.Channel && c.Kind != "category" {
			posted, err := a.Board.Post(ctx, callerOf(ctx).Actor(), in.id(), in.Panel, c.ID)
			return body(panelOf(posted)), err
		}
	}
	return nil, wrong("channel_invalid", "The panel cannot be posted there.", "channel", "Give a text channel of this server that the bot can see.")
}

func (d PanelDraft) panel(g snowflake.Guild) panel.Panel {
	return panel.Panel{
		Guild: g, Name: d.Name, Post: d.Post, Button: panel.Button(d.Button), Welcome: d.Welcome, Category: d.Category, StaffRoles: d.StaffRoles, Form: d.Form,
		ChannelName: d.ChannelName, MaxOpen: cmp.Or(d.MaxOpen, 1),
	}
}

func panelOf(p panel.Panel) Panel {
	return Panel{
		ID: p.ID, PanelDraft: PanelDraft{
			Name: p.Name, Post: p.Post, Button: PanelButton(p.Button), Welcome: p.Welcome, Category: p.Category, StaffRoles: p.StaffRoles, Form: p.Form,
			ChannelName: p.ChannelName, MaxOpen: p.MaxOpen,
		},
		Channel: p.Channel, Message: p.Message, Revision: p.Revision,
	}
}
