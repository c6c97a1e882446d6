package keyring

import (
	"context"
	"fmt"

	"usher/internal/core/secret"
)

// Rotation works on everything that is sealed.
type Rotation struct {
	Ring     Ring
	Store    Store
	Purposes Purposes
	Batch    int // values that are read, and changed in one transaction; zero: 100
}

const (
	defaultBatch = 100
	// passes over all values: what another process sealed with the old key while one ran is found by the next.
	passes = 3
)

// Report says what [Rotation.Reseal] did.
type Report struct {
	Resealed int            // values, now under the primary key
	Closed   map[string]int // by kind: values under another key that do not open, and were left as they are
}

// Use counts the values under one key.
type Use struct {
	Open   map[string]int // by kind: values that open
	Closed map[string]int // by kind: values that do not: what they are bound to has changed, or they are damaged
}

// Reseal brings every value under the primary key. Programs may run meanwhile: what they change is left to them. It can be stopped at
// any moment and begun again: what is under the primary key is passed over. done is told after each batch how many were resealed.
func (r *Rotation) Reseal(ctx context.Context, done func(resealed int)) (Report, error) {
	primary := r.primary()
	var report Report
	for range passes {
		report.Closed = map[string]int{}
		before, old := report.Resealed, 0
		err := r.walk(ctx, func(page []Kept) error {
			changes, closed, err := r.changes(ctx, page, primary)
			if err != nil {
				return err
			}
			old += len(changes)
			if closed > 0 {
				report.Closed[page[0].Kind] += closed
			}
			if len(changes) == 0 {
				return nil
			}
			n, err := r.Store.Replace(ctx, changes)
			if err != nil {
				return fmt.Errorf("writing what was resealed: %w", err)
			}
			report.Resealed += n
			done(report.Resealed)
			return nil
		})
		if err != nil || old == 0 || report.Resealed == before {
			return report, err
		}
	}
	return report, nil
}

// changes seals again what of a page is under another key than the primary one; closed counts what does not open.
func (r *Rotation) changes(ctx context.Context, page []Kept, primary KeyID) (changes []Change, closed int, err error) {
	for _, k := range page {
		if id, ok := r.Ring.SealedWith(k.Sealed); ok && id == primary {
			continue
		}
		purpose, value, err := r.open(ctx, k)
		if err != nil {
			closed++
			continue
		}
		sealed, err := r.Ring.Seal(ctx, purpose, value)
		if err != nil {
			return nil, 0, fmt.Errorf("sealing a %s again: %w", k.Kind, err)
		}
		changes = append(changes, Change{Kept: k, New: sealed})
	}
	return changes, closed, nil
}

func (r *Rotation) open(ctx context.Context, k Kept) (secret.Purpose, secret.Value, error) {
	purposeOf, ok := r.Purposes[k.Kind]
	if !ok {
		return secret.Purpose{}, secret.Value{}, fmt.Errorf("nobody knows what a %s is bound to", k.Kind)
	}
	purpose, err := purposeOf(k.Bounds)
	if err != nil {
		return purpose, secret.Value{}, err
	}
	value, err := r.Ring.Open(ctx, purpose, k.Sealed)
	return purpose, value, err
}

// Uses counts all values by the key that they are under. Key 0 stands for what is no sealed value.
func (r *Rotation) Uses(ctx context.Context) (map[KeyID]Use, error) {
	uses := map[KeyID]Use{}
	err := r.walk(ctx, func(page []Kept) error {
		for _, k := range page {
			id, _ := r.Ring.SealedWith(k.Sealed)
			use, ok := uses[id]
			if !ok {
				use = Use{Open: map[string]int{}, Closed: map[string]int{}}
				uses[id] = use
			}
			if _, _, err := r.open(ctx, k); err == nil {
				use.Open[k.Kind]++
			} else {
				use.Closed[k.Kind]++
			}
		}
		return nil
	})
	return uses, err
}

// headSize is enough of a value for [Ring.SealedWith].
const headSize = 5

// Census counts all values by the key that they are under, without opening any. Key 0 stands for what is no sealed value.
func Census(ctx context.Context, ring Ring, s Store) (map[KeyID]int, error) {
	counts := map[KeyID]int{}
	for _, kind := range s.Kinds() {
		heads, err := s.Heads(ctx, kind, headSize)
		if err != nil {
			return nil, fmt.Errorf("counting sealed values: %w", err)
		}
		for _, h := range heads {
			id, _ := ring.SealedWith(h.Bytes)
			counts[id] += h.Count
		}
	}
	return counts, nil
}

// Samples gives the first value of each kind: enough to see whether there are any, and whether the keys are the right ones.
func Samples(ctx context.Context, s Store) (samples []Kept, err error) {
	for _, kind := range s.Kinds() {
		first, err := s.Kept(ctx, kind, nil, 1)
		if err != nil {
			return nil, fmt.Errorf("looking for sealed values: %w", err)
		}
		samples = append(samples, first...)
	}
	return samples, nil
}

// walk goes over all values, a page of one kind at a time.
func (r *Rotation) walk(ctx context.Context, each func(page []Kept) error) error {
	size := r.Batch
	if size <= 0 {
		size = defaultBatch
	}
	for _, kind := range r.Store.Kinds() {
		for after := []string(nil); ; {
			page, err := r.Store.Kept(ctx, kind, after, size)
			if err != nil {
				return fmt.Errorf("reading sealed values: %w", err)
			}
			if len(page) == 0 {
				break
			}
			if err := each(page); err != nil {
				return err
			}
			after = page[len(page)-1].Row
		}
	}
	return nil
}

func (r *Rotation) primary() KeyID {
	for _, k := range r.Ring.Keys() {
		if k.State == Primary {
			return k.ID
		}
	}
	return 0
}
