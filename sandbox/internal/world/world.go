// Package world is the sandbox's Discord: users, guilds, roles, channels, messages, commands, interactions, and the
// rules by which they change (S-1, S-5, S-7). Bots and people act on it through its methods; what happens goes out as
// events. It knows nothing of HTTP, websockets or rate limits, nor of the bots that will be run on it.
//
// One lock guards everything: an act checks, changes and publishes its events before the next one starts, so that
// events leave in the order of the changes.
package world

import (
	"encoding/json"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"usher/sandbox/internal/clock"
	"usher/sandbox/internal/wire"
)

// ID is a snowflake.
type ID = wire.ID

// Dispatch is an event for bots.
type Dispatch struct {
	// Type is the gateway's name, Guild its guild (0 for none).
	Type  string
	Guild ID
	// Apps may receive it; nil is every application that is in the guild.
	Apps []uint64
	// Intents is a mask of which a bot needs any one bit; 0 is none.
	Intents uint64
	Data    json.RawMessage
	// Shape, if set, makes the data for one receiver instead of Data.
	Shape func(app, intents uint64) json.RawMessage
}

// Ping tells who was notified by a message (S-11).
type Ping struct {
	At        time.Time `json:"at"`
	ChannelID ID        `json:"channel_id"`
	MessageID ID        `json:"message_id"`
	AuthorID  ID        `json:"author_id"`
	UserIDs   []ID      `json:"user_ids"`
	RoleIDs   []ID      `json:"role_ids"`
	Everyone  bool      `json:"everyone"`
}

// Output is where the world tells what happened. Its methods are called under the world's lock: they must be quick
// and must not call back.
type Output interface {
	// Dispatch hands an event to bots.
	Dispatch(Dispatch)
	// Show hands an event to the stream of one person, Watched tells whether anybody looks at that stream.
	Show(user ID, event string, data any)
	Watched() []ID
	// Pinged records a notification.
	Pinged(Ping)
	// InteractionChanged records an interaction's new state.
	InteractionChanged(InteractionRecord)
}

// Config is what a world depends on.
type Config struct {
	Clock  *clock.Clock
	Output Output
	Logger *slog.Logger
	// BaseURL is the address under which attachments and pictures are served.
	BaseURL func() string
	// RandSeed makes tokens and pictures repeatable.
	RandSeed uint64
	// AttachmentTTL is how long the address of an attachment works; 24 hours when zero.
	AttachmentTTL time.Duration
}

// World is the state. See New.
type World struct {
	mu   sync.Mutex
	cfg  Config
	rand *rand.Rand
	last ID

	users        map[ID]*user
	apps         map[ID]*app
	tokens       map[string]*app
	guilds       map[ID]*guild
	order        []ID
	channels     map[ID]*channel
	dms          map[[2]ID]*channel
	messages     map[ID]*message
	interactions map[ID]*interaction
	// begun are the interactions, oldest first.
	begun    []*interaction
	byToken  map[string]*interaction
	modals   map[ID]*modal
	webhooks map[ID]*webhook
	files    map[ID]*file
	pictures map[pictureKey]picture
	seen     map[ID]map[ID]bool
	key      [32]byte
}

// user is a person or a bot.
type user struct {
	wire.User
	note, locale, email string
	refusesDMs          bool
	app                 *app
	guilds              map[ID]bool
}

// app is an application with its bot.
type app struct {
	id             ID
	name           string
	token          string
	secret         string
	redirects      []string
	tags           []string
	installURL     string
	description    string
	icon           string
	owner          *user
	bot            *user
	privileged     uint64
	maxConcurrency int
	shards         int
	verifyKey      string
	guilds         map[ID]bool
	commands       map[ID]*wire.Command
	creates        map[ID]daily
}

// New makes an empty world; Load fills it.
func New(cfg Config) *World {
	if cfg.AttachmentTTL == 0 {
		cfg.AttachmentTTL = 24 * time.Hour
	}
	w := &World{cfg: cfg}
	w.clear()
	return w
}

func (w *World) clear() {
	w.rand = rand.New(rand.NewPCG(w.cfg.RandSeed, 0x5eed)) //nolint:gosec // tests want the same world again
	for i := range w.key {
		w.key[i] = byte(w.rand.Uint32())
	}
	w.users, w.apps, w.tokens = map[ID]*user{}, map[ID]*app{}, map[string]*app{}
	w.guilds, w.order, w.channels = map[ID]*guild{}, nil, map[ID]*channel{}
	w.dms, w.messages = map[[2]ID]*channel{}, map[ID]*message{}
	w.begun, w.interactions, w.byToken, w.modals = nil, map[ID]*interaction{}, map[string]*interaction{}, map[ID]*modal{}
	w.pictures = map[pictureKey]picture{}
	w.webhooks, w.files, w.seen = map[ID]*webhook{}, map[ID]*file{}, map[ID]map[ID]bool{}
}

// newID makes the next snowflake: never before the virtual clock, never twice, always growing.
func (w *World) newID() ID {
	id := ID(uint64(w.now().UnixMilli()-wire.Epoch) << 22)
	if id <= w.last {
		id = w.last + 1
	}
	w.last = id
	return id
}

func (w *World) now() time.Time { return w.cfg.Clock.Now() }

// secret makes a token of n characters.
func (w *World) secret(n int) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[w.rand.IntN(len(letters))]
	}
	return string(b)
}

// Actor is who calls: a person, or an application's bot.
type Actor struct {
	User ID
	// App is the application when a bot acts, 0 for a person.
	App ID
	// Reason is the X-Audit-Log-Reason.
	Reason string
}

// IsBot tells that an application acts.
func (a Actor) IsBot() bool { return a.App != 0 }

func encode(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic("the sandbox made a value that is not JSON: " + err.Error())
	}
	return b
}

func ptr[T any](v T) *T { return &v }

func orNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
