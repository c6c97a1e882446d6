package sandbox

import (
	"encoding/base64"
	"fmt"

	"usher/sandbox/internal/permission"
	"usher/sandbox/internal/seed"
	"usher/sandbox/internal/wire"
)

// ID is a snowflake, a string of digits in JSON.
type ID = wire.ID

// Seed describes the world a sandbox starts with; see the fields of its types. As JSON it is a seed file.
type Seed = seed.Seed

// The parts of a Seed.
type (
	// SeedUser is a person.
	SeedUser = seed.User
	// SeedApplication is a bot with its token.
	SeedApplication = seed.Application
	// SeedGuild is a server.
	SeedGuild = seed.Guild
	// SeedRole is a role of a server.
	SeedRole = seed.Role
	// SeedChannel is a channel of a server.
	SeedChannel = seed.Channel
	// SeedOverwrite is a channel's exception.
	SeedOverwrite = seed.Overwrite
	// SeedMessage is something already written.
	SeedMessage = seed.Message
	// SeedMember is a user in a server.
	SeedMember = seed.Member
	// SeedBot is an application in a server.
	SeedBot = seed.Bot
	// SeedPermissions is a list of names such as VIEW_CHANNEL, or a decimal number.
	SeedPermissions = seed.Permissions
)

// ParseSeed reads a seed file; an unknown field is an error that names it.
func ParseSeed(data []byte) (Seed, error) { return seed.Parse(data) }

// Ids of the demo's world, DefaultSeed.
const (
	DemoGuildID       ID = 1400000000000000001
	DemoStaffRoleID   ID = 1400000000000000011
	DemoBotRoleID     ID = 1400000000000000012
	DemoInfoID        ID = 1400000000000000021
	DemoWelcomeID     ID = 1400000000000000022
	DemoRulesID       ID = 1400000000000000023
	DemoCommunityID   ID = 1400000000000000024
	DemoGeneralID     ID = 1400000000000000025
	DemoSupportID     ID = 1400000000000000026
	DemoTicketsID     ID = 1400000000000000027
	DemoRyanID        ID = 585576154958921739
	DemoMiaID         ID = 1400000000000000102
	DemoNoorID        ID = 1400000000000000103
	DemoOlgaID        ID = 1400000000000000104
	DemoApplicationID ID = 1400000000000000201
)

// BotToken makes a token for an application: libraries read the application's id from its first part.
func BotToken(application ID, rest string) string {
	return base64.RawStdEncoding.EncodeToString([]byte(application.String())) + "." + rest
}

// ticketBot is what a bot that runs tickets is commonly given.
const ticketBot = permission.ViewChannel | permission.ManageChannels | permission.ManageRoles | permission.SendMessages |
	permission.EmbedLinks | permission.AttachFiles | permission.ReadMessageHistory | permission.ManageMessages |
	permission.UseExternalEmojis | permission.AddReactions | permission.ManageWebhooks | permission.ManageThreads |
	permission.CreatePrivateThreads | permission.SendMessagesInThreads | permission.PinMessages

// TicketBotPermissions is what DefaultSeed gives its bot.
func TicketBotPermissions() SeedPermissions { return SeedPermissions(ticketBot) }

// DefaultSeed is the demo's world: the server "Ryan's Arcade" with four people and the bot "Usher".
func DefaultSeed() Seed {
	return Seed{
		Users: []SeedUser{
			{ID: DemoRyanID, Username: "ryan", GlobalName: "Ryan", Note: "Member"},
			{ID: DemoMiaID, Username: "mia", GlobalName: "Mia", Note: "Staff"},
			{ID: DemoNoorID, Username: "noor", GlobalName: "Noor", Note: "Member"},
			{ID: DemoOlgaID, Username: "olga", GlobalName: "Olga", Note: "Owner"},
		},
		Applications: []SeedApplication{{
			ID: DemoApplicationID, Name: "Usher", BotToken: BotToken(DemoApplicationID, "sandbx.this-token-opens-only-the-local-sandbox"),
			ClientSecret: "sandbox-client-secret", RedirectURIs: []string{"http://127.0.0.1:*/*", "http://localhost:*/*"}, Description: "Support tickets with live data.", Owner: "Olga",
		}},
		Guilds: []SeedGuild{{
			ID: DemoGuildID, Name: "Ryan's Arcade", Owner: "Olga",
			Roles: []SeedRole{
				{ID: DemoStaffRoleID, Name: "Staff", Color: 0x3498DB, Hoist: true, Mentionable: true},
				{ID: DemoBotRoleID, Name: "Usher", Permissions: TicketBotPermissions()},
			},
			Members: []SeedMember{{User: "Olga"}, {User: "Ryan"}, {User: "Mia", Roles: []string{"Staff"}}, {User: "Noor"}},
			Bots:    []SeedBot{{Application: "Usher", Role: DemoBotRoleID.String()}},
			Channels: []SeedChannel{
				{ID: DemoInfoID, Name: "Information", Type: "category"},
				{ID: DemoWelcomeID, Name: "welcome", Parent: "Information", Messages: []SeedMessage{
					{Author: "Olga", Content: "Welcome to the arcade! Say hello in <#" + DemoGeneralID.String() + ">, or get help in <#" + DemoSupportID.String() + ">."},
				}},
				{ID: DemoRulesID, Name: "rules", Parent: "Information", Messages: []SeedMessage{
					{Author: "Olga", Content: "1. Be kind.\n2. No cheating.\n3. The high score table is sacred."},
				}},
				{ID: DemoCommunityID, Name: "Community", Type: "category"},
				{ID: DemoGeneralID, Name: "general", Parent: "Community", Topic: "Everything else"},
				{ID: DemoSupportID, Name: "support", Parent: "Community", Topic: "Need help? Open a ticket."},
				{ID: DemoTicketsID, Name: "Tickets", Type: "category"},
			},
		}},
	}
}

// GeneratedGuilds is a world of n servers for tests of scale: each with an owner, two members, a staff role, a category
// and a text channel, and one application that is in all of them. Ids and names follow from the number.
func GeneratedGuilds(n int) Seed {
	const base = ID(1500000000000000000)
	out := Seed{
		Users: []SeedUser{{ID: base + 1, Username: "owner"}, {ID: base + 2, Username: "member"}, {ID: base + 3, Username: "helper"}},
		Applications: []SeedApplication{{
			ID: base + 4, Name: "Bot", BotToken: BotToken(base+4, "sandbx.generated"), Owner: "owner", Shards: (n + 999) / 1000,
			MaxConcurrency: 16,
		}},
	}
	for i := range n {
		// Steps of 1<<22 spread the servers over shards as real ids do.
		id := base + ID(i+1)<<22
		out.Guilds = append(out.Guilds, SeedGuild{
			ID: id, Name: fmt.Sprintf("Server %d", i+1), Owner: "owner", Members: []SeedMember{{User: "member"}, {User: "helper", Roles: []string{"Staff"}}},
			Roles: []SeedRole{{ID: id + 1, Name: "Staff"}, {ID: id + 2, Name: "Bot", Permissions: TicketBotPermissions()}},
			Bots:  []SeedBot{{Application: "Bot", Role: "Bot"}},
			Channels: []SeedChannel{
				{ID: id + 3, Name: "Tickets", Type: "category"},
				{ID: id + 4, Name: "support"},
			},
		})
	}
	return out
}
