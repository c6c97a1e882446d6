package main

import (
	"encoding/json"
	"fmt"
	"time"

	"usher/sandbox"
)

// world is the servers and people of one measurement. There are two servers, for Discord limits how many channels a server may get in ten
// seconds: one for presses one after another, one for bursts.
type world struct {
	app     sandbox.ID
	token   string
	owner   sandbox.ID
	members []sandbox.ID
	single  server
	burst   server
}

// server is a server with a panel.
type server struct {
	name                     string
	id, staff, tickets, desk sandbox.ID
}

// Labels of the buttons that members press: the panel's is ours to choose, the other is Usher's.
const (
	openLabel  = "Open a ticket"
	closeLabel = "Close"
)

// makeWorld makes ids that no measurement before had, so that a database may be used again.
func makeWorld(now time.Time, members int) world {
	// The sandbox makes ids of the present moment: an hour ago nothing collides.
	next := sandbox.ID(now.Add(-time.Hour).UnixMilli()-discordEpoch) << 22 //nolint:gosec // this is after 2015
	id := func() sandbox.ID { next++; return next }
	guild := func(name string) server {
		return server{name: name, id: id(), staff: id(), tickets: id(), desk: id()}
	}
	w := world{app: id(), owner: id(), single: guild("One by one"), burst: guild("All at once")}
	w.token = sandbox.BotToken(w.app, "sandbx.this-token-opens-only-the-local-sandbox")
	for range members {
		w.members = append(w.members, id())
	}
	return w
}

// discordEpoch is where snowflakes begin, in Unix milliseconds. https://discord.com/developers/docs/reference#snowflakes
const discordEpoch = 1420070400000

// seed is the world as the sandbox takes it.
func (w world) seed() ([]byte, error) {
	s := sandbox.Seed{
		Users:        []sandbox.SeedUser{{ID: w.owner, Username: "owner"}},
		Applications: []sandbox.SeedApplication{{ID: w.app, Name: "Usher", BotToken: w.token, Owner: "owner"}},
	}
	people := []sandbox.SeedMember{{User: "owner"}}
	for n, id := range w.members {
		name := fmt.Sprintf("member%d", n+1)
		s.Users = append(s.Users, sandbox.SeedUser{ID: id, Username: name})
		people = append(people, sandbox.SeedMember{User: name})
	}
	for _, g := range []server{w.single, w.burst} {
		s.Guilds = append(s.Guilds, sandbox.SeedGuild{
			ID: g.id, Name: g.name, Owner: "owner", Members: people,
			Roles: []sandbox.SeedRole{{ID: g.staff, Name: "Staff"}, {ID: g.id + 1000, Name: "Usher", Permissions: sandbox.TicketBotPermissions()}},
			Bots:  []sandbox.SeedBot{{Application: "Usher", Role: "Usher"}},
			Channels: []sandbox.SeedChannel{
				{ID: g.tickets, Name: "Tickets", Type: "category"},
				{ID: g.desk, Name: "support"},
			},
		})
	}
	return json.Marshal(s)
}

// setup is a server as `usher apply` takes it: one integration with two values, both shown by the welcome message.
func (w world) setup(g server, lookup string) ([]byte, error) {
	type object = map[string]any
	return json.Marshal(object{
		"guild": g.id, "administrator": w.owner, "staff_roles": []sandbox.ID{g.staff}, "category": g.tickets,
		"integrations": []object{{
			"name": "Players", "description": "Name and score of a member in the game.", "method": "GET",
			"url": lookup + "/player?id=%user_id%",
			"placeholders": []object{
				{"name": "player", "path": "player.name"},
				{"name": "score", "path": "player.score"},
			},
		}},
		"panels": []object{{
			"name": "Support", "channel": g.desk,
			"post":     object{"embed": object{"title": "Need help?"}},
			"button":   object{"label": openLabel, "style": "primary"},
			"welcome":  object{"embed": object{"title": "Hello %nickname%", "description": welcome("%player%", "%score%")}},
			"max_open": 1,
		}},
	})
}

// welcome is the text of the welcome message.
func welcome(name, score string) string { return "Player " + name + " has " + score + " points." }

// expected is what the welcome message must say to a member in the end.
func expected(member sandbox.ID) string {
	name, score := player(member)
	return welcome(name, fmt.Sprint(score))
}
