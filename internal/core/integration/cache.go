package integration

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"
)

// cacheKey stands for everything that went into a request, but the signature's headers, which differ each time (I-14).
type cacheKey [sha256.Size]byte

// cacheKeys makes keys with a key of this process, so that neither a URL nor a header lies in memory as a key, and nobody can choose
// two requests that share one.
type cacheKeys struct{ key []byte }

func newCacheKeys(random io.Reader) (cacheKeys, error) {
	k := cacheKeys{key: make([]byte, sha256.Size)}
	if _, err := io.ReadFull(random, k.key); err != nil {
		return cacheKeys{}, fmt.Errorf("making the key of the cache: %w", err)
	}
	return k, nil
}

// of is the key of a call that is not yet signed. version tells of what the integration is now.
func (k cacheKeys) of(c Call, version uint64) cacheKey {
	mac := hmac.New(sha256.New, k.key)
	part := func(text string) { // a length before each part: no two lists of parts look alike
		var length [8]byte
		binary.BigEndian.PutUint64(length[:], uint64(len(text)))
		mac.Write(length[:])
		mac.Write([]byte(text))
	}
	part(c.Guild.String())
	part(string(c.Integration))
	part(strconv.FormatUint(version, 16))
	part(string(c.Method))
	part(c.URL.Reveal())
	for _, h := range c.Headers {
		part(h.Name)
		part(h.Value.Reveal())
	}
	part("") // no header has an empty name: here they end
	part(string(c.Body))
	return cacheKey(mac.Sum(nil))
}

// cache keeps good answers for a while. It is safe for concurrent use.
type cache struct {
	now     func() time.Time
	mu      sync.Mutex
	answers *recent[cacheKey, kept]
}

// kept is an answer and when it is too old.
type kept struct {
	reply Reply
	until time.Time
}

// keptWeight is about what an answer weighs beside its bytes.
const keptWeight = 512

// newCache makes a cache of at most most bytes; 0 keeps nothing.
func newCache(most int, now func() time.Time) *cache {
	return &cache{now: now, answers: newRecent[cacheKey, kept](int64(most))}
}

func (c *cache) get(key cacheKey) (Reply, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k, there := c.answers.get(key)
	if !there {
		return Reply{}, false
	}
	if !c.now().Before(k.until) {
		c.answers.drop(key)
		return Reply{}, false
	}
	return k.reply, true
}

// put keeps a good answer for as long as the integration and the answer itself allow.
func (c *cache) put(key cacheKey, reply Reply, life time.Duration) {
	if life = reply.life(life); life <= 0 {
		return
	}
	weight := int64(keptWeight + len(reply.Body))
	for _, h := range reply.Headers {
		weight += int64(len(h.Name) + len(h.Value))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answers.put(key, kept{reply: reply, until: c.now().Add(life)}, weight)
}

// life is how long an answer may be used again: at most most, and less or not at all where its author's Cache-Control says so (RFC 9111,
// 5.2.2). no-store forbids it. So do no-cache, for we never ask whether an answer is still true, and private: ours is a cache that
// several users of a server share. s-maxage goes before max-age for the same reason; of a directive given twice the shorter counts, and
// one that cannot be read counts as 0. What does not shorten the time (public, must-revalidate, immutable) changes nothing: old answers
// are never given.
func (r Reply) life(most time.Duration) time.Duration {
	ages := map[string]time.Duration{}
	for _, h := range r.Headers {
		if !strings.EqualFold(h.Name, "Cache-Control") {
			continue
		}
		for directive := range strings.SplitSeq(strings.ToLower(h.Value), ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
			switch name {
			case "no-store", "no-cache", "private":
				return 0
			case "max-age", "s-maxage":
				age := parseAge(value)
				if before, twice := ages[name]; twice {
					age = min(age, before)
				}
				ages[name] = age
			}
		}
	}
	for _, name := range []string{"s-maxage", "max-age"} {
		if age, given := ages[name]; given {
			return min(most, age)
		}
	}
	return most
}

// parseAge reads whole seconds; anything else is none. A number too large to read is a long time (RFC 9111, 1.2.2).
func parseAge(text string) time.Duration {
	text = strings.Trim(strings.TrimSpace(text), `"`)
	if text == "" || strings.Trim(text, "0123456789") != "" {
		return 0
	}
	seconds, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return MaxCacheSeconds * time.Second
	}
	return time.Duration(seconds) * time.Second
}
