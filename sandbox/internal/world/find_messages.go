package world

import (
	"slices"
	"strings"

	"usher/sandbox/internal/permission"
	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
)

// MessageSearch chooses messages of a guild (resources/message "Search Guild Messages"); empty fields match everything.
type MessageSearch struct {
	Content      string
	Authors      []ID
	AuthorTypes  []string
	Mentions     []ID
	MentionRoles []ID
	Everyone     *bool
	Pinned       *bool
	Channels     []ID
	Has          []string
	Min, Max     ID
	Ascending    bool
	Limit        int
	Offset       int
}

// FoundMessage is a message that a search found.
type FoundMessage struct {
	wire.Message
	Hit bool `json:"hit"`
}

// FoundMessages is a page of a search.
type FoundMessages struct {
	DeepIndex bool                `json:"doing_deep_historical_index"`
	Total     int                 `json:"total_results"`
	Messages  [][]FoundMessage    `json:"messages"`
	Threads   []wire.Channel      `json:"threads,omitempty"`
	Members   []wire.ThreadMember `json:"members,omitempty"`
}

// SearchMessages finds messages where the bot may read the history. Without the MESSAGE_CONTENT intent it is 50001.
func (w *World) SearchMessages(a Actor, guildID ID, q MessageSearch) (FoundMessages, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, err := w.guildFor(a, guildID)
	if err != nil {
		return FoundMessages{}, err
	}
	if application := w.apps[a.App]; application != nil && application.privileged&intentMessageContent == 0 {
		return FoundMessages{}, refusal.Code(50001)
	}
	for _, id := range q.Channels {
		if c := g.channels[id]; c == nil || !w.sees(c, a.User) {
			return FoundMessages{}, refusal.Code(50001)
		}
	}
	var found []*message
	for _, c := range g.channels {
		if len(q.Channels) > 0 && !slices.Contains(q.Channels, c.id) || !w.in(c, a.User).Has(permission.ViewChannel|permission.ReadMessageHistory) {
			continue
		}
		for _, m := range c.messages {
			if q.matches(m) {
				found = append(found, m)
			}
		}
	}
	return w.foundPage(a, found, q), nil
}

func (w *World) foundPage(a Actor, found []*message, q MessageSearch) FoundMessages {
	slices.SortFunc(found, func(x, y *message) int { return byMessageID(y, x.id) })
	if q.Ascending {
		slices.Reverse(found)
	}
	out := FoundMessages{Total: len(found), Messages: [][]FoundMessage{}}
	from := min(q.Offset, len(found))
	threads := []*channel{}
	for _, m := range found[from:min(from+q.Limit, len(found))] {
		shown := w.messageWire(m, a.User)
		shown.Reactions = nil
		out.Messages = append(out.Messages, []FoundMessage{{Message: shown, Hit: true}})
		if m.channel.isThread() && !slices.Contains(threads, m.channel) {
			threads = append(threads, m.channel)
		}
	}
	list := w.threadList(a, threads)
	out.Threads, out.Members = list.Threads, list.Members
	return out
}

func (q *MessageSearch) matches(m *message) bool {
	switch {
	case m.id <= q.Min || q.Max != 0 && m.id >= q.Max,
		len(q.Authors) > 0 && !slices.Contains(q.Authors, m.author.ID),
		q.Everyone != nil && *q.Everyone != m.mentions.everyone,
		q.Pinned != nil && *q.Pinned == m.pinned.IsZero(),
		len(q.Mentions) > 0 && !overlap(q.Mentions, m.mentions.users),
		len(q.MentionRoles) > 0 && !overlap(q.MentionRoles, m.mentions.roles):
		return false
	}
	text := strings.ToLower(m.content)
	for _, word := range strings.Fields(strings.ToLower(q.Content)) {
		if !strings.Contains(text, word) {
			return false
		}
	}
	kinds := map[string]bool{"webhook": m.webhook != 0, "bot": m.author.Bot && m.webhook == 0, "user": !m.author.Bot && m.webhook == 0}
	return anyOf(q.AuthorTypes, kinds) && allOf(q.Has, m.contents())
}

func overlap(x, y []ID) bool {
	return slices.ContainsFunc(x, func(id ID) bool { return slices.Contains(y, id) })
}

// contents tells what is in a message, by the names of the parameter has.
func (m *message) contents() map[string]bool {
	out := map[string]bool{
		"link":  strings.Contains(m.content, "http://") || strings.Contains(m.content, "https://"),
		"embed": len(m.embeds) > 0, "file": len(m.attachments) > 0, "snapshot": m.snapshot != nil,
	}
	for _, f := range m.attachments {
		kind, _, _ := strings.Cut(f.kind, "/")
		out[kind] = true
	}
	out["sound"] = out["audio"]
	return out
}

// anyOf: one of the wanted is true and none of those with a minus is. No wish is always granted.
func anyOf(want []string, is map[string]bool) bool {
	granted, wished := false, false
	for _, name := range want {
		if plain, not := strings.CutPrefix(name, "-"); not {
			if is[plain] {
				return false
			}
			continue
		}
		wished = true
		granted = granted || is[name]
	}
	return granted || !wished
}

// allOf: every wanted one is true and none of those with a minus is.
func allOf(want []string, is map[string]bool) bool {
	for _, name := range want {
		plain, not := strings.CutPrefix(name, "-")
		if is[plain] == not {
			return false
		}
	}
	return true
}
