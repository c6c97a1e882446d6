package world

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"usher/sandbox/internal/permission"
	"usher/sandbox/internal/wire"
)

// GuildSummary is a guild as somebody finds it who may not be in it.
type GuildSummary struct {
	ID          ID      `json:"id"`
	Name        string  `json:"name"`
	Icon        *string `json:"icon"`
	MemberCount int     `json:"member_count"`
}

// FindGuilds lists guilds whose name holds the text, in the order of the seed.
func (w *World) FindGuilds(text string, limit int) []GuildSummary {
	w.mu.Lock()
	defer w.mu.Unlock()
	out, text := []GuildSummary{}, strings.ToLower(text)
	for _, id := range w.order {
		g := w.guilds[id]
		if len(out) < limit && strings.Contains(strings.ToLower(g.name), text) {
			out = append(out, GuildSummary{ID: g.id, Name: g.name, Icon: orNil(g.icon), MemberCount: len(g.members)})
		}
	}
	return out
}

// SearchQuery says which messages a person looks for: every word of Text must be in the message. ChannelID and AuthorID
// narrow the search where they are not 0; Before continues an earlier one. At least one of Text and AuthorID is needed.
type SearchQuery struct {
	GuildID   ID
	ChannelID ID
	AuthorID  ID
	Text      string
	Before    ID
	Limit     int
}

// Found is a page of messages, newest first, and how many there are in all.
type Found struct {
	Total    int            `json:"total"`
	Messages []wire.Message `json:"messages"`
}

// Search finds messages of a guild in the channels and threads whose history the person may read.
func (w *World) Search(userID ID, q SearchQuery) (Found, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, err := w.person(userID); err != nil {
		return Found{}, err
	}
	g := w.guilds[q.GuildID]
	if g == nil || g.members[userID] == nil {
		return Found{}, deny(http.StatusForbidden, "guild_id", "this user is in no guild %s", q.GuildID)
	}
	words := strings.Fields(strings.ToLower(q.Text))
	if len(words) == 0 && q.AuthorID == 0 {
		return Found{}, deny(http.StatusBadRequest, "text", "name a word to look for, or an author_id")
	}
	hits := w.hits(g, userID, &q, words)
	slices.SortFunc(hits, func(x, y *message) int { return cmp.Compare(y.id, x.id) })
	out := Found{Total: len(hits), Messages: []wire.Message{}}
	for _, m := range hits {
		if len(out.Messages) < q.Limit && (q.Before == 0 || m.id < q.Before) {
			shown := w.messageWire(m, userID)
			shown.GuildID = g.id
			out.Messages = append(out.Messages, shown)
		}
	}
	return out, nil
}

func (w *World) hits(g *guild, userID ID, q *SearchQuery, words []string) []*message {
	var out []*message
	for _, c := range g.channels {
		if q.ChannelID != 0 && c.id != q.ChannelID || !w.in(c, userID).Has(permission.ViewChannel|permission.ReadMessageHistory) {
			continue
		}
		for _, m := range c.messages {
			if (q.AuthorID == 0 || m.author.ID == q.AuthorID) && m.holds(words) {
				out = append(out, m)
			}
		}
	}
	return out
}

// holds tells that every word is in the message's text, in its embeds or in its text components.
func (m *message) holds(words []string) bool {
	var b strings.Builder
	b.WriteString(m.content)
	for i := range m.embeds {
		e := &m.embeds[i]
		b.WriteString(" " + e.Title + " " + e.Description)
		for _, f := range e.Fields {
			b.WriteString(" " + f.Name + " " + f.Value)
		}
	}
	wire.Walk(m.components, func(c *wire.Component) {
		if c.Type == wire.ComponentText {
			b.WriteString(" " + c.Content)
		}
	})
	all := strings.ToLower(b.String())
	for _, word := range words {
		if !strings.Contains(all, word) {
			return false
		}
	}
	return true
}

// SeenChannel is a channel, thread or direct message as the person sees it, archived threads among them; nil where the
// person sees none of this id.
func (w *World) SeenChannel(userID, channelID ID) (*wire.Channel, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, err := w.person(userID); err != nil {
		return nil, err
	}
	c := w.channels[channelID]
	if c == nil || !w.sees(c, userID) {
		return nil, nil //nolint:nilnil // no channel is an answer, not a failure
	}
	shown := w.shownChannel(c, userID)
	return &shown, nil
}

// OldThreads lists a channel's archived threads that the person may see, last archived first: private ones that it
// joined or manages.
func (w *World) OldThreads(userID, channelID ID) ([]wire.Channel, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, err := w.person(userID); err != nil {
		return nil, err
	}
	c := w.channels[channelID]
	if c == nil || c.guild == nil || !w.sees(c, userID) {
		return nil, deny(http.StatusForbidden, "channel", "this user does not see a server's channel %s", channelID)
	}
	var list []*channel
	for _, t := range c.guild.channels {
		if t.parent == c.id && t.isThread() && t.archived && w.sees(t, userID) {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(x, y *channel) int {
		return cmp.Or(y.archivedAt.Compare(x.archivedAt), cmp.Compare(y.id, x.id))
	})
	out := []wire.Channel{}
	for _, t := range list {
		out = append(out, w.shownChannel(t, userID))
	}
	return out, nil
}
