package world_test

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"usher/sandbox/internal/clock"
	"usher/sandbox/internal/permission"
	"usher/sandbox/internal/seed"
	"usher/sandbox/internal/wire"
	"usher/sandbox/internal/world"
)

const (
	guildID   = wire.ID(1)
	ownerID   = wire.ID(10)
	firstRole = wire.ID(100)
	roles     = 3
	people    = 4
	bots      = 2
	channels  = 2
)

// recorder keeps what went out.
type recorder struct {
	mu         sync.Mutex
	watched    []wire.ID
	dispatched []world.Dispatch
	// shown are the events of each person since the last look.
	shown map[wire.ID][]shown
}

type shown struct {
	event string
	data  any
}

func (r *recorder) Dispatch(d world.Dispatch) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.dispatched = append(r.dispatched, d)
}

func (r *recorder) Show(user wire.ID, event string, data any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if slices.Contains(r.watched, user) {
		r.shown[user] = append(r.shown[user], shown{event, data})
	}
}

func (r *recorder) Watched() []wire.ID                         { return r.watched }
func (r *recorder) Pinged(world.Ping)                          {}
func (r *recorder) InteractionChanged(world.InteractionRecord) {}

func (r *recorder) clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.dispatched, r.shown = nil, map[wire.ID][]shown{}
}

// plan is the guild as the test thinks of it: a second account of what the world keeps, in plain maps.
type plan struct {
	grants     map[wire.ID]permission.Bits
	roles      map[wire.ID][]wire.ID
	overwrites map[wire.ID][]permission.Overwrite
	timedOut   map[wire.ID]bool
	parent     map[wire.ID]wire.ID
	private    map[wire.ID]bool
	joined     map[wire.ID][]wire.ID
	now        time.Time
}

// may asks Discord's documented steps for one permission of one member in one place; it shares no line with the world
// (topics/permissions, topics/threads).
func (p *plan) may(user, place wire.ID, bit permission.Bits) bool {
	grant := func(role wire.ID) permission.Bits { return p.grants[role] }
	base := func(b permission.Bits) bool {
		return grant(guildID)&b != 0 || slices.ContainsFunc(p.roles[user], func(r wire.ID) bool { return grant(r)&b != 0 })
	}
	if user == ownerID || base(permission.Administrator) {
		return true
	}
	home, isThread := p.parent[place]
	if !isThread {
		home = place
	}
	step := func(b permission.Bits) bool {
		answer := base(b)
		turn := func(o permission.Overwrite) { answer = answer && o.Deny&b == 0 || o.Allow&b != 0 }
		var denied, allowed bool
		for _, o := range p.overwrites[home] {
			if !o.Member && wire.ID(o.ID) == guildID {
				turn(o)
			}
		}
		for _, o := range p.overwrites[home] {
			if !o.Member && slices.Contains(p.roles[user], wire.ID(o.ID)) {
				denied, allowed = denied || o.Deny&b != 0, allowed || o.Allow&b != 0
			}
		}
		answer = allowed || answer && !denied
		for _, o := range p.overwrites[home] {
			if o.Member && wire.ID(o.ID) == user {
				turn(o)
			}
		}
		return answer
	}
	active := func(b permission.Bits) bool { return step(b) && !p.timedOut[user] }
	if !step(permission.ViewChannel) {
		return false
	}
	if p.private[place] && !slices.Contains(p.joined[place], user) && !active(permission.ManageThreads) {
		return false
	}
	if bit == permission.ViewChannel || bit == permission.ReadMessageHistory {
		return step(bit)
	}
	return active(bit)
}

func (p *plan) sees(user, place wire.ID) bool { return p.may(user, place, permission.ViewChannel) }

// writes: SEND_MESSAGES has no meaning in threads.
func (p *plan) writes(user, place wire.ID) bool {
	bit := permission.SendMessages
	if _, thread := p.parent[place]; thread {
		bit = permission.SendMessagesInThreads
	}
	return p.may(user, place, bit)
}

// trial is a random world with its plan.
type trial struct {
	t     *rapid.T
	w     *world.World
	out   *recorder
	plan  *plan
	users []wire.ID
	apps  []wire.ID
	rooms []wire.ID
	// believed is what each person thinks to see, by its first View and the stream since.
	believed map[wire.ID]map[wire.ID]bool
}

func played() []permission.Bits {
	return []permission.Bits{
		permission.Administrator, permission.ViewChannel, permission.SendMessages, permission.SendMessagesInThreads,
		permission.ManageThreads, permission.ReadMessageHistory,
	}
}

