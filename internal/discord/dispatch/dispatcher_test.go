package dispatch_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/disgoorg/disgo"
	"github.com/disgoorg/disgo/bot"
	"github.com/disgoorg/disgo/cache"
	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/events"
	"github.com/disgoorg/disgo/gateway"
	"github.com/disgoorg/disgo/httpserver"
	"github.com/disgoorg/disgo/rest"
	"github.com/disgoorg/snowflake/v2"
	"github.com/google/go-cmp/cmp"

	"usher/internal/discord/clock"
	"usher/internal/discord/dispatch"
)

const patience = 10 * time.Second

// shard stands for a gateway; it counts who holds which event.
type shard struct {
	gateway.Gateway
	id   int
	mu   sync.Mutex
	held map[int]int
}

func newShard(id int) *shard { return &shard{id: id, held: map[int]int{}} }

func (s *shard) ShardID() int { return s.id }

func (s *shard) Hold(seq int) func() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held[seq]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.held[seq]--; s.held[seq] == 0 {
			delete(s.held, seq)
		}
	}
}

func (s *shard) unhandled() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.held)
}

// bench is a dispatcher in a client of disgo.
type bench struct {
	t      *testing.T
	d      *dispatch.Dispatcher
	client *bot.Client
	shard  *shard
	logs   *syncBuffer
	seq    int
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func newBench(t *testing.T, opts dispatch.Options, listeners ...bot.EventListener) *bench {
	t.Helper()
	b := &bench{t: t, shard: newShard(0), logs: &syncBuffer{}}
	opts.Clock, opts.Logger = clock.System(time.Now), slog.New(slog.NewTextHandler(b.logs, nil))
	b.d = dispatch.New(opts, listeners...)
	token := base64.RawStdEncoding.EncodeToString([]byte("123")) + ".x.y"
	client, err := disgo.New(token, bot.WithEventManager(b.d), bot.WithLogger(slog.New(slog.DiscardHandler)),
		bot.WithRestClientConfigOpts(rest.WithRateLimiter(rest.NewNoopRateLimiter())),
		bot.WithCacheConfigOpts(cache.WithCaches(cache.FlagChannels, cache.FlagRoles, cache.FlagMembers)))
	if err != nil {
		t.Fatal(err)
	}
	b.client = client
	b.d.Bind(client)
	return b
}

// take hands an event to the dispatcher as a shard's read loop does.
func (b *bench) take(kind gateway.EventType, data string) int {
	b.t.Helper()
	b.seq++
	event, err := gateway.UnmarshalEventData([]byte(data), kind)
	if err != nil {
		b.t.Fatal(err)
	}
	b.d.HandleGatewayEvent(b.shard, kind, b.seq, event)
	return b.seq
}

func (b *bench) message(channel int) int {
	b.t.Helper()
	return b.take(gateway.EventTypeMessageCreate,
		fmt.Sprintf(`{"id":"%d","channel_id":"%d","guild_id":"1","author":{"id":"6"}}`, 1000+b.seq, channel))
}

func (b *bench) press(channel, user int) int {
	b.t.Helper()
	return b.take(gateway.EventTypeInteractionCreate, fmt.Sprintf(`{"id":"%d","application_id":"123","type":3,"token":"t","guild_id":"1",
		"channel":{"id":"%d","type":0},"member":{"user":{"id":"%d"}},"data":{"component_type":2,"custom_id":"open"},"message":{"id":"3","channel_id":"%d","author":{"id":"123"}}}`,
		1000+b.seq, channel, user, channel))
}

func (b *bench) drain() {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := b.d.Close(ctx); err != nil {
		b.t.Fatal(err)
	}
}

func receive[T any](t *testing.T, c <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatalf("%s did not come", what)
		panic("unreachable")
	}
}

func TestDefect8SlowListenerBlocksNeitherReadLoopNorOtherKeys(t *testing.T) {
	release, started := make(chan struct{}), make(chan struct{}, 10)
	done := make(chan snowflake.ID, 100)
	b := newBench(t, dispatch.Options{}, bot.NewListenerFunc(func(e *events.GuildMessageCreate) {
		if e.ChannelID == 1 {
			started <- struct{}{}
			<-release
		}
		done <- e.ChannelID
	}))
	b.message(1)
	receive(t, started, "slow listener")
	b.message(1)              // returns, although the key is busy
	for i := 2; i < 20; i++ { // and these are handled meanwhile
		b.message(i)
		if got := receive(t, done, "message of another channel"); got != snowflake.ID(i) {
			t.Fatalf("channel %d was handled, want %d", got, i)
		}
	}
	other := newShard(1) // another shard is not blocked either
	event, _ := gateway.UnmarshalEventData([]byte(`{"id":"9","channel_id":"99","guild_id":"1","author":{"id":"6"}}`), gateway.EventTypeMessageCreate)
	b.d.HandleGatewayEvent(other, gateway.EventTypeMessageCreate, 1, event)
	receive(t, done, "message of another shard")
	close(release)
	b.drain()
}

