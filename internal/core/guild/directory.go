package guild

import (
	"context"
	"maps"
	"slices"

	"usher/internal/core/fault"
	"usher/internal/core/snowflake"
)

// ChannelKind is a sort of channel that Usher can use.
type ChannelKind string

// The kinds.
const (
	Text          ChannelKind = "text"
	Announcements ChannelKind = "announcements"
	Category      ChannelKind = "category"
)

// Channel is a channel of a server, to choose from.
type Channel struct {
	ID       snowflake.Channel
	Name     string
	Kind     ChannelKind
	Category snowflake.Channel // zero: at the top
	Position int               // among its like
}

// Role is a role of a server, to choose from.
type Role struct {
	ID       snowflake.Role
	Name     string
	Colour   int // 0xRRGGBB; 0: none
	Position int // the higher, the mightier
	Managed  bool
	Everyone bool // has every member
}

// Member is somebody in a server, to choose from.
type Member struct {
	ID     snowflake.User
	Name   string // the unique user name
	Shown  string // the name that others see there
	Avatar string // the picture's hash; empty: Discord's default picture
	Bot    bool
}

// Server is a server as its members see it.
type Server struct {
	Name  string
	Icon  string // the picture's hash; empty: none
	Owner snowflake.User
}

// Directory is what there is in a server, as our bot sees it. Errors: fault.Conflict "bot_not_here" where it is not a member.
type Directory interface {
	// Server looks at the server itself.
	Server(g snowflake.Guild) (Server, error)
	// Channels lists the channels that Usher can use, as Discord shows them.
	Channels(g snowflake.Guild) ([]Channel, error)
	// Roles lists all roles, the mightiest first.
	Roles(g snowflake.Guild) ([]Role, error)
	// Members finds up to limit members (1 to 100) whose name begins with a text. Errors: Unavailable, too.
	Members(ctx context.Context, g snowflake.Guild, begins string, limit int) ([]Member, error)
	// Member looks at one member. Errors: NotFound "member_not_found"; Unavailable, too.
	Member(ctx context.Context, g snowflake.Guild, user snowflake.User) (Member, error)
	// User looks at somebody wherever they are, whose Shown is the name that all see. Errors: NotFound "user_not_found"; Unavailable, too.
	User(ctx context.Context, user snowflake.User) (Member, error)
	// ChannelURL is where people open a channel in Discord.
	ChannelURL(g snowflake.Guild, channel snowflake.Channel) string
}

// CheckPlaces adds to c which of the roles and categories are not in the guild (any more). A category is by its path. Errors: those of
// the directory.
func CheckPlaces(c *fault.Checks, d Directory, g snowflake.Guild, roles []snowflake.Role, categories map[string]snowflake.Channel) error {
	known, err := d.Roles(g)
	if err != nil {
		return err
	}
	for _, id := range roles {
		there := slices.ContainsFunc(known, func(r Role) bool { return r.ID == id })
		c.Require(there, "staff_roles", "A role that is chosen is not in this server any more. Take it away.")
	}
	channels, err := d.Channels(g)
	if err != nil {
		return err
	}
	for _, path := range slices.Sorted(maps.Keys(categories)) {
		id := categories[path]
		there := slices.ContainsFunc(channels, func(ch Channel) bool { return ch.ID == id && ch.Kind == Category })
		c.Require(id.IsZero() || there, path, "There is no such category in this server that the bot can see. Choose another one.")
	}
	return nil
}
