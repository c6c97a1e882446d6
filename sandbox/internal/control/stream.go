package control

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"usher/sandbox/internal/stream"
	"usher/sandbox/internal/wire"
)

// keepAlive is how often a silent stream says something, so that dead readers are noticed.
const keepAlive = 15 * time.Second

// stream sends what a person sees as server-sent events (HTML Living Standard, "Server-sent events").
func (a *API) stream(w http.ResponseWriter, r *http.Request) {
	user, err := pathID(r, "user")
	if err == nil {
		err = a.cfg.World.IsPerson(user)
	}
	if err != nil {
		a.fail(w, err)
		return
	}
	last, err := strconv.ParseUint(lastEventID(r), 10, 64)
	reader := a.cfg.Streams.Read(user, last, err != nil)
	defer reader.Close()
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	_, _ = fmt.Fprint(w, ": watching\n\n")
	_ = out.Flush()
	a.follow(w, r, out, reader)
}

// lastEventID is the header that browsers send when they come back, or a query parameter for the first time.
func lastEventID(r *http.Request) string {
	if s := r.Header.Get("Last-Event-ID"); s != "" {
		return s
	}
	return r.URL.Query().Get("last_event_id")
}

func (a *API) follow(w http.ResponseWriter, r *http.Request, out *http.ResponseController, reader *stream.Reader[wire.ID]) {
	ticker := time.NewTicker(keepAlive)
	defer ticker.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-a.cfg.Stopping:
			return
		case <-ticker.C:
			_, _ = fmt.Fprint(w, ": still here\n\n")
		case <-reader.C:
			if !send(w, reader) {
				return
			}
		}
		if out.Flush() != nil {
			return
		}
	}
}

func send(w http.ResponseWriter, reader *stream.Reader[wire.ID]) bool {
	var b strings.Builder
	events, lost := reader.Next()
	if lost {
		events = []stream.Event{{ID: reader.Last(), Name: "reset", Data: json.RawMessage("{}")}}
	}
	for _, e := range events {
		fmt.Fprintf(&b, "id: %d\nevent: %s\ndata: %s\n\n", e.ID, e.Name, e.Data)
	}
	_, err := io.WriteString(w, b.String())
	return err == nil
}