func TestEventsOfOneKeyAreInOrder(t *testing.T) {
	const keys, each = 8, 200
	var mu sync.Mutex
	got := map[snowflake.ID][]int{}
	b := newBench(t, dispatch.Options{}, bot.NewListenerFunc(func(e *events.GuildMessageCreate) {
		mu.Lock()
		defer mu.Unlock()
		got[e.ChannelID] = append(got[e.ChannelID], e.SequenceNumber())
	}))
	want := map[snowflake.ID][]int{}
	for range each {
		for k := range keys {
			id := snowflake.ID(k + 1)
			want[id] = append(want[id], b.message(k+1))
		}
	}
	b.drain()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	if n := b.shard.unhandled(); n != 0 {
		t.Errorf("%d events were never reported as handled", n)
	}
}

func TestPressesOnOnePanelRunSideBySideButInATicketInOrder(t *testing.T) {
	const panel, ticket = 10, 20
	release, running := make(chan struct{}), make(chan snowflake.ID, 10)
	b := newBench(t, dispatch.Options{Room: func(id snowflake.ID) bool { return id == ticket }},
		bot.NewListenerFunc(func(e *events.ComponentInteractionCreate) {
			running <- e.User().ID
			<-release
		}))
	for user := 1; user <= 5; user++ {
		b.press(panel, user)
	}
	for range 5 {
		receive(t, running, "press of another user")
	}
	b.press(ticket, 6)
	b.press(ticket, 7) // another user, but the same ticket
	if got := receive(t, running, "press in the ticket"); got != 6 {
		t.Errorf("user %d first, want 6", got)
	}
	if s := b.d.Stats(); s.Running != 6 || s.Queued != 1 {
		t.Errorf("stats %+v, want the second press in the ticket to wait", s)
	}
	close(release)
	b.drain()
}

func TestCachesAreUpToDateBeforeListeners(t *testing.T) {
	seen := make(chan string, 10)
	b := newBench(t, dispatch.Options{})
	b.client.AddEventListeners(bot.NewListenerFunc(func(e *events.GuildChannelCreate) {
		c, ok := e.Client().Caches.Channel(e.ChannelID)
		if !ok {
			seen <- "missing"
			return
		}
		seen <- c.Name()
	}))
	b.take(gateway.EventTypeChannelCreate, `{"id":"5","guild_id":"1","type":0,"name":"ticket-1"}`)
	if _, ok := b.client.Caches.Channel(5); !ok {
		t.Error("the cache was not updated on the read loop")
	}
	if got := receive(t, seen, "event"); got != "ticket-1" {
		t.Errorf("the listener saw %q", got)
	}
}

func TestListenerPanicIsLoggedAndTheRestGoesOn(t *testing.T) {
	seen := make(chan struct{}, 10)
	b := newBench(t, dispatch.Options{},
		bot.NewListenerFunc(func(*events.GuildMessageCreate) { panic("oh no") }),
		bot.NewListenerFunc(func(*events.GuildMessageCreate) { seen <- struct{}{} }))
	b.message(1)
	b.message(1)
	receive(t, seen, "first event")
	receive(t, seen, "second event")
	b.drain()
	if s := b.d.Stats(); s.Panics != 2 {
		t.Errorf("%d panics counted, want 2", s.Panics)
	}
	if out := b.logs.String(); !strings.Contains(out, "oh no") || !strings.Contains(out, "dispatcher_test.go") {
		t.Errorf("the panic is not logged with its stack:\n%s", out)
	}
	if n := b.shard.unhandled(); n != 0 {
		t.Errorf("%d events are held for ever", n)
	}
}

