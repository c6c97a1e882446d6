package guild

import (
	"context"
	"sync"
	"time"

	"usher/internal/core/fault"
	"usher/internal/core/snowflake"
)

// Bounds of looking for names. A list must not wait long for them: without a name there is the id.
const (
	nameLife   = 10 * time.Minute // how old a name may be
	nameCount  = 20_000           // remembered at most
	namesAsked = 25               // asked of Discord for one list
	namesAside = 5                // of these at one moment
	nameTime   = 2 * time.Second  // for one list
)

// People knows people by their ids, for lists that show who did something. It is safe for concurrent use.
type People struct {
	directory Directory
	now       func() time.Time
	mu        sync.Mutex
	known     map[person]name
}

type person struct {
	guild snowflake.Guild
	user  snowflake.User
}

// name is what is known of a person; zero where there is nobody.
type name struct {
	member Member
	until  time.Time
}

// NewPeople makes it over a directory.
func NewPeople(d Directory, now func() time.Time) *People {
	return &People{directory: d, now: now, known: map[person]name{}}
}

// Named gives those of some users that can be named now: as members of the guild, and who is no member there, or with a zero guild, as
// Discord calls them everywhere. It is no error that somebody is left out.
func (p *People) Named(ctx context.Context, g snowflake.Guild, users ...snowflake.User) map[snowflake.User]Member {
	found := map[snowflake.User]Member{}
	wanted := p.remembered(g, users, found)
	if len(wanted) == 0 {
		return found
	}
	ctx, cancel := context.WithTimeout(ctx, nameTime)
	defer cancel()
	names := make([]Member, len(wanted))
	var all sync.WaitGroup
	places := make(chan struct{}, namesAside)
	for i, user := range wanted {
		all.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			names[i] = p.ask(ctx, g, user)
		})
	}
	all.Wait()
	for i, user := range wanted {
		if !names[i].ID.IsZero() {
			found[user] = names[i]
		}
	}
	return found
}

// remembered puts those that are known into found, and gives the others, each once.
func (p *People) remembered(g snowflake.Guild, users []snowflake.User, found map[snowflake.User]Member) []snowflake.User {
	p.mu.Lock()
	defer p.mu.Unlock()
	var wanted []snowflake.User
	seen := map[snowflake.User]bool{0: true}
	for _, user := range users {
		if seen[user] {
			continue
		}
		seen[user] = true
		switch n, ok := p.known[person{g, user}]; {
		case !ok || p.now().After(n.until):
			if len(wanted) < namesAsked {
				wanted = append(wanted, user)
			}
		case !n.member.ID.IsZero():
			found[user] = n.member
		}
	}
	return wanted
}

// ask asks Discord and remembers the answer, also that there is nobody; zero when there is no name now.
func (p *People) ask(ctx context.Context, g snowflake.Guild, user snowflake.User) Member {
	var found Member
	err := error(fault.New(fault.NotFound, "member_not_found", "No guild was asked."))
	if !g.IsZero() {
		found, err = p.directory.Member(ctx, g, user)
	}
	if kind := fault.KindOf(err); kind == fault.NotFound || kind == fault.Conflict { // no member, or our bot is none
		found, err = p.directory.User(ctx, user)
	}
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return Member{}
	}
	if err != nil {
		found = Member{}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for key := range p.known { // any: far more are kept than one moment needs
		if len(p.known) < nameCount {
			break
		}
		delete(p.known, key)
	}
	p.known[person{g, user}] = name{member: found, until: p.now().Add(nameLife)}
	return found
}
