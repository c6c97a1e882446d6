// Package firstrun is the set-up of an instance that has no settings yet: who may do it, what has to be known, and when it is whole. It asks
// Discord and writes settings by ports; it knows no pages and no files.
package firstrun

import (
	"context"

	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

// Person is an account at Discord.
type Person struct {
	ID      snowflake.User
	Name    string // the unique user name
	Shown   string // what others see
	Picture string // its address
}

// Application is a bot's application as it sees itself.
// https://discord.com/developers/docs/resources/application#get-current-application
type Application struct {
	ID        snowflake.Application
	Name      string
	Bot       Person
	Owner     Person // whoever made it; of a team's the team's owner, who is known by the id alone
	Redirects []string
	Findings  []Finding
}

// Finding is something about an application that gets in Usher's way.
type Finding struct {
	Code string // for programs: "interactions_url"
	Text string // what it does and what to do
	Link string // the page where it is done
}

// Guild is a server that the bot is in.
type Guild struct {
	ID      snowflake.Guild
	Name    string
	Icon    string   // address of its picture; empty: none
	Missing []string // permissions that the bot needs and lacks there, as Discord calls them
}

// Discord answers what the set-up has to ask. Errors: fault.Invalid "token_refused", "secret_refused", "user_unknown"; Unavailable.
type Discord interface {
	// Application looks at the application of a token.
	Application(ctx context.Context, token secret.Value) (Application, error)
	// CheckSecret is nil when the secret is that of the application.
	CheckSecret(ctx context.Context, a snowflake.Application, clientSecret secret.Value) error
	// User looks at a person.
	User(ctx context.Context, token secret.Value, id snowflake.User) (Person, error)
	// Guilds lists the servers that the token's bot is in.
	Guilds(ctx context.Context, token secret.Value) ([]Guild, error)
	// InviteURL is where the bot is added to a server, with the permissions that it needs.
	InviteURL(a snowflake.Application) string
}

// Choice is all that the set-up finds out.
type Choice struct {
	Token     secret.Value
	Client    snowflake.Application
	Secret    secret.Value
	PublicURL string
	Operator  snowflake.User
}

// Fixed is what the environment has settled already; the set-up neither asks for it nor writes it.
type Fixed struct {
	Secret    secret.Value
	PublicURL string
	Operator  snowflake.User
}

// Settings keeps what was chosen.
type Settings interface {
	// Keep writes the choice so that the next start finds it; what is empty in it is settled elsewhere. Errors are sentences for whoever runs the machine.
	Keep(c Choice) error
}

// CallbackPath is where Discord sends people back to who sign in; with the public address before it, it has to be registered with Discord.
const CallbackPath = "/auth/callback"

// PortalURL is a page of an application in Discord's developer portal: "bot", "oauth2", "information".
func PortalURL(a snowflake.Application, page string) string {
	if a.IsZero() {
		return "https://discord.com/developers/applications"
	}
	return "https://discord.com/developers/applications/" + a.String() + "/" + page
}
