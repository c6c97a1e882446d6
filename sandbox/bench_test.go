package sandbox_test

import (
	"bytes"
	"io"
	"net/http"
	"testing"

	"usher/sandbox"
)

// BenchmarkStart measures S-12's start; the rule wants it under 300 ms.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		s, err := sandbox.Start(b.Context(), sandbox.Config{})
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkMessage measures one message by REST: what the sandbox itself costs a benchmark of a bot.
func BenchmarkMessage(b *testing.B) {
	s, err := sandbox.Start(b.Context(), sandbox.Config{RateLimits: sandbox.RateLimits{Off: true}})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close(b.Context()) }()
	body := []byte(`{"content":"hello","embeds":[{"title":"t","description":"d"}],"components":[{"type":1,"components":[{"type":2,"style":1,"label":"l","custom_id":"c"}]}]}`)
	token := "Bot " + sandbox.DefaultSeed().Applications[0].BotToken
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			req, _ := http.NewRequestWithContext(b.Context(), http.MethodPost, s.APIURL()+supportPath+"/messages", bytes.NewReader(body))
			req.Header.Set("Authorization", token)
			req.Header.Set("User-Agent", "DiscordBot (x, 1)")
			req.Header.Set("Content-Type", "application/json")
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				b.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, res.Body)
			res.Body.Close()
			if res.StatusCode != http.StatusOK {
				b.Fatal(res.Status)
			}
		}
	})
}
