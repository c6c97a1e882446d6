package httpapi

import (
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"usher/internal/core/snowflake"
)

// idText is how Discord's ids look in JSON: JavaScript's numbers end at 2^53.
type idText string

// idForm is the pattern of an id.
const idForm = "^[0-9]{0,20}$"

// Schema implements huma.SchemaProvider.
func (idText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: idForm, Description: "A Discord id in decimal digits; empty: none.", Examples: []any{"1400000000000000001"}}
}

// aliasIDs describes every kind of id.
func aliasIDs(r huma.Registry) {
	as := reflect.TypeFor[idText]()
	for _, kind := range []reflect.Type{
		reflect.TypeFor[snowflake.Guild](), reflect.TypeFor[snowflake.Channel](), reflect.TypeFor[snowflake.User](), reflect.TypeFor[snowflake.Role](),
		reflect.TypeFor[snowflake.Message](), reflect.TypeFor[snowflake.Interaction](), reflect.TypeFor[snowflake.Application](),
	} {
		r.RegisterTypeAlias(kind, as)
	}
}

// schemaName names a type in the description: as in Go, without the marks of generic types.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	name = strings.TrimPrefix(name, "HttpapiPage")
	return name
}
