package sandbox

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"usher/sandbox/internal/world"
)

type (
	// GuildSummary is a guild as somebody finds it who may not be in it.
	GuildSummary = world.GuildSummary
	// Found is what a search found.
	Found = world.Found
	// Pinned is a pinned message with the time of its pin.
	Pinned = world.Pinned
)

// Guilds lists up to 100 guilds whose name holds the text, whoever is in them; all for "".
func (c *Client) Guilds(ctx context.Context, text string) ([]GuildSummary, error) {
	return get[[]GuildSummary](ctx, c, "/guilds?"+url.Values{"text": {text}}.Encode())
}

// NewThread is a thread, or a post of a forum, as a person starts it.
type NewThread struct {
	ChannelID ID `json:"channel_id"`
	// MessageID is the message that it grows from, 0 for none.
	MessageID ID     `json:"message_id,omitzero"`
	Name      string `json:"name"`
	Private   bool   `json:"private,omitempty"`
	// Content is the first message; a forum's post needs it.
	Content string `json:"content,omitempty"`
	Tags    []ID   `json:"applied_tags,omitempty"`
}

// StartThread starts a thread.
func (u *Acting) StartThread(ctx context.Context, t NewThread) (Channel, error) {
	var out Channel
	err := u.c.do(ctx, http.MethodPost, u.path("/threads"), t, &out)
	return out, err
}

// Archive puts a thread away or takes it out again.
func (u *Acting) Archive(ctx context.Context, thread ID, away bool) error {
	return u.c.do(ctx, http.MethodPost, u.path("/thread"), map[string]any{"channel_id": thread, "archived": away}, nil)
}

// OldThreads lists a channel's archived threads that the person may see, last archived first.
func (u *Acting) OldThreads(ctx context.Context, channel ID) ([]Channel, error) {
	return get[[]Channel](ctx, u.c, u.path("/channels/"+channel.String()+"/threads"))
}

// Channel is a channel, thread or direct message as the person sees it, archived threads among them; nil where the
// person sees none of this id.
func (u *Acting) Channel(ctx context.Context, id ID) (*Channel, error) {
	seen, err := get[struct {
		Channel *Channel `json:"channel"`
	}](ctx, u.c, u.path("/channels/"+id.String()))
	return seen.Channel, err
}

// Pin pins a message or takes the pin away.
func (u *Acting) Pin(ctx context.Context, m Message, remove bool) error {
	return u.c.do(ctx, http.MethodPost, u.path("/pin"), map[string]any{"channel_id": m.ChannelID, "message_id": m.ID, "remove": remove}, nil)
}

// Pins lists a channel's pinned messages, last pinned first.
func (u *Acting) Pins(ctx context.Context, channel ID) ([]Pinned, error) {
	return get[[]Pinned](ctx, u.c, u.path("/channels/"+channel.String()+"/pins"))
}

// Search finds messages of a guild that hold every word of the text, newest first, at most limit (100) of them.
func (u *Acting) Search(ctx context.Context, guild ID, text string, limit int) (Found, error) {
	q := url.Values{"guild_id": {guild.String()}, "text": {text}, "limit": {strconv.Itoa(limit)}}
	return get[Found](ctx, u.c, u.path("/search?"+q.Encode()))
}
