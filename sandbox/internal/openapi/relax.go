package openapi

import (
	"encoding/json"
	"slices"
)

// intText is how Discord takes an integer in a string: permissions, for
// instance, do not fit into every language's numbers.
const intText = `^-?[0-9]+$`

// relax copies the description so that integers in requests may be strings of
// digits, which Discord takes although its description says otherwise. Not so
// where only certain integers are allowed, nor where a string is allowed beside
// the integer already (inUnion).
func relax(node any, inUnion bool) any {
	switch v := node.(type) {
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = relax(item, inUnion)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v)+1)
		for key, item := range v {
			out[key] = relax(item, (key == "oneOf" || key == "anyOf") && offersString(item))
		}
		if !inUnion {
			relaxInteger(out)
		}
		return out
	}
	return node
}

// relaxInteger changes one schema in place.
func relaxInteger(schema map[string]any) {
	for _, key := range []string{"enum", "const", "oneOf", "anyOf", "allOf"} {
		if schema[key] != nil {
			return // only certain values, or the parts decide
		}
	}
	switch t := schema["type"].(type) {
	case string:
		// Ids may be numbers: the documentation itself writes "id": 0 for files[0]
		// (https://docs.discord.com/developers/reference#uploading-files).
		if t == "string" && schema["format"] == "snowflake" {
			schema["type"] = []any{"string", "integer"}
		}
		if t == "integer" {
			schema["type"], schema["pattern"] = []any{"integer", "string"}, intText
		}
	case []any:
		if slices.Contains(t, any("integer")) && !slices.Contains(t, any("string")) {
			schema["type"], schema["pattern"] = append(slices.Clone(t), "string"), intText
		}
	}
}

// offersString says whether one of the schemas is of type string.
func offersString(schemas any) bool {
	list, _ := schemas.([]any)
	return slices.ContainsFunc(list, func(s any) bool {
		m, _ := s.(map[string]any)
		return m["type"] == "string"
	})
}

// correct changes the description in place where Discord's documentation, which
// its README says wins, differs from it:
//   - the codes of a form error's fields are names such as BASE_TYPE_REQUIRED
//     (https://docs.discord.com/developers/reference#error-messages);
//   - the code of a 429 may be missing
//     (https://docs.discord.com/developers/topics/rate-limits#exceeding-a-rate-limit);
//   - every parameter of a bot's own user is optional
//     (https://docs.discord.com/developers/resources/user#modify-current-user);
//   - an application's description is a string
//     (https://docs.discord.com/developers/resources/application#edit-current-application);
//   - a reference of type 1 is a forward
//     (https://docs.discord.com/developers/resources/message#message-reference-types).
func correct(doc map[string]any) {
	if items, ok := lookup(doc, "/components/schemas/InnerErrors/properties/_errors").(map[string]any); ok {
		items["items"] = map[string]any{
			"type":     "object",
			"required": []any{"code", "message"},
			"properties": map[string]any{
				"code":    map[string]any{"type": []any{"string", "integer"}},
				"message": map[string]any{"type": "string"},
			},
		}
	}
	if reference, ok := lookup(doc, "/components/schemas/MessageReferenceType").(map[string]any); ok {
		kinds, _ := reference["oneOf"].([]any)
		reference["oneOf"] = append(slices.Clone(kinds), map[string]any{"title": "FORWARD", "const": json.Number("1")})
	}
	if account, ok := lookup(doc, "/components/schemas/BotAccountPatchRequest").(map[string]any); ok {
		delete(account, "required")
	}
	if description, ok := lookup(doc, "/components/schemas/ApplicationFormPartial/properties/description").(map[string]any); ok {
		description["type"] = []any{"object", "string", "null"}
	}
	if limited, ok := lookup(doc, "/components/schemas/RatelimitedResponse").(map[string]any); ok {
		limited["allOf"] = slices.Concat([]any{map[string]any{
			"type": "object", "required": []any{"message"},
			"properties": map[string]any{
				"code":    map[string]any{"type": "integer"},
				"message": map[string]any{"type": "string"},
			},
		}}, withoutError(limited["allOf"]))
	}
}

// withoutError drops the reference to Error.
func withoutError(parts any) []any {
	list, _ := parts.([]any)
	return slices.DeleteFunc(slices.Clone(list), func(p any) bool {
		m, _ := p.(map[string]any)
		return m["$ref"] == "#/components/schemas/Error"
	})
}
