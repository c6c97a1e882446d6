package connect

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"

	"github.com/disgoorg/disgo/gateway"
	"github.com/disgoorg/disgo/sharding"
	"github.com/gorilla/websocket"

	"usher/internal/discord/gatewayconn"
)

// Open logs all shards of this process in, or resumes them, side by side, and returns when all are ready. It tries until ctx ends.
// Errors: *TokenError, *gatewayconn.FatalError (a privileged intent is off, too few shards), or ctx's with the reason; joined if several.
// After an error the shards that succeeded are open; Close them.
func (c *Connection) Open(ctx context.Context) error {
	failures := make([]error, len(c.shards))
	var all sync.WaitGroup
	for i, id := range c.shards {
		all.Go(func() { failures[i] = explainOpen(c.openShard(ctx, id)) })
	}
	all.Wait()
	return errors.Join(failures...)
}

func (c *Connection) openShard(ctx context.Context, id int) error {
	if c.Client.Gateway != nil {
		return c.Client.Gateway.Open(ctx)
	}
	state := c.sessions[id]
	return c.Client.ShardManager.ResumeShard(ctx, id, sharding.ShardState{SessionID: state.SessionID, Sequence: state.Sequence, ResumeURL: state.ResumeURL})
}

// Shards are the connections of this process that have been opened.
func (c *Connection) Shards() []*gatewayconn.Conn {
	var out []*gatewayconn.Conn
	add := func(g gateway.Gateway) {
		if conn, ok := g.(*gatewayconn.Conn); ok {
			out = append(out, conn)
		}
	}
	if c.Client.Gateway != nil {
		add(c.Client.Gateway)
		return out
	}
	for g := range c.Client.ShardManager.Shards() {
		add(g)
	}
	return out
}

// Numbers lists the shards of this process, opened or not, and gives how many the bot has in all.
func (c *Connection) Numbers() (mine []int, all int) { return slices.Clone(c.shards), c.count }

// Ready reports whether every shard of this process is connected and logged in.
func (c *Connection) Ready() bool {
	shards := c.Shards()
	for _, s := range shards {
		if s.Status() != gateway.StatusReady {
			return false
		}
	}
	return len(shards) == len(c.shards)
}

// States are the sessions with the sequence up to which every event was handled, by shard, for saving. Shards without one are missing.
func (c *Connection) States() map[int]gatewayconn.State {
	states := map[int]gatewayconn.State{}
	for _, s := range c.Shards() {
		if state := s.State(); state.Resumable() {
			states[s.ShardID()] = state
		}
	}
	return states
}

// Close ends the sessions, waits for the listeners and then for REST requests. Listeners can send requests until they are done.
// The error says what ctx did not leave time for.
func (c *Connection) Close(ctx context.Context) error {
	return c.leave(ctx, websocket.CloseNormalClosure, "shutting down")
}

// Handover leaves the sessions at Discord, waits for the listeners and returns the states for another process to resume within a few
// minutes. With an error the states are still good: what was not handled is replayed there.
func (c *Connection) Handover(ctx context.Context) (map[int]gatewayconn.State, error) {
	err := c.leave(ctx, websocket.CloseServiceRestart, "handover")
	return c.States(), err
}

func (c *Connection) leave(ctx context.Context, code int, message string) error {
	var all sync.WaitGroup
	for _, s := range c.Shards() {
		all.Go(func() { s.CloseWithCode(ctx, code, message) })
	}
	all.Wait()
	err := c.Dispatcher.Close(ctx)
	c.Client.Rest.Close(ctx)
	if c.Client.VoiceManager != nil {
		c.Client.VoiceManager.Close(ctx)
	}
	if err != nil {
		return fmt.Errorf("leaving discord: %w", err)
	}
	return nil
}

// floored drops what disgo says below information level: its debug lines quote payloads.
func floored(log *slog.Logger) *slog.Logger { return slog.New(floor{log.Handler()}) }

type floor struct{ slog.Handler }

// Enabled implements slog.Handler.
func (f floor) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelInfo && f.Handler.Enabled(ctx, level)
}

// WithAttrs implements slog.Handler.
func (f floor) WithAttrs(attrs []slog.Attr) slog.Handler { return floor{f.Handler.WithAttrs(attrs)} }

// WithGroup implements slog.Handler.
func (f floor) WithGroup(name string) slog.Handler { return floor{f.Handler.WithGroup(name)} }
