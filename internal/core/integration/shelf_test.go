package integration_test

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"sync"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/integration"
	"usher/internal/core/snowflake"
)

// shelf is a store in memory: what the real one promises, without its races, pages and clearing up.
type shelf struct {
	mu     sync.Mutex
	rows   map[integration.ID]integration.Record // newest revisions
	past   map[integration.ID][]integration.Record
	active map[snowflake.Guild][]integration.Activation
	told   []audit.Entry
}

var (
	_ integration.Store       = (*shelf)(nil)
	_ integration.Activations = (*shelf)(nil)
	_ integration.Listing     = (*shelf)(nil)
)

func newShelf() *shelf {
	return &shelf{
		rows: map[integration.ID]integration.Record{}, past: map[integration.ID][]integration.Record{},
		active: map[snowflake.Guild][]integration.Activation{},
	}
}

func missing() error { return fault.New(fault.NotFound, "integration_not_found", "None.") }

func stale() error { return fault.New(fault.Conflict, "integration_changed", "Changed.") }

func (s *shelf) CreateIntegration(_ context.Context, r integration.Record, limit int, told ...audit.Entry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	owned := 0
	for _, row := range s.rows {
		if row.Owner == r.Owner {
			owned++
		}
	}
	if owned >= limit {
		return fault.New(fault.Conflict, "integration_limit", "Limit.")
	}
	s.rows[r.ID] = r
	s.told = append(s.told, told...)
	return nil
}

func (s *shelf) SaveIntegration(_ context.Context, e integration.Edit) ([]snowflake.Guild, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old, there := s.rows[e.Record.ID]
	if !there || old.Version != e.Record.Version {
		return nil, stale()
	}
	now := e.Record
	now.Version++
	now.Signing = old.Signing
	if e.New {
		s.past[now.ID] = append(s.past[now.ID], old)
	}
	s.rows[now.ID] = now
	guilds := s.guilds(now.ID)
	for g := range s.active {
		s.active[g] = slices.DeleteFunc(s.active[g], func(a integration.Activation) bool { return e.End && a.Record.ID == now.ID && a.By != now.Owner })
	}
	for _, list := range s.active {
		for i, a := range list {
			if a.Record.ID == now.ID && slices.Contains(e.Move, a.Record.Revision.Number) && (a.By == now.Owner || now.Revision.State == integration.Approved) {
				list[i].Record = now
			}
		}
	}
	s.told = append(s.told, e.Told...)
	return guilds, nil
}

func (s *shelf) DeleteIntegration(_ context.Context, owner snowflake.User, id integration.ID, _ audit.Entry, told ...audit.Entry) ([]snowflake.Guild, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rows[id].Owner != owner {
		return nil, missing()
	}
	guilds := s.guilds(id)
	for _, g := range guilds {
		s.active[g] = slices.DeleteFunc(s.active[g], func(a integration.Activation) bool { return a.Record.ID == id })
	}
	delete(s.rows, id)
	s.told = append(s.told, told...)
	return guilds, nil
}

func (s *shelf) SaveSigning(_ context.Context, id integration.ID, was, keys [][]byte, told ...audit.Entry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, there := s.rows[id]
	if !there || !slices.EqualFunc(r.Signing, was, bytes.Equal) {
		return fault.New(fault.Conflict, "signing_changed", "Changed.")
	}
	r.Signing = keys
	s.rows[id] = r
	s.told = append(s.told, told...)
	return nil
}

func (s *shelf) Integration(_ context.Context, id integration.ID) (integration.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.rows[id]
	if !ok {
		return r, missing()
	}
	r.Placeholders, r.Secrets = slices.Clone(r.Placeholders), slices.Clone(r.Secrets) // as rows are read anew each time
	return r, nil
}

func (s *shelf) Revision(_ context.Context, id integration.ID, number int64) (integration.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.revision(id, number)
}

// revision gives the request of a revision with the identity of today.
func (s *shelf) revision(id integration.ID, number int64) (integration.Record, error) {
	now, ok := s.rows[id]
	if !ok || now.Revision.Number == number {
		return now, map[bool]error{false: missing()}[ok]
	}
	at := slices.IndexFunc(s.past[id], func(r integration.Record) bool { return r.Revision.Number == number })
	if at < 0 {
		return integration.Record{}, missing()
	}
	old := s.past[id][at]
	now.Revision, now.Method, now.URL, now.Validation, now.Secrets, now.Sealed = old.Revision, old.Method, old.URL, old.Validation, old.Secrets, old.Sealed
	return now, nil
}

func (s *shelf) Revisions(_ context.Context, id integration.ID) ([]integration.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := []integration.Record{s.rows[id]}
	for _, r := range slices.Backward(s.past[id]) {
		all = append(all, r)
	}
	for n := range all {
		all[n].Guilds = 0
		for _, list := range s.active {
			for _, a := range list {
				if a.Record.ID == id && a.Record.Revision.Number == all[n].Revision.Number {
					all[n].Guilds++
				}
			}
		}
	}
	return all, nil
}