func draw(t *rapid.T, label string, chance int) permission.Bits {
	var out permission.Bits
	for _, b := range played() {
		rare := chance
		if b == permission.Administrator {
			rare = 15
		}
		if rapid.IntRange(0, rare).Draw(t, label) == 0 {
			out |= b
		}
	}
	return out
}

func drawOverwrite(t *rapid.T, id wire.ID, member bool) permission.Overwrite {
	allow := draw(t, "allow", 2)
	return permission.Overwrite{ID: uint64(id), Member: member, Allow: allow, Deny: draw(t, "deny", 2) &^ allow}
}

// newTrial draws a guild and makes it.
func newTrial(t *rapid.T, now time.Time) *trial {
	tr := &trial{t: t, out: &recorder{shown: map[wire.ID][]shown{}}, believed: map[wire.ID]map[wire.ID]bool{}}
	tr.plan = &plan{
		grants: map[wire.ID]permission.Bits{}, roles: map[wire.ID][]wire.ID{}, overwrites: map[wire.ID][]permission.Overwrite{},
		timedOut: map[wire.ID]bool{}, parent: map[wire.ID]wire.ID{}, private: map[wire.ID]bool{}, joined: map[wire.ID][]wire.ID{}, now: now,
	}
	s := tr.draw()
	tr.w = world.New(world.Config{
		Clock: clock.New(func() time.Time { return now }), Output: tr.out, Logger: slog.New(slog.DiscardHandler), BaseURL: func() string { return "" },
	})
	if err := tr.w.Load(s); err != nil {
		t.Fatalf("loading: %v", err)
	}
	tr.out.watched = tr.users
	for _, id := range tr.users {
		view, err := tr.w.View(id, func() string { return "0" })
		if err != nil {
			t.Fatalf("viewing: %v", err)
		}
		tr.believed[id] = map[wire.ID]bool{}
		for _, g := range view.Guilds {
			for _, c := range g.Channels {
				tr.believed[id][c.ID] = true
			}
		}
	}
	return tr
}

func (tr *trial) draw() seed.Seed {
	t, p := tr.t, tr.plan
	s := seed.Seed{Users: []seed.User{{ID: ownerID, Username: "owner"}}}
	everyone := seed.Permissions(draw(t, "everyone", 1) &^ permission.Administrator)
	p.grants[guildID] = permission.Bits(everyone)
	g := seed.Guild{ID: guildID, Name: "g", Owner: ownerID.String(), Everyone: &everyone}
	for i := range wire.ID(roles) {
		id := firstRole + i
		p.grants[id] = draw(t, "role", 3)
		g.Roles = append(g.Roles, seed.Role{ID: id, Name: fmt.Sprint("role", i), Permissions: seed.Permissions(p.grants[id])})
	}
	some := func(user wire.ID) []string {
		var names []string
		for i := range wire.ID(roles) {
			if rapid.IntRange(0, 2).Draw(t, "has") == 0 {
				p.roles[user] = append(p.roles[user], firstRole+i)
				names = append(names, (firstRole + i).String())
			}
		}
		return names
	}
	tr.users = []wire.ID{ownerID}
	for i := range wire.ID(people) {
		id := 20 + i
		tr.users = append(tr.users, id)
		s.Users = append(s.Users, seed.User{ID: id, Username: fmt.Sprint("person", i)})
		g.Members = append(g.Members, seed.Member{User: id.String(), Roles: some(id)})
	}
	for i := range wire.ID(bots) {
		id := 40 + i
		tr.apps = append(tr.apps, id)
		s.Applications = append(s.Applications, seed.Application{ID: id, Name: fmt.Sprint("bot", i)})
		// The managed role that every bot has.
		own := 60 + i
		p.grants[own] = draw(t, "own", 3)
		g.Roles = append(g.Roles, seed.Role{ID: own, Name: fmt.Sprint("own", i), Permissions: seed.Permissions(p.grants[own])})
		g.Bots = append(g.Bots, seed.Bot{Application: id.String(), Role: own.String(), Roles: some(id)})
		p.roles[id] = append(p.roles[id], own)
	}
	for i := range wire.ID(channels) {
		id := 80 + i
		tr.rooms = append(tr.rooms, id)
		c := seed.Channel{ID: id, Name: fmt.Sprint("c", i)}
		for _, target := range tr.targets() {
			if rapid.IntRange(0, 2).Draw(t, "overwrite") == 0 {
				o := drawOverwrite(t, target, target != guildID && target < firstRole)
				p.overwrites[id] = append(p.overwrites[id], o)
				one := seed.Overwrite{Allow: seed.Permissions(o.Allow), Deny: seed.Permissions(o.Deny)}
				if o.Member {
					one.User = target.String()
				} else {
					one.Role = target.String()
				}
				c.Overwrites = append(c.Overwrites, one)
			}
		}
		g.Channels = append(g.Channels, c)
	}
	s.Guilds = []seed.Guild{g}
	return s
}

