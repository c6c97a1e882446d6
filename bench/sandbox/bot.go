package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/sync/errgroup"
)

// bot is a bot that does nothing but read: one connection for each shard.
type bot struct {
	shards  []*shard
	reading errgroup.Group
}

// shard is one gateway connection. Each event is handed to heard, which must not keep it.
type shard struct {
	ws    *websocket.Conn
	frame bytes.Buffer
	heard func(kind string, frame []byte) error
	bytes int64 // received until all servers were there
}

// Intents, https://discord.com/developers/docs/events/gateway#list-of-intents.
const (
	intentGuilds        = 1 << 0
	intentGuildMessages = 1 << 9
)

// connectTime bounds the connecting of all shards.
const connectTime = 30 * time.Second

// connect logs all shards in at once and waits until each has received all its servers.
func connect(ctx context.Context, h house, token string, shards, intents int, heard func(kind string, frame []byte) error) (*bot, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	b := &bot{shards: make([]*shard, shards)}
	group, ctx := errgroup.WithContext(ctx)
	for n := range b.shards {
		s := &shard{heard: heard}
		b.shards[n] = s
		group.Go(func() error { return s.login(ctx, h, token, [2]int{n, shards}, intents) })
	}
	if err := group.Wait(); err != nil {
		_ = b.close()
		return nil, err
	}
	for _, s := range b.shards {
		b.reading.Go(s.listen)
	}
	return b, nil
}

// login identifies and reads READY and every GUILD_CREATE.
func (s *shard) login(ctx context.Context, h house, token string, of [2]int, intents int) error {
	ws, res, err := websocket.DefaultDialer.DialContext(ctx, "ws://"+h.host+"/gateway?v=10&encoding=json", nil)
	if err != nil {
		return fmt.Errorf("connecting shard %d: %w", of[0], err)
	}
	_ = res.Body.Close()
	s.ws = ws
	if deadline, ok := ctx.Deadline(); ok {
		_ = ws.SetReadDeadline(deadline)
	}
	type object = map[string]any
	if err := ws.WriteJSON(object{"op": 2, "d": object{
		"token": token, "intents": intents, "shard": of, "properties": object{"os": "linux", "browser": "bench", "device": "bench"},
	}}); err != nil {
		return fmt.Errorf("identifying shard %d: %w", of[0], err)
	}
	waiting := -1
	for waiting != 0 {
		kind, frame, err := s.next()
		if err != nil {
			return fmt.Errorf("shard %d waits for its servers: %w", of[0], err)
		}
		s.bytes += int64(len(frame))
		switch kind {
		case "":
			if between(frame, `"op":`, ',') == "9" {
				return fmt.Errorf("shard %d was refused: %s", of[0], frame)
			}
		case "READY":
			if waiting, err = guildsOf(frame); err != nil {
				return err
			}
		case "GUILD_CREATE":
			waiting--
		}
	}
	return ws.SetReadDeadline(time.Time{})
}

func guildsOf(frame []byte) (int, error) {
	var ready struct {
		Data struct {
			Guilds []struct{} `json:"guilds"`
		} `json:"d"`
	}
	if err := json.Unmarshal(frame, &ready); err != nil {
		return 0, fmt.Errorf("reading READY: %w", err)
	}
	return len(ready.Data.Guilds), nil
}

// next reads a frame, which is valid until the next call, and its event's name ("" for none).
func (s *shard) next() (kind string, frame []byte, err error) {
	_, in, err := s.ws.NextReader()
	if err != nil {
		return "", nil, err
	}
	s.frame.Reset()
	if _, err := io.Copy(&s.frame, in); err != nil {
		return "", nil, err
	}
	frame = s.frame.Bytes()
	return between(frame, `{"t":"`, '"'), frame, nil
}

// between is the text after the first mark and before the next end, "" when there is none: reading JSON as what it is would cost more
// processor time than what is measured.
func between(text []byte, mark string, end byte) string {
	at := bytes.Index(text, []byte(mark))
	if at < 0 {
		return ""
	}
	rest := text[at+len(mark):]
	n := bytes.IndexByte(rest, end)
	if n < 0 {
		return ""
	}
	return string(rest[:n])
}

// listen hands on what comes until the connection ends.
func (s *shard) listen() error {
	for {
		kind, frame, err := s.next()
		var closed *websocket.CloseError
		switch {
		case errors.As(err, &closed):
			return fmt.Errorf("the gateway closed a connection: %w", err)
		case err != nil:
			return nil //nolint:nilerr // closed from here
		}
		if err := s.heard(kind, frame); err != nil {
			return err
		}
	}
}

// received is how much came until all servers were there.
func (b *bot) received() (sum int64) {
	for _, s := range b.shards {
		sum += s.bytes
	}
	return sum
}

// close ends the connections. The error is what went wrong while reading.
func (b *bot) close() error {
	for _, s := range b.shards {
		if s != nil && s.ws != nil {
			_ = s.ws.Close()
		}
	}
	return b.reading.Wait()
}
