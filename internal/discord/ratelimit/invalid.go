package ratelimit

import "time"

const (
	invalidSpan  = 10 * time.Minute
	invalidSlots = 60
	invalidSlot  = invalidSpan / invalidSlots
)

// invalidCounter counts invalid answers of the last ten minutes in slots of ten seconds.
type invalidCounter struct {
	counts [invalidSlots]int
	latest int64 // number of the newest slot since the epoch
	total  int
}

func (c *invalidCounter) slot(now time.Time) int64 { return now.UnixNano() / int64(invalidSlot) }

// count is how many invalid answers came in the last ten minutes.
func (c *invalidCounter) count(now time.Time) int {
	slot := c.slot(now)
	steps := min(slot-c.latest, invalidSlots)
	for i := int64(1); i <= steps; i++ {
		at := (c.latest + i) % invalidSlots
		c.total -= c.counts[at]
		c.counts[at] = 0
	}
	c.latest = max(c.latest, slot)
	return c.total
}

func (c *invalidCounter) add(now time.Time) int {
	c.count(now)
	c.counts[c.latest%invalidSlots]++
	c.total++
	return c.total
}

// relief is when the count next falls.
func (c *invalidCounter) relief(now time.Time) time.Time {
	c.count(now)
	for i := int64(1); i <= invalidSlots; i++ {
		if c.counts[(c.latest+i)%invalidSlots] > 0 {
			return time.Unix(0, (c.latest+i)*int64(invalidSlot))
		}
	}
	return now
}