// blocked makes a bench whose first event occupies the key of channel 1, and records the rest.
func blocked(t *testing.T, opts dispatch.Options) (b *bench, release func(), handled func() []int) {
	t.Helper()
	gate, started := make(chan struct{}), make(chan struct{})
	var once sync.Once
	var mu sync.Mutex
	var seqs []int
	b = newBench(t, opts, bot.NewListenerFunc(func(e bot.Event) {
		switch e.(type) {
		case *events.GuildMessageCreate, *events.ComponentInteractionCreate:
		default:
			return
		}
		once.Do(func() { close(started); <-gate })
		mu.Lock()
		defer mu.Unlock()
		seqs = append(seqs, e.SequenceNumber())
	}))
	b.message(1)
	receive(t, started, "first event")
	return b, func() { close(gate) }, func() []int { mu.Lock(); defer mu.Unlock(); return seqs }
}

func TestOverflowShedsTheOldestButNoInteraction(t *testing.T) {
	room := func(snowflake.ID) bool { return true }
	b, release, handled := blocked(t, dispatch.Options{PerKey: 3, Room: room})
	b.press(1, 7)          // 2
	b.message(1)           // 3: will be shed
	b.message(1)           // 4
	b.message(1)           // 5: sheds 3
	b.press(1, 8)          // 6: sheds 4
	b.press(1, 9)          // 7: sheds 5
	b.message(1)           // 8: nothing but interactions wait, so it is shed itself
	last := b.press(1, 10) // 8 more: beyond the bound, but an interaction
	if n := b.shard.unhandled(); n != 5 {
		t.Errorf("%d events are held, want the running one and the four presses", n)
	}
	release()
	b.drain()
	if diff := cmp.Diff([]int{1, 2, 6, 7, last}, handled()); diff != "" {
		t.Errorf("handled (-want +got):\n%s", diff)
	}
	if s := b.d.Stats(); s.Shed != 4 || s.Refused != 0 {
		t.Errorf("stats %+v, want 4 shed", s)
	}
	if !strings.Contains(b.logs.String(), "oldest are dropped") {
		t.Errorf("shedding is not logged:\n%s", b.logs)
	}
}

func TestOverflowInAllShedsTheOldestOfAll(t *testing.T) {
	b, release, handled := blocked(t, dispatch.Options{Workers: 4, PerKey: 100, Total: 3})
	b.message(1) // 2: the oldest
	b.message(1) // 3
	b.message(1) // 4
	b.message(1) // 5: sheds 2
	release()
	b.drain()
	if diff := cmp.Diff([]int{1, 3, 4, 5}, handled()); diff != "" {
		t.Errorf("handled (-want +got):\n%s", diff)
	}
}

func TestRefusedInteractionIsLoud(t *testing.T) {
	refused := make(chan discord.Interaction, 10)
	room := func(snowflake.ID) bool { return true }
	b, release, _ := blocked(t, dispatch.Options{PerKey: 2, Room: room, OnRefused: func(e bot.Event) {
		i, _ := e.(*events.InteractionCreate)
		refused <- i.Interaction
	}})
	for user := range 5 {
		b.press(1, user+1)
	}
	if i := receive(t, refused, "refusal"); i.User().ID != 5 {
		t.Errorf("refused user %d, want the fifth", i.User().ID)
	}
	if s := b.d.Stats(); s.Refused != 1 || !strings.Contains(b.logs.String(), "level=ERROR") {
		t.Errorf("stats %+v, log:\n%s", s, b.logs)
	}
	release()
	b.drain()
}

func TestWorkersAreBoundedAndSomeAreKeptForInteractions(t *testing.T) {
	const workers = 8
	release := make(chan struct{})
	var now, most atomic.Int64
	running := make(chan struct{}, 100)
	pressed := make(chan struct{}, 1)
	b := newBench(t, dispatch.Options{Workers: workers}, bot.NewListenerFunc(func(*events.GuildMessageCreate) {
		n := now.Add(1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		running <- struct{}{}
		<-release
		now.Add(-1)
	}), bot.NewListenerFunc(func(*events.ComponentInteractionCreate) { pressed <- struct{}{} }))
	for channel := 1; channel <= 50; channel++ {
		b.message(channel)
	}
	for range workers - workers/4 {
		receive(t, running, "listener")
	}
	b.press(60, 1) // is handled although messages take all workers they may
	receive(t, pressed, "press")
	close(release)
	b.drain()
	if got := most.Load(); got > workers-workers/4 {
		t.Errorf("%d listeners ran at once, want at most %d", got, workers-workers/4)
	}
	if s := b.d.Stats(); s.Handled != 51 || s.Keys != 0 {
		t.Errorf("stats %+v, want everything handled and no key left", s)
	}
}

func TestCloseThatRunsOutOfTimeLeavesEventsUnhandled(t *testing.T) {
	b, release, handled := blocked(t, dispatch.Options{})
	b.message(1)
	b.message(1)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := b.d.Close(ctx)
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "2 queued and 1 running") {
		t.Errorf("got %v", err)
	}
	b.message(1) // too late
	release()
	b.drain()
	if got := handled(); len(got) != 1 {
		t.Errorf("handled %v after Close gave up", got)
	}
	if n := b.shard.unhandled(); n != 3 {
		t.Errorf("%d events are left for whoever resumes, want the two queued and the late one", n)
	}
}