// targets are whom an overwrite may be for: @everyone, a role, a person and a bot.
func (tr *trial) targets() []wire.ID { return []wire.ID{guildID, firstRole, firstRole + 1, 20, 21, 40} }

func (tr *trial) owner() world.Actor { return world.Actor{User: ownerID} }

func (tr *trial) must(doing string, err error) {
	if err != nil {
		tr.t.Fatalf("%s: %v", doing, err)
	}
}

// startThreads makes a public and a private thread in each channel, by the owner.
func (tr *trial) startThreads() {
	for _, room := range slices.Clone(tr.rooms) {
		for _, kind := range []int{wire.ChannelPublicThread, wire.ChannelPrivateThread} {
			c, err := tr.w.StartThread(tr.owner(), room, 0, world.ChannelRequest{Name: wire.Some("t"), Type: wire.Some(kind)})
			tr.must("starting a thread", err)
			tr.rooms = append(tr.rooms, c.ID)
			tr.plan.parent[c.ID], tr.plan.private[c.ID] = room, kind == wire.ChannelPrivateThread
			tr.plan.joined[c.ID] = []wire.ID{ownerID}
		}
	}
}

// mutate changes something at random, in the world and in the plan.
func (tr *trial) mutate() {
	t, p := tr.t, tr.plan
	member := rapid.SampledFrom(append(slices.Clone(tr.users[1:]), tr.apps...)).Draw(t, "member")
	role := firstRole + wire.ID(rapid.IntRange(0, roles-1).Draw(t, "role"))
	switch rapid.IntRange(0, 4).Draw(t, "change") {
	case 0:
		room := wire.ID(80 + rapid.IntRange(0, channels-1).Draw(t, "room"))
		target := rapid.SampledFrom(tr.targets()).Draw(t, "target")
		o := drawOverwrite(t, target, target != guildID && target < firstRole)
		in := world.OverwriteInput{ID: target, Allow: wire.Some(wire.ID(o.Allow)), Deny: wire.Some(wire.ID(o.Deny))}
		if o.Member {
			in.Type = 1
		}
		tr.must("setting an overwrite", tr.w.SetOverwrite(tr.owner(), room, in))
		p.overwrites[room] = append(slices.DeleteFunc(p.overwrites[room], func(x permission.Overwrite) bool { return x.ID == o.ID }), o)
	case 1:
		has := slices.Contains(p.roles[member], role)
		tr.must("changing roles", tr.w.GiveRole(tr.owner(), guildID, member, role, has))
		if has {
			p.roles[member] = slices.DeleteFunc(p.roles[member], func(id wire.ID) bool { return id == role })
		} else {
			p.roles[member] = append(p.roles[member], role)
		}
	case 2:
		p.grants[role] = draw(t, "grant", 2)
		_, err := tr.w.EditRole(tr.owner(), guildID, role, world.RoleRequest{Permissions: wire.Some(wire.ID(p.grants[role]))})
		tr.must("changing a role", err)
	case 3:
		tr.timeout(member)
	case 4:
		tr.joinOrLeave(member)
	}
}

func (tr *trial) timeout(member wire.ID) {
	if tr.plan.may(member, 80, permission.Administrator) {
		return
	}
	until := wire.Some(tr.plan.now.Add(time.Hour))
	if tr.plan.timedOut[member] {
		until = wire.Null[time.Time]()
	}
	_, err := tr.w.EditMember(tr.owner(), guildID, member, world.MemberRequest{Timeout: until})
	tr.must("timing out", err)
	tr.plan.timedOut[member] = !tr.plan.timedOut[member]
}

// joinOrLeave adds a member to a thread whose parent it sees, or takes it out.
func (tr *trial) joinOrLeave(member wire.ID) {
	thread := rapid.SampledFrom(tr.rooms[channels:]).Draw(tr.t, "thread")
	p := tr.plan
	if slices.Contains(p.joined[thread], member) {
		tr.must("taking out of a thread", tr.w.LeaveThread(tr.owner(), thread, member))
		p.joined[thread] = slices.DeleteFunc(p.joined[thread], func(id wire.ID) bool { return id == member })
		return
	}
	if p.sees(member, p.parent[thread]) {
		tr.must("adding to a thread", tr.w.JoinThread(tr.owner(), thread, member))
		p.joined[thread] = append(p.joined[thread], member)
	}
}

