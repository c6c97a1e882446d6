package world

import (
	"cmp"
	"net/http"
	"slices"

	"usher/sandbox/internal/wire"
)

// Person is somebody whom one may act as.
type Person struct {
	User     wire.User `json:"user"`
	GuildIDs []ID      `json:"guild_ids"`
	Note     string    `json:"note"`
}

// View is all that a person sees now. Users are those in direct messages who are in no guild of the person.
type View struct {
	User           wire.User      `json:"user"`
	Guilds         []GuildView    `json:"guilds"`
	DirectMessages []wire.Channel `json:"direct_messages"`
	Users          []wire.User    `json:"users"`
	LastEventID    string         `json:"last_event_id"`
}

// GuildView is a guild with what one person sees of it.
type GuildView struct {
	wire.Guild
	Channels []wire.Channel `json:"channels"`
	Threads  []wire.Channel `json:"threads"`
	Members  []wire.Member  `json:"members"`
	Commands []wire.Command `json:"commands"`
}

// People lists whom one may act as, by id.
func (w *World) People() []Person {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := []Person{}
	for _, u := range w.users {
		if u.app != nil {
			continue
		}
		p := Person{User: u.User, Note: u.note, GuildIDs: []ID{}}
		for _, id := range w.order {
			if w.guilds[id].members[u.ID] != nil {
				p.GuildIDs = append(p.GuildIDs, id)
			}
		}
		out = append(out, p)
	}
	slices.SortFunc(out, func(x, y Person) int { return cmp.Compare(x.User.ID, y.User.ID) })
	return out
}

// IsPerson refuses an id that is no person's.
func (w *World) IsPerson(id ID) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, err := w.person(id)
	return err
}

// View gives what the person sees; marks what it shows as seen, so that the stream tells differences to it. last gives
// the number of the last event of the person's stream; it is called under the lock.
func (w *World) View(userID ID, last func() string) (View, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	u, err := w.person(userID)
	if err != nil {
		return View{}, err
	}
	out := View{User: u.User, Guilds: []GuildView{}, DirectMessages: []wire.Channel{}, Users: []wire.User{}, LastEventID: last()}
	strangers := map[ID]wire.User{}
	seen := map[ID]bool{}
	w.seen[userID] = seen
	for _, id := range w.order {
		if g := w.guilds[id]; g.members[userID] != nil {
			out.Guilds = append(out.Guilds, w.guildView(g, userID))
			for _, c := range g.channels {
				if w.sees(c, userID) {
					seen[c.id] = true
				}
			}
		}
	}
	for _, c := range w.sortedDMs(userID) {
		out.DirectMessages = append(out.DirectMessages, w.channelWire(c, userID))
		seen[c.id] = true
		for _, id := range c.recipients {
			if id != userID && !w.shareGuild(userID, id) {
				strangers[id] = w.users[id].User
			}
		}
	}
	for _, one := range strangers {
		out.Users = append(out.Users, one)
	}
	slices.SortFunc(out.Users, func(x, y wire.User) int { return cmp.Compare(x.ID, y.ID) })
	return out, nil
}

func (w *World) guildView(g *guild, user ID) GuildView {
	out := GuildView{
		Guild: w.guildWire(g), Channels: []wire.Channel{}, Threads: []wire.Channel{}, Members: []wire.Member{},
		Commands: w.commandsFor(g, user),
	}
	for _, c := range g.sortedChannels() {
		if w.sees(c, user) {
			out.Channels = append(out.Channels, w.shownChannel(c, user))
		}
	}
	for _, c := range g.sortedThreads() {
		if w.sees(c, user) {
			out.Threads = append(out.Threads, w.shownChannel(c, user))
		}
	}
	for _, m := range g.sortedMembers() {
		out.Members = append(out.Members, m.wire())
	}
	return out
}

// Seen lists messages of a channel as the person sees them, its ephemeral ones included, newest first.
func (w *World) Seen(userID, channelID, before ID, limit int) ([]wire.Message, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, err := w.person(userID); err != nil {
		return nil, err
	}
	c := w.channels[channelID]
	if c == nil || !w.sees(c, userID) {
		return nil, deny(http.StatusForbidden, "channel", "this user does not see channel %s", channelID)
	}
	p := Page{Before: before, Limit: limit}
	all := slices.Concat(page(c.messages, p), c.hiddenFor(userID, p))
	slices.SortFunc(all, func(x, y *message) int { return cmp.Compare(x.id, y.id) })
	out := []wire.Message{}
	for _, m := range slices.Backward(page(all, p)) {
		shown := w.messageWire(m, userID)
		shown.GuildID = c.guildID()
		out = append(out, shown)
	}
	return out, nil
}

// hiddenFor gives the newest ephemeral messages of the page that are for this user, newest first.
func (c *channel) hiddenFor(user ID, p Page) (out []*message) {
	for _, m := range slices.Backward(c.hidden) {
		if len(out) >= p.Limit {
			break
		}
		if m.onlyFor == user && (p.Before == 0 || m.id < p.Before) {
			out = append(out, m)
		}
	}
	return out
}

// Viewers lists who can see a channel, and whether everyone of the guild can.
func (w *World) Viewers(userID, channelID ID) (users []ID, everyone bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.channels[channelID]
	if c == nil || !w.sees(c, userID) {
		return nil, false, deny(http.StatusForbidden, "channel", "this user does not see channel %s", channelID)
	}
	users = []ID{}
	for id := range w.users {
		if w.sees(c, id) {
			users = append(users, id)
		}
	}
	slices.Sort(users)
	return users, !w.private(c), nil
}

// PersonDM makes the direct message channel of two people.
func (w *World) PersonDM(userID, other ID) (wire.Channel, error) {
	if err := w.IsPerson(userID); err != nil {
		return wire.Channel{}, err
	}
	return w.OpenDM(Actor{User: userID}, other)
}