func TestListenersCanBeChangedFromAListener(t *testing.T) {
	seen := make(chan int, 10)
	var b *bench
	second := bot.NewListenerFunc(func(e *events.GuildMessageCreate) { seen <- e.SequenceNumber() })
	var first bot.EventListener
	first = bot.NewListenerFunc(func(*events.GuildMessageCreate) {
		b.d.RemoveEventListeners(first)
		b.d.AddEventListeners(second)
	})
	b = newBench(t, dispatch.Options{}, first)
	b.message(1)
	b.message(1)
	if got := receive(t, seen, "event for the new listener"); got != 2 {
		t.Errorf("event %d, want 2", got)
	}
	b.drain()
}

func TestMemberChunksDoNotBlockTheReadLoop(t *testing.T) {
	b := newBench(t, dispatch.Options{})
	b.client.Gateway = &sendingShard{shard: b.shard}
	members, _, err := b.client.MemberChunkingManager.RequestMembersChan(1, 2)
	if err != nil {
		t.Fatal(err)
	}
	nonce := b.client.Gateway.(*sendingShard).nonce
	b.take(gateway.EventTypeGuildMembersChunk, fmt.Sprintf(`{"guild_id":"1","members":[{"user":{"id":"2"}}],"chunk_count":1,"nonce":%q}`, nonce))
	if m := receive(t, members, "member"); m.User.ID != 2 {
		t.Errorf("got member %d", m.User.ID)
	}
	b.drain()
}

type sendingShard struct {
	*shard
	nonce string
}

func (s *sendingShard) Intents() gateway.Intents { return gateway.IntentGuildMembers }

func (s *sendingShard) Send(_ context.Context, _ gateway.Opcode, data gateway.MessageData) error {
	request, _ := data.(gateway.MessageDataRequestGuildMembers)
	s.nonce = request.Nonce
	return nil
}

func TestInteractionsByHTTPReachListenersAndAnswer(t *testing.T) {
	b := newBench(t, dispatch.Options{}, bot.NewListenerFunc(func(e *events.ComponentInteractionCreate) {
		if err := e.DeferUpdateMessage(); err != nil {
			t.Error(err)
		}
	}))
	i, err := discord.UnmarshalInteraction([]byte(`{"id":"9","application_id":"123","type":3,"token":"t","guild_id":"1","member":{"user":{"id":"7"}},"data":{"component_type":2,"custom_id":"open"}}`))
	if err != nil {
		t.Fatal(err)
	}
	answers := make(chan discord.InteractionResponseType, 1)
	b.d.HandleHTTPEvent(func(r discord.InteractionResponse) error { answers <- r.Type; return nil }, httpserver.EventInteractionCreate{Interaction: i})
	if got := receive(t, answers, "answer"); got != discord.InteractionResponseTypeDeferredUpdateMessage {
		t.Errorf("answered with %d", got)
	}
	b.drain()
}

func TestOwnEventsReachListeners(t *testing.T) {
	type own struct{ *events.GenericEvent }
	seen := make(chan struct{}, 1)
	b := newBench(t, dispatch.Options{}, bot.NewListenerFunc(func(*own) { seen <- struct{}{} }))
	b.d.DispatchEvent(&own{events.NewGenericEvent(b.client, -1, 0)})
	receive(t, seen, "own event")
	b.drain()
}

func TestInteractionThatNamesNobodyIsStillHandled(t *testing.T) {
	seen := make(chan struct{}, 1)
	b := newBench(t, dispatch.Options{}, bot.NewListenerFunc(func(*events.InteractionCreate) { seen <- struct{}{} }))
	b.take(gateway.EventTypeInteractionCreate, `{"id":"9","application_id":"123","type":3,"token":"t","data":{"component_type":2,"custom_id":"open"}}`)
	receive(t, seen, "interaction")
	b.drain()
}
