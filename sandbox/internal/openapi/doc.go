// Package openapi judges REST bodies by Discord's own description of its API,
// openapi.json (rule S-9): every request of a bot and every answer of the
// sandbox. It validates with JSON Schema directly on that file.
//
// It must never know what a route does, nor hold limits that are not in the
// description (2000 characters of content, say): those are rules of the world.
package openapi
