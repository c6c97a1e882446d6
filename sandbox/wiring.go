package sandbox

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"usher/sandbox/internal/control"
	"usher/sandbox/internal/gateway"
	"usher/sandbox/internal/wire"
	"usher/sandbox/internal/world"
)

// output carries the world's events to bots, streams and the witness.
type output Server

func (o *output) Dispatch(d world.Dispatch) {
	o.hub.Publish(gateway.Event{
		Type: d.Type, GuildID: uint64(d.Guild), Apps: d.Apps, Intents: d.Intents, Data: d.Data, Shape: d.Shape,
	})
}

func (o *output) Show(user wire.ID, event string, data any) { o.streams.Show(user, event, data) }

func (o *output) Watched() []wire.ID { return o.streams.Watched() }

func (o *output) Pinged(p world.Ping) { o.witness.Pinged(p) }

func (o *output) InteractionChanged(r world.InteractionRecord) {
	o.witness.Interaction(r.ID.String(), r)
}

// directory answers the gateway's questions from the world.
type directory Server

func gatewayApp(l world.Login) gateway.App {
	return gateway.App{ID: uint64(l.App), PrivilegedIntents: l.Privileged, MaxConcurrency: l.MaxConcurrency}
}

func (d *directory) App(token string) (gateway.App, bool) {
	l, ok := d.world.Login(token)
	return gatewayApp(l), ok
}

func (d *directory) Ready(app uint64) (user, application json.RawMessage) {
	return d.world.Ready(wire.ID(app))
}

func (d *directory) Guilds(app uint64) []uint64 {
	ids := d.world.Guilds(wire.ID(app))
	out := make([]uint64, len(ids))
	for i, id := range ids {
		out[i] = uint64(id)
	}
	return out
}

func (d *directory) GuildCreate(r gateway.Receiver, guild uint64) json.RawMessage {
	return d.world.GuildCreate(wire.ID(r.App), wire.ID(guild), r.Intents, r.LargeThreshold)
}

// Members answers op 8.
func (d *directory) Members(app uint64, r gateway.MembersRequest) []gateway.Member {
	q := world.MemberQuery{Guild: wire.ID(r.Guild), Query: r.Query, Limit: r.Limit}
	for _, id := range r.Users {
		q.UserIDs = append(q.UserIDs, wire.ID(id))
	}
	var out []gateway.Member
	for _, m := range d.world.MembersFor(wire.ID(app), q) {
		raw, err := json.Marshal(m)
		if err != nil {
			continue
		}
		out = append(out, gateway.Member{ID: uint64(m.User.ID), Object: raw})
	}
	return out
}

// sessions lets the control API ask and disturb the gateway.
type sessions Server

func (s *sessions) Fault(f control.GatewayFault) error {
	err := s.hub.Fault(gateway.Fault{
		App: uint64(f.Bot), Shard: f.Shard, Kind: f.Do, Code: f.Code, Event: f.Event, Data: f.Data, Delay: time.Duration(f.Delay),
	})
	switch {
	case errors.Is(err, gateway.ErrNoSession):
		return &world.Denied{Status: http.StatusNotFound, Field: "bot", Text: err.Error()}
	case err != nil:
		return &world.Denied{Status: http.StatusBadRequest, Field: "do", Text: err.Error()}
	}
	return nil
}

func (s *sessions) Sessions() []control.GatewaySession {
	out := []control.GatewaySession{}
	for _, i := range s.hub.Sessions() {
		out = append(out, control.GatewaySession{
			SessionID: i.ID, Bot: wire.ID(i.App), Shard: i.Shard, Intents: i.Intents, Connected: i.Connected, Ended: i.Ended,
			OpenedAt: i.OpenedAt, Resumes: i.Resumes, Identifies: i.Identifies, LastSequence: i.LastSequence, CloseCode: i.CloseCode,
		})
	}
	return out
}

func (s *sessions) Forget() { s.hub.ForgetEnded() }
