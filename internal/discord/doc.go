// Package discord is Usher's side of Discord: events come in and become calls of core; core's ports to Discord are made of REST calls.
// It is the only room that knows the Discord library.
//
// It must never know SQL, HTTP servers, integrations or any other room beside core.
package discord
