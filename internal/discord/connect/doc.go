// Package connect builds the bot's client of Discord from plain options: disgo's types, REST methods and shard manager with our own rate
// limiter, gateway connection and dispatcher in it. It turns what can be wrong at the start, a token or an address, into errors that say what
// to do.
//
// The package must never know what the bot does with the connection.
package connect
