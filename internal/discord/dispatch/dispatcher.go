package dispatch

import (
	"context"
	"fmt"
	"log/slog"
	"reflect"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/disgoorg/disgo/bot"
	"github.com/disgoorg/disgo/bot/handlers"
	"github.com/disgoorg/disgo/gateway"
	"github.com/disgoorg/disgo/httpserver"
	"github.com/disgoorg/snowflake/v2"

	"usher/internal/discord/clock"
)

// Options set a Dispatcher up. Clock and Logger are required; zero values of the others mean the default.
type Options struct {
	Clock  clock.Clock
	Logger *slog.Logger
	// Room reports whether a channel or thread is a ticket. It is called on the read loop and must not block. Default: none is.
	Room func(channel snowflake.ID) bool
	// OnRefused is told of an interaction that found no place. It is called on the read loop and must not block. Default: nothing.
	OnRefused func(event bot.Event)
	// Workers bounds how many listeners run at once. Default 256, at least 4.
	Workers int
	// PerKey and Total bound how many events wait. Default 256 and 10,000.
	PerKey, Total int
	// SlowAfter is how long an interaction may wait before a warning is logged. Default one second.
	SlowAfter time.Duration
}

func (o Options) withDefaults() Options {
	if o.Room == nil {
		o.Room = func(snowflake.ID) bool { return false }
	}
	if o.OnRefused == nil {
		o.OnRefused = func(bot.Event) {}
	}
	for _, d := range []struct {
		v     *int
		value int
	}{{&o.Workers, 256}, {&o.PerKey, 256}, {&o.Total, 10_000}} {
		if *d.v <= 0 {
			*d.v = d.value
		}
	}
	o.Workers = max(o.Workers, 4)
	if o.SlowAfter <= 0 {
		o.SlowAfter = time.Second
	}
	return o
}

// holder is a gateway that keeps account of which events were handled; see gatewayconn.Conn.Hold.
type holder interface {
	Hold(sequence int) (release func())
}

// Dispatcher implements bot.EventManager. It is safe for concurrent use.
type Dispatcher struct {
	opts   Options
	log    *slog.Logger
	client atomic.Pointer[bot.Client]

	gatewayHandlers map[gateway.EventType]bot.GatewayEventHandler
	httpHandler     bot.HTTPServerEventHandler

	listenersMu sync.Mutex                          // for writers
	listeners   atomic.Pointer[[]bot.EventListener] // copied on write, so a listener may add and remove listeners

	batchesMu sync.Mutex
	batches   map[int]*batch // of the event that a shard is taking in

	queues queues
	panics atomic.Int64
}

// batch collects what disgo's handler makes of one gateway event.
type batch struct {
	sequence int
	events   []bot.Event
}

var _ bot.EventManager = (*Dispatcher)(nil)

// New returns a dispatcher with disgo's handlers for caches. Bind must be called before the first event.
func New(opts Options, listeners ...bot.EventListener) *Dispatcher {
	d := &Dispatcher{
		opts: opts.withDefaults(), log: opts.Logger.With(slog.String("part", "dispatcher")),
		gatewayHandlers: handlers.GetGatewayHandlers(), httpHandler: handlers.GetHTTPServerHandler(), batches: map[int]*batch{},
	}
	d.listeners.Store(&listeners)
	d.queues.init(d.opts, d.log, d.call)
	return d
}

// Bind names the client whose caches events update and that events give as their own.
func (d *Dispatcher) Bind(client *bot.Client) { d.client.Store(client) }

// AddEventListeners adds listeners; they see events that are taken from the queue from now on.
func (d *Dispatcher) AddEventListeners(added ...bot.EventListener) {
	d.listenersMu.Lock()
	defer d.listenersMu.Unlock()
	all := slices.Concat(*d.listeners.Load(), added)
	d.listeners.Store(&all)
}

// RemoveEventListeners removes listeners. One that cannot be compared (a func type) is never found.
func (d *Dispatcher) RemoveEventListeners(removed ...bot.EventListener) {
	d.listenersMu.Lock()
	defer d.listenersMu.Unlock()
	all := slices.Clone(*d.listeners.Load())
	for _, r := range removed {
		if !reflect.TypeOf(r).Comparable() {
			continue
		}
		if i := slices.IndexFunc(all, func(l bot.EventListener) bool { return reflect.TypeOf(l).Comparable() && l == r }); i >= 0 {
			all = slices.Delete(all, i, i+1)
		}
	}
	d.listeners.Store(&all)
}

