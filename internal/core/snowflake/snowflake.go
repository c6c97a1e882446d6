// Package snowflake has Discord's ids, one type per kind, so that a user's id cannot be given where a channel's is wanted.
// https://discord.com/developers/docs/reference#snowflakes
//
// It knows nothing of what the ids name.
package snowflake

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Kinds of ids. They carry nothing; they only keep the types apart.
type (
	guildKind       struct{}
	channelKind     struct{}
	userKind        struct{}
	roleKind        struct{}
	messageKind     struct{}
	interactionKind struct{}
	applicationKind struct{}
)

// The ids of the product.
type (
	// Guild is the id of a server, and of its @everyone role.
	Guild = ID[guildKind]
	// Channel is the id of a channel, category or thread.
	Channel = ID[channelKind]
	// User is the id of a person or bot.
	User = ID[userKind]
	// Role is the id of a role in a guild.
	Role = ID[roleKind]
	// Message is the id of a message in a channel.
	Message = ID[messageKind]
	// Interaction is the id of one press, choice, command or form.
	Interaction = ID[interactionKind]
	// Application is the id of a bot's application.
	Application = ID[applicationKind]
)

// ID is an unsigned 64-bit Discord id; in JSON a decimal string, for JavaScript's numbers end at 2^53. Zero means none.
type ID[K any] uint64

// ErrInvalid is what Parse and UnmarshalText answer to anything that is not a positive decimal number below 2^63.
var ErrInvalid = errors.New("not a Discord id: give the decimal number of 17 to 20 digits that Discord's \"Copy ID\" gives")

// Parse reads a decimal id.
func Parse[T ~uint64](text string) (T, error) {
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil || n == 0 {
		return 0, fmt.Errorf("%.32q is %w", text, ErrInvalid)
	}
	return T(n), nil
}

// String is the decimal form.
func (id ID[K]) String() string { return strconv.FormatUint(uint64(id), 10) }

// IsZero reports whether there is no id.
func (id ID[K]) IsZero() bool { return id == 0 }

// MarshalText implements encoding.TextMarshaler; zero is the empty text.
func (id ID[K]) MarshalText() ([]byte, error) {
	if id == 0 {
		return []byte{}, nil
	}
	return []byte(id.String()), nil
}

// UnmarshalText implements encoding.TextUnmarshaler; the empty text is zero. Errors wrap ErrInvalid.
func (id *ID[K]) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*id = 0
		return nil
	}
	n, err := Parse[ID[K]](string(text))
	if err != nil {
		return err
	}
	*id = n
	return nil
}

// UnmarshalJSON implements json.Unmarshaler: a string only, for a number may have lost its last digits on its way. Errors wrap ErrInvalid.
func (id *ID[K]) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		return nil
	}
	if len(text) < 2 || text[0] != '"' || text[len(text)-1] != '"' {
		return fmt.Errorf("%.32s is %w, between quotation marks", text, ErrInvalid)
	}
	return id.UnmarshalText(text[1 : len(text)-1])
}

// epoch is the first moment of 2015 in Unix milliseconds, where Discord's ids begin.
const epoch = 1420070400000

// Time is when the id was made, to the millisecond.
func (id ID[K]) Time() time.Time { return time.UnixMilli(int64(uint64(id)>>22) + epoch).UTC() }
