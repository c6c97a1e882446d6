package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"usher/internal/core/account"
	"usher/internal/core/bloxlink"
	"usher/internal/core/fault"
	"usher/internal/core/guild"
	"usher/internal/core/message"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

// Settings are a server's.
type Settings struct {
	StaffRoles       []snowflake.Role  `json:"staff_roles" doc:"They may see and close every ticket; at most 20."`
	Category         snowflake.Channel `json:"category,omitempty" doc:"Where ticket channels are made; absent: at the top of the server."`
	OverflowCategory snowflake.Channel `json:"overflow_category,omitempty" doc:"Where they are made when that one is full."`
	CloseMessage     message.Template  `json:"close_message,omitempty" doc:"What a closed ticket's opener is written; empty: a sentence of Usher's."`
	Revision         int64             `json:"revision" doc:"Give back the one that you read; 0: none were saved yet."`
}

// Bloxlink is how a server is served with Roblox values.
type Bloxlink struct {
	Key     bloxlink.KeySource `json:"key" enum:"none,operator,guild" doc:"Whose key is used."`
	Trouble *BloxlinkTrouble   `json:"trouble,omitempty" doc:"Why there are no values; absent: nothing is known to be wrong."`
}

// BloxlinkTrouble is why there are no Roblox values.
type BloxlinkTrouble struct {
	Code bloxlink.Code `json:"code"`
	Text string        `json:"text"`
}

// settingsOperations are about a server's settings.
func (a *api) settingsOperations() {
	read, write := access{who: guildManager, scope: account.Read}, access{who: guildManager, scope: account.Write}
	add(a, read, huma.Operation{
		OperationID: "get-settings", Method: http.MethodGet, Path: guildPath + "/settings", Tags: []string{tagGuilds}, Summary: "Look at a server's settings",
	}, func(ctx context.Context, in *InGuild) (*answer[Settings], error) {
		s, err := a.Guilds.Settings(ctx, in.id())
		return body(settingsOf(s)), err
	})
	add(a, write, huma.Operation{
		OperationID: "change-settings", Method: http.MethodPut, Path: guildPath + "/settings", Tags: []string{tagGuilds}, Summary: "Change a server's settings",
		Description: "Send the whole of them, with the revision that you read.",
	}, func(ctx context.Context, in *struct {
		InGuild
		Body Settings
	},
	) (*answer[Settings], error) {
		b := in.Body
		return a.saveSettings(ctx, guild.Settings{
			ID: in.id(), StaffRoles: b.StaffRoles, Category: b.Category, OverflowCategory: b.OverflowCategory, CloseMessage: b.CloseMessage, Revision: b.Revision,
		})
	})
	a.bloxlinkOperations(read, write)
}

// saveSettings also holds roles and categories to the server.
func (a *api) saveSettings(ctx context.Context, s guild.Settings) (*answer[Settings], error) {
	var c fault.Checks
	categories := map[string]snowflake.Channel{"category": s.Category, "overflow_category": s.OverflowCategory}
	if err := guild.CheckPlaces(&c, a.Directory, s.ID, s.StaffRoles, categories); err != nil {
		return nil, err
	}
	if err := together(s.Check(), c, "guild_invalid", "These server settings cannot be saved."); err != nil {
		return nil, err
	}
	saved, err := a.Guilds.Save(ctx, callerOf(ctx).Actor(), s)
	return body(settingsOf(saved)), err
}

func settingsOf(s guild.Settings) Settings {
	return Settings{StaffRoles: s.StaffRoles, Category: s.Category, OverflowCategory: s.OverflowCategory, CloseMessage: s.CloseMessage, Revision: s.Revision}
}

// bloxlinkOperations are about Roblox values, which are built in.
func (a *api) bloxlinkOperations(read, write access) {
	path := guildPath + "/bloxlink"
	add(a, read, huma.Operation{
		OperationID: "get-bloxlink", Method: http.MethodGet, Path: path, Tags: []string{tagActive}, Summary: "See how Roblox values are served",
		Description: "They are built in: %roblox_username% and others, by Bloxlink.",
	}, func(ctx context.Context, in *InGuild) (*answer[Bloxlink], error) {
		s, err := a.Bloxlink.Status(ctx, in.id())
		out := Bloxlink{Key: s.Key}
		if s.Trouble != nil {
			out.Trouble = &BloxlinkTrouble{Code: s.Trouble.Code, Text: s.Trouble.Text()}
		}
		return body(out), err
	})
	add(a, write, huma.Operation{
		OperationID: "set-bloxlink-key", Method: http.MethodPut, Path: path + "/key", Tags: []string{tagActive}, DefaultStatus: http.StatusNoContent,
		Summary: "Give a server a Bloxlink key of its own", Description: "It is kept only if Bloxlink takes it, and never shown again.",
	}, func(ctx context.Context, in *struct {
		InGuild
		Body struct {
			Key secret.Value `json:"key"`
		}
	},
	) (*nothing, error) {
		return nil, a.Bloxlink.SetKey(ctx, in.id(), callerOf(ctx).Actor(), in.Body.Key)
	})
	add(a, write, huma.Operation{
		OperationID: "delete-bloxlink-key", Method: http.MethodDelete, Path: path + "/key", Tags: []string{tagActive}, DefaultStatus: http.StatusNoContent,
		Summary: "Destroy a server's own Bloxlink key",
	}, func(ctx context.Context, in *InGuild) (*nothing, error) {
		return nil, a.Bloxlink.RemoveKey(ctx, in.id(), callerOf(ctx).Actor())
	})
}