// HandleGatewayEvent takes one event of a shard in. It is called on the shard's read loop and returns without waiting for listeners.
func (d *Dispatcher) HandleGatewayEvent(gw gateway.Gateway, kind gateway.EventType, sequence int, event gateway.EventData) {
	client, handler := d.client.Load(), d.gatewayHandlers[kind]
	if client == nil || handler == nil {
		d.log.Debug("gateway event without a handler", slog.String("event", string(kind)))
		return
	}
	shardID := gw.ShardID()
	work := &item{at: d.opts.Clock.Now(), release: func() {}}
	if h, ok := gw.(holder); ok {
		work.release = h.Hold(sequence)
	}
	if chunk, ok := event.(gateway.EventGuildMembersChunk); ok {
		// disgo's handler sends each member to whoever asked, and would stop the read loop until they are read.
		work.run = func() { handler.HandleGatewayEvent(client, sequence, shardID, event) }
		d.queues.add(key{kind: byChunks, a: chunk.GuildID}, work)
		return
	}
	work.events = d.collect(shardID, sequence, func() { handler.HandleGatewayEvent(client, sequence, shardID, event) })
	if len(work.events) == 0 {
		work.release()
		return
	}
	_, work.interaction = event.(gateway.EventInteractionCreate)
	if !d.queues.add(keyOf(shardID, event, d.opts.Room), work) && work.interaction {
		d.opts.OnRefused(work.events[0])
	}
}

// collect runs disgo's handler of one gateway event and returns what it dispatched.
func (d *Dispatcher) collect(shardID, sequence int, handle func()) []bot.Event {
	b := &batch{sequence: sequence}
	d.batchesMu.Lock()
	d.batches[shardID] = b
	d.batchesMu.Unlock()
	d.guarded("cache update", handle)
	d.batchesMu.Lock()
	defer d.batchesMu.Unlock()
	delete(d.batches, shardID)
	return b.events
}

// HandleHTTPEvent takes in one interaction that Discord delivered by HTTP.
func (d *Dispatcher) HandleHTTPEvent(respond httpserver.RespondFunc, event httpserver.EventInteractionCreate) {
	client := d.client.Load()
	if client == nil {
		return
	}
	// The handler dispatches outside of any gateway event, so each event is queued by DispatchEvent.
	d.guarded("http event", func() { d.httpHandler.HandleHTTPEvent(client, respond, event) })
}

// DispatchEvent queues an event for the listeners. disgo's handlers call it, and so may anyone with an event of their own; such an event
// goes in the order of its shard.
func (d *Dispatcher) DispatchEvent(event bot.Event) {
	shardID := 0
	if s, ok := event.(interface{ ShardID() int }); ok {
		shardID = s.ShardID()
	}
	d.batchesMu.Lock()
	if b := d.batches[shardID]; b != nil && b.sequence == event.SequenceNumber() {
		b.events = append(b.events, event)
		d.batchesMu.Unlock()
		return
	}
	d.batchesMu.Unlock()
	work := &item{at: d.opts.Clock.Now(), release: func() {}, events: []bot.Event{event}}
	k := key{kind: byShard, a: snowflake.ID(max(shardID, 0))}
	if i, ok := asInteraction(event); ok {
		work.interaction, k = true, interactionKey(i, d.opts.Room)
	}
	if !d.queues.add(k, work) && work.interaction {
		d.opts.OnRefused(event)
	}
}

// call runs the listeners on one item.
func (d *Dispatcher) call(work *item) {
	if waited := d.opts.Clock.Now().Sub(work.at); work.interaction && waited >= d.opts.SlowAfter {
		d.log.Warn("interaction waited long in the queue", slog.Duration("waited", waited))
	}
	defer work.release()
	if work.run != nil {
		d.guarded("gateway handler", work.run)
	}
	for _, event := range work.events {
		for _, listener := range *d.listeners.Load() {
			d.guarded("event listener", func() { listener.OnEvent(event) })
		}
	}
}

// guarded runs f and survives its panic.
func (d *Dispatcher) guarded(what string, f func()) {
	defer func() {
		if r := recover(); r != nil {
			d.panics.Add(1)
			d.log.Error("panic while handling a discord event", slog.String("in", what), slog.Any("panic", r), slog.String("stack", string(debug.Stack())))
		}
	}()
	f()
}

// Close takes no more events for listeners and waits until the queued ones are handled. When ctx ends first, the rest is dropped and the
// error says how many; the listeners that run at that moment are left to end by themselves. Close the gateway before.
func (d *Dispatcher) Close(ctx context.Context) error {
	idle := d.queues.close()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		queued, running := d.queues.drop()
		return fmt.Errorf("draining discord events: %d queued and %d running ones were left: %w", queued, running, ctx.Err())
	}
}

// Stats is a reading of the dispatcher for metrics.
type Stats struct {
	// Queued and Running count events at this moment, Keys the queues they are in.
	Queued, Running, Keys int
	// Handled, Shed, Refused and Panics count since the start.
	Handled, Shed, Refused, Panics int
}

// Stats reads the dispatcher.
func (d *Dispatcher) Stats() Stats {
	s := d.queues.stats()
	s.Panics = int(d.panics.Load())
	return s
}
