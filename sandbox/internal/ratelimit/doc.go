// Package ratelimit decides which REST calls Discord would refuse for being
// too many, and says so as Discord does (rule S-8,
// https://docs.discord.com/developers/topics/rate-limits): buckets of routes
// with their headers, limits inside a bucket that no header announces, limits
// shared by all bots, the global limit, and the ban of an address that makes
// too many invalid requests.
//
// It knows routes by their templates only. It must never know what a route
// does, nor read bodies: the caller names the fields a body has.
package ratelimit
