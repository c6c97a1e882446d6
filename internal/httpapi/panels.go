package httpapi

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"usher/internal/core/account"
	"usher/internal/core/fault"
	"usher/internal/core/form"
	"usher/internal/core/guild"
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

// PostedPanel is a panel after it was posted.
type PostedPanel struct {
	Panel

	Left snowflake.Channel `json:"left,omitempty" doc:"Where its message stood before and could not be taken away; absent: nowhere."`
}

// DeletedPanel is what came of deleting a panel.
type DeletedPanel struct {
	Left snowflake.Channel `json:"left,omitempty" doc:"Where its message still stands, for Discord did not let the bot take it away; absent: nowhere."`
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
	) (*made[Panel], error) {
		out, err := a.savePanel(ctx, in.Body.panel(in.id()))
		return madeAt(out, err, func(m Panel) string { return in.path("panels", string(m.ID)) })
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
		return a.savePanel(ctx, p)
	})
	add(a, write, huma.Operation{
		OperationID: "delete-panel", Method: http.MethodDelete, Path: one, Tags: []string{tagPanels}, Summary: "Delete a panel",
		Description: "Its message is taken away, too. Tickets opened from it stay.",
	}, func(ctx context.Context, in *struct {
		InGuild
		OnePanel
	},
	) (*answer[DeletedPanel], error) {
		left, err := a.Board.Delete(ctx, callerOf(ctx).Actor(), in.id(), in.Panel)
		return body(DeletedPanel{Left: left}), err
	})
	add(a, write, huma.Operation{
		OperationID: "post-panel", Method: http.MethodPost, Path: one + "/post", Tags: []string{tagPanels}, Summary: "Post a panel to a channel",
		Description: "Where it stands in that channel already, the message there is brought up to date; where it stands in another, that message is taken away.",
	}, a.postPanel)
}

// postPanel holds the channel to those that hold messages, and to the server: the bot may post in others, too.
func (a *api) postPanel(ctx context.Context, in *struct {
	InGuild
	OnePanel
	Body struct {
		Channel snowflake.Channel `json:"channel" doc:"A channel of the server that the bot sees."`
	}
},
) (*answer[PostedPanel], error) {
	channels, err := a.Directory.Channels(in.id())
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(channels, func(c guild.Channel) bool { return c.ID == in.Body.Channel && c.Kind != guild.Category }) {
		return nil, wrong("channel_invalid", "The panel cannot be posted there.", "channel", "Choose a text channel of this server that the bot can see.")
	}
	posted, err := a.Board.Post(ctx, callerOf(ctx).Actor(), in.id(), in.Panel, in.Body.Channel)
	return body(PostedPanel{Panel: panelOf(posted.Panel), Left: posted.Left}), err
}

// savePanel also holds roles and category to the server.
func (a *api) savePanel(ctx context.Context, p panel.Panel) (*answer[Panel], error) {
	var c fault.Checks
	if err := guild.CheckPlaces(&c, a.Directory, p.Guild, p.StaffRoles, map[string]snowflake.Channel{"category": p.Category}); err != nil {
		return nil, err
	}
	if err := together(p.Check(), c, "panel_invalid", "This panel cannot be saved."); err != nil {
		return nil, err
	}
	saved, err := a.Board.Save(ctx, callerOf(ctx).Actor(), p)
	return body(panelOf(saved)), err
}

// together is one fault with the fields of a check of core's and those of c.
func together(err error, c fault.Checks, code, text string) error {
	told, ok := asFault(err)
	if err != nil && !ok {
		return err
	}
	if ok {
		for _, f := range told.Fields {
			c.Add(f.Path, f.Text)
		}
	}
	return c.Err(code, text)
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
