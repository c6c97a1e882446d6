// Package seed describes the world that a sandbox starts with: users, applications, guilds with roles, channels and
// members (S-12). It is a file format and its checks; it builds nothing.
package seed

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"usher/sandbox/internal/permission"
	"usher/sandbox/internal/wire"
)

// Seed is a whole world. References between its parts (an owner, a member's roles, a channel's parent) are an id or
// a name; ids that are not given are made.
type Seed struct {
	Users        []User        `json:"users,omitempty"`
	Applications []Application `json:"applications,omitempty"`
	Guilds       []Guild       `json:"guilds,omitempty"`
}

// User is a person.
type User struct {
	ID         wire.ID `json:"id,omitzero"`
	Username   string  `json:"username"`
	GlobalName string  `json:"global_name,omitempty"`
	// Note tells who this is in the list of people whom one may act as.
	Note string `json:"note,omitempty"`
	// Locale is the language of the person's client; en-US when empty.
	Locale string `json:"locale,omitempty"`
	// Email is what OAuth2's email scope shows; made from the username when empty.
	Email string `json:"email,omitempty"`
	// RefusesDMs makes every direct message of a bot fail with 50007.
	RefusesDMs bool `json:"refuses_dms,omitempty"`
}

// Application is a bot with its token and OAuth2 client.
type Application struct {
	ID   wire.ID `json:"id,omitzero"`
	Name string  `json:"name"`
	// BotToken has the form base64(id).x.y; made when empty.
	BotToken string `json:"bot_token,omitempty"`
	// ClientSecret is OAuth2's; without one nothing authenticates as this client.
	ClientSecret string `json:"client_secret,omitempty"`
	// RedirectURIs are compared exactly, as by Discord. Of the sandbox alone: http://127.0.0.1:*/path is that path on every
	// port, and http://127.0.0.1:*/* everything on that host; localhost and [::1] may stand there too.
	RedirectURIs []string `json:"redirect_uris,omitempty"`
	// Description is the application's description.
	Description string `json:"description,omitempty"`
	// Owner is the user who registered the application; the first user when empty.
	Owner string `json:"owner,omitempty"`
	// PrivilegedIntents are those switched on: PRESENCE, MEMBERS, MESSAGE_CONTENT. nil is all of them.
	PrivilegedIntents *[]string `json:"privileged_intents,omitempty"`
	// MaxConcurrency of gateway identifies; 1 when zero.
	MaxConcurrency int `json:"max_concurrency,omitempty"`
	// Shards that GET /gateway/bot recommends; 1 when zero.
	Shards int `json:"shards,omitempty"`
}

// Guild is a server.
type Guild struct {
	ID    wire.ID `json:"id,omitzero"`
	Name  string  `json:"name"`
	Owner string  `json:"owner"`
	// Everyone is what @everyone may do; Discord's default when nil.
	Everyone *Permissions `json:"everyone,omitempty"`
	// Roles from the lowest to the highest.
	Roles    []Role    `json:"roles,omitempty"`
	Channels []Channel `json:"channels,omitempty"`
	Members  []Member  `json:"members,omitempty"`
	Bots     []Bot     `json:"bots,omitempty"`
	// Locale is the guild's preferred locale; en-US when empty.
	Locale   string   `json:"locale,omitempty"`
	Features []string `json:"features,omitempty"`
}

// Role is a role of a guild.
type Role struct {
	ID          wire.ID     `json:"id,omitzero"`
	Name        string      `json:"name"`
	Permissions Permissions `json:"permissions,omitempty"`
	Color       int         `json:"color,omitempty"`
	Hoist       bool        `json:"hoist,omitempty"`
	Mentionable bool        `json:"mentionable,omitempty"`
}

// Channel is a channel of a guild; a category must stand before its channels.
type Channel struct {
	ID   wire.ID `json:"id,omitzero"`
	Name string  `json:"name"`
	// Type is "text" (also when empty), "category", "voice", "news" or "forum".
	Type   string `json:"type,omitempty"`
	Parent string `json:"parent,omitempty"`
	Topic  string `json:"topic,omitempty"`
	// Tags are those of a forum's posts, by name.
	Tags []string `json:"tags,omitempty"`
	// Overwrites are exceptions for roles and members.
	Overwrites []Overwrite `json:"overwrites,omitempty"`
	Messages   []Message   `json:"messages,omitempty"`
}

// Overwrite is an exception for one role ("@everyone" is one) or one user.
type Overwrite struct {
	Role  string      `json:"role,omitempty"`
	User  string      `json:"user,omitempty"`
	Allow Permissions `json:"allow,omitempty"`
	Deny  Permissions `json:"deny,omitempty"`
}

// Message is something already written.
type Message struct {
	Author  string `json:"author"`
	Content string `json:"content"`
}

// Member is a user in a guild.
type Member struct {
	User  string   `json:"user"`
	Nick  string   `json:"nick,omitempty"`
	Roles []string `json:"roles,omitempty"`
}

// Bot is an application in a guild; it gets a managed role of the application's name.
type Bot struct {
	Application string `json:"application"`
	// Role names an entry of Roles that becomes the managed role, to place it; without it the role is made, highest of all.
	Role        string      `json:"role,omitempty"`
	Permissions Permissions `json:"permissions,omitempty"`
	Roles       []string    `json:"roles,omitempty"`
}

// Permissions is written as a list of names such as "VIEW_CHANNEL", or as Discord's decimal string.
type Permissions permission.Bits

// MarshalJSON writes the names.
func (p Permissions) MarshalJSON() ([]byte, error) { return json.Marshal(permission.Bits(p).Names()) }

// UnmarshalJSON reads names or a decimal string; an unknown name is an error.
func (p *Permissions) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			return fmt.Errorf("permissions %q: want a list of names or a decimal number in quotes", s)
		}
		*p = Permissions(n)
		return nil
	}
	var names []string
	if err := json.Unmarshal(b, &names); err != nil {
		return fmt.Errorf("permissions %s: want a list of names such as [\"VIEW_CHANNEL\"]", b)
	}
	*p = 0
	for _, name := range names {
		bit, err := permission.Parse(name)
		if err != nil {
			return err
		}
		*p |= Permissions(bit)
	}
	return nil
}

// Parse reads a seed file. An unknown field is an error that names it.
func Parse(data []byte) (Seed, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var s Seed
	if err := d.Decode(&s); err != nil {
		return Seed{}, fmt.Errorf("reading the seed: %w", explain(err))
	}
	if d.More() {
		return Seed{}, errors.New("reading the seed: something follows after the end of the object")
	}
	return s, nil
}

func explain(err error) error {
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return fmt.Errorf("there is no field %s in a seed; see the types of package seed for those that are", name)
	}
	return err
}
