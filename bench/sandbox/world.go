package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"usher/sandbox"
)

// world is the generated servers with the one bot that is in all of them.
type world struct {
	file  string // the seed
	token string
	user  sandbox.ID // a member of all servers
	desks []sandbox.ID
}

// busy is in how many servers something happens. They are neighbours, and so spread over all shards.
const busy = 16

func makeWorld(guilds int, dir string) (world, error) {
	seed := sandbox.GeneratedGuilds(guilds)
	// All shards identify at once: what is measured is the sandbox and not Discord's five seconds between them.
	seed.Applications[0].MaxConcurrency = maxShards
	w := world{file: filepath.Join(dir, "seed.json"), token: seed.Applications[0].BotToken, user: seed.Users[1].ID}
	for _, g := range seed.Guilds[:min(busy, guilds)] {
		w.desks = append(w.desks, g.Channels[1].ID)
	}
	text, err := json.Marshal(seed)
	if err != nil {
		return w, fmt.Errorf("writing the world: %w", err)
	}
	if err := os.WriteFile(w.file, text, 0o600); err != nil {
		return w, fmt.Errorf("writing the world: %w", err)
	}
	return w, nil
}
