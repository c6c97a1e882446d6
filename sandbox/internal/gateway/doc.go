// Package gateway speaks Discord's Gateway, version 10, from the server's side
// (https://docs.discord.com/developers/events/gateway, rule S-2): websocket
// connections, sessions that outlive them, dispatch filtered by intents and
// shards, resuming from a replay buffer, and faults on demand (S-10).
//
// It carries events and never looks into them: what a guild, a message or a
// permission is belongs to the world, which it meets only through Directory
// and Event. It must never know the world's types, REST, or Usher.
//
// Locks are taken in the order hub, session, connection. Publish never calls
// the Directory, so the world may publish while holding its own lock; nothing
// here calls the Directory while holding a lock.
package gateway