func (s *shelf) InUse(_ context.Context, id integration.ID) ([]int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var used []int64
	for _, list := range s.active {
		for _, a := range list {
			if a.Record.ID == id {
				used = append(used, a.Record.Revision.Number)
			}
		}
	}
	slices.Sort(used)
	return slices.Compact(used), nil
}

func (s *shelf) Activate(_ context.Context, a integration.Activation, limit int, told ...audit.Entry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rows[a.Record.ID].Live != a.Record.Revision.Number {
		return stale()
	}
	s.told = append(s.told, told...)
	var taken []string
	for i, old := range s.active[a.Guild] {
		taken = append(taken, old.Slug)
		if old.Record.ID == a.Record.ID {
			a.Slug = old.Slug
			s.active[a.Guild][i] = a
			return nil
		}
	}
	if len(s.active[a.Guild]) >= limit {
		return fault.New(fault.Conflict, "activation_limit", "Limit.")
	}
	a.Slug = integration.FreeSlug(a.Record.Name, taken)
	s.active[a.Guild] = append(s.active[a.Guild], a)
	return nil
}

func (s *shelf) ReplaceSecrets(_ context.Context, a integration.Activation, told ...audit.Entry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, old := range s.active[a.Guild] {
		if old.Record.ID == a.Record.ID && old.Version == a.Version {
			s.active[a.Guild][i].Secrets = a.Secrets
			s.active[a.Guild][i].Version++
			s.told = append(s.told, told...)
			return nil
		}
	}
	return fault.New(fault.Conflict, "activation_changed", "Changed.")
}

func (s *shelf) Deactivate(_ context.Context, g snowflake.Guild, id integration.ID, told ...audit.Entry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.active[g])
	s.active[g] = slices.DeleteFunc(s.active[g], func(a integration.Activation) bool { return a.Record.ID == id })
	if len(s.active[g]) == before {
		return missing()
	}
	s.told = append(s.told, told...)
	return nil
}

// Active gives identities as they are now, and of each request the revision that the guild uses.
func (s *shelf) Active(_ context.Context, g snowflake.Guild) ([]integration.Activation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := slices.Clone(s.active[g])
	for i := range all {
		r, err := s.revision(all[i].Record.ID, all[i].Record.Revision.Number)
		if err != nil {
			return nil, err
		}
		r.Public = r.Public || r.Revision.State == integration.Approved
		all[i].Record = r
	}
	return all, nil
}

func (s *shelf) Guilds(_ context.Context, id integration.ID) ([]snowflake.Guild, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.guilds(id), nil
}

func (s *shelf) guilds(id integration.ID) []snowflake.Guild {
	var all []snowflake.Guild
	for g, list := range s.active {
		if slices.ContainsFunc(list, func(a integration.Activation) bool { return a.Record.ID == id }) {
			all = append(all, g)
		}
	}
	slices.Sort(all)
	return all
}

// list gives all that keep wants, by name, as one page.
func (s *shelf) list(keep func(integration.Record) bool) integration.Page[integration.Record] {
	s.mu.Lock()
	defer s.mu.Unlock()
	var page integration.Page[integration.Record]
	for _, r := range s.rows {
		if keep(r) {
			page.Items = append(page.Items, r)
		}
	}
	slices.SortFunc(page.Items, func(a, b integration.Record) int { return cmp.Compare(a.Name, b.Name) })
	return page
}

func (s *shelf) Owned(_ context.Context, owner snowflake.User) ([]integration.Record, error) {
	return s.list(func(r integration.Record) bool { return r.Owner == owner }).Items, nil
}

func (s *shelf) OwnedPage(_ context.Context, owner snowflake.User, _ integration.Query) (integration.Page[integration.Record], error) {
	return s.list(func(r integration.Record) bool { return r.Owner == owner }), nil
}

func (s *shelf) PublicPage(context.Context, integration.Query) (integration.Page[integration.Record], error) {
	return s.list(func(r integration.Record) bool { return r.Public }), nil
}

func (s *shelf) PendingCount(context.Context) (n int64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.rows {
		if r.Revision.State == integration.Pending {
			n++
		}
	}
	return n, nil
}

func (s *shelf) PendingPage(context.Context, integration.Query) (integration.Page[integration.Record], error) {
	return s.list(func(r integration.Record) bool { return r.Revision.State == integration.Pending }), nil
}

func (s *shelf) LogosInUse(_ context.Context, hashes []string) ([]string, error) {
	return slices.DeleteFunc(slices.Clone(hashes), func(h string) bool {
		for _, r := range s.rows {
			if r.LogoHash == h {
				return false
			}
		}
		return true
	}), nil
}