// check compares the world with the plan: who may what, who hears of what, and what people believe to see.
func (tr *trial) check() {
	for _, room := range tr.rooms {
		tr.checkBelief(room)
		tr.checkHearing(room)
		for _, id := range append(slices.Clone(tr.users), tr.apps...) {
			tr.checkWriting(id, room)
		}
	}
}

func (tr *trial) checkBelief(room wire.ID) {
	for id, list := range tr.out.shown {
		for _, e := range list {
			kind, what, _ := strings.Cut(e.event, "_")
			if kind != "channel" && kind != "thread" {
				continue
			}
			switch d := e.data.(type) {
			case wire.Channel:
				tr.believed[id][d.ID] = true
			case map[string]any:
				if what == "delete" {
					delete(tr.believed[id], d["id"].(wire.ID))
				}
			}
		}
	}
	tr.out.clear()
	for _, id := range tr.users {
		if want := tr.plan.sees(id, room); tr.believed[id][room] != want {
			tr.t.Fatalf("person %s believes to see %s: %v, and sees it: %v", id, room, tr.believed[id][room], want)
		}
	}
}

// checkHearing lets the owner write, react and type, and looks who hears of it.
func (tr *trial) checkHearing(room wire.ID) {
	m, err := tr.w.SendMessage(tr.owner(), room, world.MessageRequest{Content: wire.Some("x")})
	tr.must("writing", err)
	tr.must("reacting", tr.w.React(tr.owner(), room, m.ID, "🎫", ownerID, false))
	tr.must("typing", tr.w.Typing(tr.owner(), room))
	tr.must("pinning", tr.w.Pin(tr.owner(), room, m.ID, true))
	tr.must("deleting", tr.w.DeleteMessage(tr.owner(), room, m.ID))
	var hears []uint64
	for _, id := range tr.apps {
		if tr.plan.sees(id, room) {
			hears = append(hears, uint64(id))
		}
	}
	kinds := map[string]bool{}
	for _, d := range tr.out.dispatched {
		if d.Type == "GUILD_AUDIT_LOG_ENTRY_CREATE" {
			continue
		}
		kinds[d.Type] = true
		if apps := slices.Sorted(slices.Values(d.Apps)); d.Apps == nil || !slices.Equal(apps, hears) {
			tr.t.Fatalf("%s of %s goes to %v, want %v", d.Type, room, d.Apps, hears)
		}
	}
	for _, kind := range []string{"MESSAGE_CREATE", "MESSAGE_REACTION_ADD", "TYPING_START", "CHANNEL_PINS_UPDATE", "MESSAGE_DELETE"} {
		if !kinds[kind] {
			tr.t.Fatalf("no %s of %s", kind, room)
		}
	}
	for _, id := range tr.users {
		heard := slices.ContainsFunc(tr.out.shown[id], func(e shown) bool { return e.event == "message_create" })
		if heard != tr.plan.sees(id, room) {
			tr.t.Fatalf("person %s hears of a message in %s: %v", id, room, heard)
		}
	}
	tr.out.clear()
}

func (tr *trial) checkWriting(id, room wire.ID) {
	actor := world.Actor{User: id}
	if slices.Contains(tr.apps, id) {
		actor.App = id
	}
	_, err := tr.w.SendMessage(actor, room, world.MessageRequest{Content: wire.Some("x")})
	want := tr.plan.writes(id, room)
	if (err == nil) != want {
		tr.t.Fatalf("%s writes in %s: %v, want %v", id, room, err, want)
	}
	if _, thread := tr.plan.parent[room]; thread && want && !slices.Contains(tr.plan.joined[room], id) {
		// Who writes in a thread is in it from then on.
		tr.plan.joined[room] = append(tr.plan.joined[room], id)
	}
	_, err = tr.w.Messages(actor, room, world.Page{Limit: 1})
	if (err == nil) != tr.plan.sees(id, room) {
		tr.t.Fatalf("%s lists messages of %s: %v", id, room, err)
	}
}

// TestS7EverybodySeesWhatTheyMay plays random guilds with owners, administrators, overwrites, timeouts, public and
// private threads, and compares with a second reading of the rules who may write, which bots get events, which people
// are shown them, and what people who only follow their stream believe to see.
func TestS7EverybodySeesWhatTheyMay(t *testing.T) {
	now := time.Now()
	rapid.Check(t, func(t *rapid.T) {
		tr := newTrial(t, now)
		tr.startThreads()
		tr.check()
		for range rapid.IntRange(1, 6).Draw(t, "changes") {
			tr.mutate()
			tr.check()
		}
	})
}
