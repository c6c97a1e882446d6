package integration

import "container/list"

// recent keeps what was used last, up to a weight; what was not used for longest goes first. It bounds every memory that a stranger's
// doings could make grow. It is not safe for concurrent use.
type recent[K comparable, V any] struct {
	most   int64
	weight int64
	order  *list.List // of recentItem; the front was used last
	items  map[K]*list.Element
}

type recentItem[K comparable, V any] struct {
	key    K
	value  V
	weight int64
}

func newRecent[K comparable, V any](most int64) *recent[K, V] {
	return &recent[K, V]{most: most, order: list.New(), items: map[K]*list.Element{}}
}

// get finds a value and counts as its use.
func (r *recent[K, V]) get(key K) (value V, there bool) {
	at := r.items[key]
	if at == nil {
		return value, false
	}
	r.order.MoveToFront(at)
	return itemAt[K, V](at).value, true
}

// put keeps a value in place of what its key had. What weighs more than everything may is not kept.
func (r *recent[K, V]) put(key K, value V, weight int64) {
	r.drop(key)
	if weight > r.most {
		return
	}
	r.items[key] = r.order.PushFront(recentItem[K, V]{key, value, weight})
	r.weight += weight
	for r.weight > r.most {
		r.drop(itemAt[K, V](r.order.Back()).key)
	}
}

func (r *recent[K, V]) drop(key K) {
	at := r.items[key]
	if at == nil {
		return
	}
	r.weight -= itemAt[K, V](at).weight
	r.order.Remove(at)
	delete(r.items, key)
}

// all calls see with each key and value, in no order, without counting as a use.
func (r *recent[K, V]) all(see func(K, V)) {
	for key, at := range r.items {
		see(key, itemAt[K, V](at).value)
	}
}

// itemAt reads an element of order, which holds nothing else.
func itemAt[K comparable, V any](at *list.Element) recentItem[K, V] {
	return at.Value.(recentItem[K, V]) //nolint:forcetypeassert // see above
}
