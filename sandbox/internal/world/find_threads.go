package world

import (
	"cmp"
	"slices"
	"strings"

	"usher/sandbox/internal/permission"
	"usher/sandbox/internal/wire"
)

// ThreadSearch chooses threads of a channel (resources/channel "Search Threads"); empty fields match everything.
type ThreadSearch struct {
	Name      string
	Tags      []ID
	EveryTag  bool
	Archived  *bool
	Min, Max  ID
	Ascending bool
	ByCreated bool
	Limit     int
	Offset    int
}

// FoundThreads is a page of threads that a search found.
type FoundThreads struct {
	Threads
	FirstMessages []wire.Message `json:"first_messages"`
	Total         int            `json:"total_results"`
}

// SearchThreads finds threads of a channel that the actor sees, last active first.
func (w *World) SearchThreads(a Actor, channelID ID, q ThreadSearch) (FoundThreads, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	parent, _, err := w.channelNeeding(a, channelID, permission.ReadMessageHistory)
	if err != nil {
		return FoundThreads{}, err
	}
	var list []*channel
	if parent.guild != nil {
		for _, c := range parent.guild.channels {
			if c.isThread() && c.parent == parent.id && w.sees(c, a.User) && q.matches(c) {
				list = append(list, c)
			}
		}
	}
	slices.SortFunc(list, func(x, y *channel) int {
		if q.ByCreated {
			return cmp.Compare(y.id, x.id)
		}
		return cmp.Compare(max(y.lastMessage(), y.id), max(x.lastMessage(), x.id))
	})
	if q.Ascending {
		slices.Reverse(list)
	}
	from := min(q.Offset, len(list))
	page := list[from:min(from+q.Limit, len(list))]
	out := FoundThreads{Threads: w.threadList(a, page), FirstMessages: []wire.Message{}, Total: len(list)}
	out.HasMore = from+len(page) < len(list)
	for _, c := range page {
		if len(c.messages) > 0 && c.messages[0].id == c.id {
			out.FirstMessages = append(out.FirstMessages, w.messageWire(c.messages[0], a.User))
		}
	}
	return out, nil
}

func (q *ThreadSearch) matches(c *channel) bool {
	if c.id <= q.Min || q.Max != 0 && c.id >= q.Max || q.Archived != nil && *q.Archived != c.archived {
		return false
	}
	if !strings.Contains(strings.ToLower(c.name), strings.ToLower(q.Name)) {
		return false
	}
	has := func(tag ID) bool { return slices.Contains(c.applied, tag) }
	if q.EveryTag {
		return !slices.ContainsFunc(q.Tags, func(tag ID) bool { return !has(tag) })
	}
	return len(q.Tags) == 0 || slices.ContainsFunc(q.Tags, has)
}
