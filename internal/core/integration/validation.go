package integration

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"usher/internal/core/fault"
	"usher/internal/core/placeholder"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

// maxAuthorText is how much of an author's own words is shown, in characters (I-26).
const maxAuthorText = 255

// The headers in which a validation tells who gave the secrets (I-26); no author can set them (I-5).
const (
	guildHeader = "X-Guild-Id"
	userHeader  = "X-User-Id"
)

// validate asks the author's server whether it takes a guild's values, if the author gave an address for that. nil means yes.
func (c *Catalog) validate(ctx context.Context, r Record, i Integration, g snowflake.Guild, by snowflake.User, values map[string]secret.Value) error {
	if i.Validation == "" || len(i.Secrets) == 0 {
		return nil
	}
	call, err := c.validationCall(ctx, r, i, g, by, values)
	if err != nil {
		return err
	}
	reply, err := c.Fetcher.Fetch(ctx, call)
	if err != nil {
		return unvalidated(i, newMasker(values).failure(err)) // a redirect's host can be a value, and this is logged
	}
	if reply.Status >= 200 && reply.Status <= 299 {
		return nil
	}
	return refused(i, reply, confidential(values, call.Headers[:len(i.Headers)]))
}

// minHidden is from how many bytes on a header's value is taken for a key: an author may say the 1 of an X-Version.
const minHidden = 8

// confidential lists what must not be shown of an answer: a guild's values, and keys in the author's headers.
func confidential(values map[string]secret.Value, headers []Header) []string {
	var hidden []string
	for _, v := range values {
		hidden = append(hidden, v.Reveal())
	}
	for _, h := range headers {
		if v := h.Value.Reveal(); len(v) >= minHidden {
			hidden = append(hidden, v)
		}
	}
	return hidden
}

// validationCall is the POST of I-26: the values by their names and nothing else in the body; the headers of the integration, in which
// the variables of a ticket are empty or 0; who asks, and the signature.
func (c *Catalog) validationCall(ctx context.Context, r Record, i Integration, g snowflake.Guild, by snowflake.User, values map[string]secret.Value) (Call, error) {
	p, err := i.plan(c.Limits)
	if err != nil {
		return Call{}, fmt.Errorf("reading the headers of integration %s: %w", i.ID, err)
	}
	filling := Subject{Guild: g, User: by}.values()
	for name, v := range values {
		filling[name] = v
	}
	call := Call{Guild: g, Integration: i.ID, Method: POST, URL: secret.New(i.Validation), Body: validationBody(i, values), Confidential: true}
	var checks fault.Checks
	for _, h := range p.headers {
		value, err := h.Fill(filling)
		if err != nil {
			checks.Add("secrets", fmt.Sprintf("A value does not fit into the header %s: %s", h.Name(), sentence(err)))
			continue
		}
		call.Headers = append(call.Headers, Header{Name: h.Name(), Value: value})
	}
	if err := checks.Err("secrets_invalid", "The secrets cannot be saved."); err != nil {
		return Call{}, err
	}
	call.Headers = append(call.Headers, Header{Name: guildHeader, Value: secret.New(g.String())}, Header{Name: userHeader, Value: secret.New(by.String())})
	signature, err := c.Signer.sign(ctx, r, call.Body)
	if err != nil {
		return Call{}, fmt.Errorf("signing a validation: %w", err)
	}
	call.Headers = append(call.Headers, signature...)
	return call, nil
}

// validationBody is `{"name":"value",…}` in the order in which the author declared the secrets.
func validationBody(i Integration, values map[string]secret.Value) []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	for n, s := range i.Secrets {
		if n > 0 {
			b.WriteByte(',')
		}
		b.Write(jsonString(s.Name))
		b.WriteByte(':')
		b.Write(jsonString(values[s.Name].Reveal()))
	}
	b.WriteByte('}')
	return b.Bytes()
}

// jsonString encodes without the escapes that only HTML needs.
func jsonString(text string) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		panic(fmt.Sprintf("encoding a string: %v", err)) // a string always encodes
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// refused is what an answer other than 2xx means. The author's words, if there are any, are shown as theirs and as plain text; what they
// echo of a secret is masked.
func refused(i Integration, reply Reply, hidden []string) error {
	said := authorText(reply.Body, hidden)
	if said == "" {
		return fault.New(fault.Invalid, "validation_refused", fmt.Sprintf(
			"The server of %q did not accept these values (status %d). It gave no reason: check them, and ask the integration's author. Nothing was saved.", i.Name, reply.Status))
	}
	text := fmt.Sprintf("The server of %q did not accept these values. Its author says: “%s” Nothing was saved.", i.Name, said)
	return &fault.Error{Kind: fault.Invalid, Code: "validation_refused", Text: text, Fields: []fault.Field{{Path: "secrets", Text: said}}}
}

// authorText takes the string "error" out of an answer: one line of at most maxAuthorText characters that shows what it holds.
func authorText(body []byte, hidden []string) string {
	var told struct {
		Error any `json:"error"`
	}
	if json.Unmarshal(body, &told) != nil {
		return ""
	}
	text, isText := told.Error.(string)
	if !isText {
		return ""
	}
	runes := []rune(strings.Join(strings.Fields(mask(text, hidden)), " "))
	if len(runes) > maxAuthorText {
		runes = append(runes[:maxAuthorText-1], '…')
	}
	return string(runes)
}

// hiddenMark stands for what was hidden until all of it is: a mask that is looked at again could hold a value, such as a single letter, and
// a text grow without end.
const hiddenMark = "\ue000"

// mask hides values in a text, also as they stand in a URL or cleaned of what cannot be seen, and gives the text cleaned. It makes a text
// longer by the mask's length for each character at most.
func mask(text string, hidden []string) string {
	var forms []string
	for _, v := range hidden {
		forms = append(forms, v, url.QueryEscape(v), url.PathEscape(v), placeholder.Clean(v), strings.TrimSpace(v))
	}
	slices.SortFunc(forms, func(a, b string) int { return cmp.Compare(len(b), len(a)) }) // one may be a part of another
	var pairs []string
	for _, form := range forms {
		if form != "" {
			pairs = append(pairs, form, hiddenMark)
		}
	}
	once := strings.NewReplacer(pairs...)
	return strings.ReplaceAll(once.Replace(placeholder.Clean(once.Replace(text))), hiddenMark, secret.Mask)
}

// unvalidated says why there was no answer. What the network told is not passed on: somebody could scan with it.
func unvalidated(i Integration, err error) error {
	f, known := asFailure(err)
	if !known {
		return fmt.Errorf("validating the secrets of integration %s: %w", i.ID, err)
	}
	ask := fmt.Sprintf("Ask the integration's author, <@%s>.", i.Owner)
	var why string
	switch f.Class {
	case "timeout":
		why = "its author's server did not answer in time. Try again; if it stays so, that server is too slow or down. " + ask
	case "redirect":
		why = "its author's server answers with a redirect, which is never followed, for secrets would go along. " + ask
	case "too_large", "encoding":
		why = "its author's server gave an answer that is too large or cannot be read; it should be 204 without a body. " + ask
	case "busy", "egress":
		why = "too many requests are on their way at this moment. Try again in a minute."
	default:
		why = "its author's server could not be reached. Try again later. " + ask
	}
	return fault.New(fault.Unavailable, "validation_failed", fmt.Sprintf("The values for %q could not be checked: %s Nothing was saved.", i.Name, why)).Because(err)
}
