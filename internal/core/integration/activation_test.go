package integration_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/integration"
	"usher/internal/core/secret"
)

// validated is an integration whose author judges its two secrets.
func validated() integration.Integration {
	i := keyed()
	i.Secrets = []integration.Secret{{Name: "key"}, {Name: "a-second"}}
	i.Headers = []integration.Header{
		{Name: "Authorization", Value: secret.New("Bearer %key%")},
		{Name: "X-Own", Value: secret.New("authors-own-key")},
		{Name: "X-Ticket", Value: secret.New("%ticket_id% %username%-%user_id%")},
	}
	i.Validation = "https://check.example.com/v?x=1"
	return i
}

// activate gives the two secrets of validated.
func (o *office) activate(t *testing.T, made integration.Own, values map[string]secret.Value) error {
	t.Helper()
	return o.catalog.Activate(t.Context(), byAuthor(), arcade, made.ID, made.Live, values)
}

func (o *office) create(t *testing.T, i integration.Integration) integration.Own {
	t.Helper()
	made, err := o.catalog.Create(t.Context(), byAuthor(), i)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestI26TheValidationIsAskedExactlySo(t *testing.T) {
	o := newOffice()
	made := o.create(t, validated())
	o.answerAll("")
	if err := o.activate(t, made, value("key", "s<e>s&ame\"", "a-second", "ünïcode")); err != nil {
		t.Fatal(err)
	}
	calls := o.world.seen()
	if len(calls) != 1 {
		t.Fatalf("%d calls", len(calls))
	}
	call := calls[0]
	if got, want := string(call.Body), `{"key":"s<e>s&ame\"","a-second":"ünïcode"}`; got != want {
		t.Errorf("body %s, want %s", got, want)
	}
	if call.Method != integration.POST || call.URL.Reveal() != "https://check.example.com/v?x=1" || !call.Confidential || call.Guild != arcade || call.Integration != made.ID {
		t.Errorf("%s %s", call.Method, call.URL.Reveal())
	}
	var got []string
	for _, h := range call.Headers[:len(call.Headers)-3] {
		got = append(got, h.Name+": "+h.Value.Reveal())
	}
	want := `Authorization: Bearer s<e>s&ame"|X-Own: authors-own-key|X-Ticket: 0 -1|X-Guild-Id: 100|X-User-Id: 1`
	if strings.Join(got, "|") != want {
		t.Errorf("headers %s", strings.Join(got, "|"))
	}
	if err := verify(t, call, o.keys(t, made.ID)[0]); err != nil {
		t.Errorf("I-13: %v", err)
	}
}

func TestI26WhatTheAuthorAnswers(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		body   string
		said   string // the author's words; "-": refused without any, "": accepted
	}{
		{"no content", 204, "", ""},
		{"200 with an error in it", 200, `{"error":"no"}`, ""},
		{"299", 299, "not json", ""},
		{"300", 300, "", "-"},
		{"400 with words", 400, `{"error":"Your API key is invalid."}`, "Your API key is invalid."},
		{"500 with words", 500, `{"error":"We are down","more":1}`, "We are down"},
		{"199", 199, "", "-"},
		{"not JSON", 400, "<html>", "-"},
		{"an error that is no string", 400, `{"error":{"message":"x"}}`, "-"},
		{"a number", 400, `{"error":5}`, "-"},
		{"an array", 400, `["error"]`, "-"},
		{"empty words", 400, `{"error":"  \n "}`, "-"},
		{"lines, controls and what turns text round", 400, `{"error":"a\r\nb\u0007\u202ec\u200b\td"}`, "a bc d"},
		{"too long", 400, `{"error":"` + strings.Repeat("é", 300) + `"}`, strings.Repeat("é", 254) + "…"},
		{"the secret in it", 400, `{"error":"key sesame-street is unknown, authors-own-key too"}`, "key [secret] is unknown, [secret] too"},
		{"the secret with zero-width characters in it", 400, `{"error":"sesame\u200b-street"}`, "[secret]"},
		{"the secret at the cut", 400, `{"error":"` + strings.Repeat("x", 250) + `sesame-street"}`, strings.Repeat("x", 250) + "[sec…"},
		{"the header in it", 400, `{"error":"you sent Bearer sesame-street"}`, "you sent [secret]"},
		{"the other one, URL-encoded", 400, `{"error":"q=ol%2Five%20oil ol%2Five+oil"}`, "q=[secret] [secret]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice()
			made := o.create(t, validated())
			o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) {
				return integration.Reply{Status: c.status, Body: []byte(c.body)}, nil
			}
			err := o.activate(t, made, value("key", "sesame-street", "a-second", "ol/ive oil"))
			if c.said == "" {
				if err != nil || len(o.shelf.active[arcade]) != 1 {
					t.Errorf("not accepted: %v", err)
				}
				return
			}
			if len(o.shelf.active[arcade]) != 0 {
				t.Error("it was saved")
			}
			var f *fault.Error
			if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Code != "validation_refused" || !strings.Contains(f.Text, made.Name) {
				t.Fatalf("%v", err)
			}
			if strings.Contains(err.Error(), "sesame") || strings.Contains(err.Error(), "authors-own") {
				t.Errorf("a secret in the error: %v", err)
			}
			if c.said == "-" {
				if len(f.Fields) != 0 || !strings.Contains(f.Text, fmt.Sprint(c.status)) {
					t.Errorf("%+v", f)
				}
				return
			}
			if len(f.Fields) != 1 || f.Fields[0].Text != c.said || !strings.Contains(f.Text, "“"+c.said+"”") || utf8.RuneCountInString(f.Fields[0].Text) > 255 {
				t.Errorf("said %q, want %q", f.Fields, c.said)
			}
		})
	}
}

// The defect of the incumbent: a validation that timed out was told as a wrong secret.
func TestI26ATimeOutSaysSoAndNamesTheAuthor(t *testing.T) {
	texts := map[string]string{}
	for class, want := range map[string]string{
		"timeout": "did not answer in time", "redirect": "redirect", "too_large": "too large", "busy": "too many requests",
		"connect": "could not be reached", "resolve": "could not be reached", "policy": "could not be reached", "tls": "could not be reached",
	} {
		o := newOffice()
		made := o.create(t, validated())
		o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) {
			return integration.Reply{}, &integration.Failure{Class: class, Text: "10.0.0.7 told sesame"}
		}
		err := o.activate(t, made, value("key", "sesame", "a-second", "olive"))
		var f *fault.Error
		if !errors.As(err, &f) || f.Kind != fault.Unavailable || f.Code != "validation_failed" || !strings.Contains(f.Text, want) || !strings.Contains(f.Text, "Nothing was saved") {
			t.Errorf("%s: %v", class, err)
			continue
		}
		if class != "busy" && !strings.Contains(f.Text, "<@1>") {
			t.Errorf("%s does not name the author: %s", class, f.Text)
		}
		if strings.Contains(f.Text, "10.0.0.7") || len(o.shelf.active[arcade]) != 0 {
			t.Errorf("%s: %s", class, f.Text)
		}
		texts[class] = f.Text
	}
	if texts["connect"] != texts["resolve"] || texts["connect"] != texts["policy"] {
		t.Error("what the network says can be told apart")
	}
	o := newOffice()
	made := o.create(t, validated())
	o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) {
		return integration.Reply{}, errors.New("a defect of ours")
	}
	if err := o.activate(t, made, value("key", "k", "a-second", "o")); err == nil || fault.KindOf(err) != fault.Internal {
		t.Errorf("%v", err)
	}
}

// The defect of the incumbent: edited secrets were not validated.
func TestI26ReplacedValuesAreValidatedTogetherWithThoseThatStay(t *testing.T) {
	o := newOffice()
	made := o.create(t, validated())
	o.answerAll("{}")
	if err := o.activate(t, made, value("key", "first", "a-second", "stays")); err != nil {
		t.Fatal(err)
	}
	replace := func(by audit.Actor, values map[string]secret.Value) error {
		return o.catalog.Replace(t.Context(), by, arcade, made.ID, values)
	}
	if err := replace(byGuest(), value("key", "second")); err != nil { // a co-admin
		t.Fatal(err)
	}
	calls := o.world.seen()
	var sent map[string]string
	if err := json.Unmarshal(calls[1].Body, &sent); err != nil || sent["key"] != "second" || sent["a-second"] != "stays" {
		t.Errorf("validated %s", calls[1].Body)
	}
	o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) {
		return integration.Reply{Status: 400}, nil
	}
	if err := replace(byAuthor(), value("key", "third")); fault.CodeOf(err) != "validation_refused" {
		t.Errorf("refused: %v", err)
	}
	held := func(values map[string]secret.Value) bool {
		same, err := o.catalog.Holds(t.Context(), arcade, made.ID, values)
		if err != nil {
			t.Fatal(err)
		}
		return same
	}
	if !held(value("key", "second", "a-second", "stays")) || held(value("key", "third", "a-second", "stays")) || held(value("key", "second")) {
		t.Error("another value is held than the last accepted one")
	}
	for name, values := range map[string]map[string]secret.Value{
		"secrets.key": value("key", ""), "secrets.nobody": value("nobody", "x"), "secrets.a-second": value("a-second", strings.Repeat("é", 256)),
	} {
		if err := replace(byAuthor(), values); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := replace(byAuthor(), nil); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "secrets: Give a new value") {
		t.Errorf("nothing given: %v", err)
	}
	if err := o.catalog.Replace(t.Context(), byAuthor(), forum, made.ID, value("key", "x")); fault.CodeOf(err) != "activation_not_found" {
		t.Errorf("in a guild that has it not: %v", err)
	}
	if n := len(o.world.seen()); n != 3 {
		t.Errorf("%d validations, want 3", n)
	}
	last := o.shelf.told[len(o.shelf.told)-1]
	if last.Action != "integration.secrets_replaced" || last.Guild != arcade || last.Actor != byGuest() || fmt.Sprint(last.Detail) != "[{secrets.key  }]" {
		t.Errorf("told %+v", last)
	}
}

// A value that no header takes is told before anything is sent.
func TestI26AValueThatFitsNoHeader(t *testing.T) {
	o := newOffice()
	made := o.create(t, validated())
	o.answerAll("{}")
	err := o.activate(t, made, value("key", "line\nbreak", "a-second", "x"))
	if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "Authorization") || strings.Contains(err.Error(), "break\"") || len(o.world.seen()) != 0 {
		t.Errorf("%v, %d calls", err, len(o.world.seen()))
	}
}

// The defect of the incumbent: activating twice was an error of the server.
func TestActivatingTwiceReplaces(t *testing.T) {
	o := newOffice()
	made := o.create(t, keyed())
	for _, text := range []string{"one", "two"} {
		if err := o.activate(t, made, value("key", text)); err != nil {
			t.Fatal(err)
		}
	}
	if same, err := o.catalog.Holds(t.Context(), arcade, made.ID, value("key", "two")); err != nil || !same || len(o.shelf.active[arcade]) != 1 {
		t.Errorf("%v, %v", same, err)
	}
}

func TestI21CollisionsAreToldWhenActivating(t *testing.T) {
	o := newOffice()
	o.catalog.BuiltIn = []string{"ticket.username", "ticket.user", "bloxlink.roblox_id"}
	first := o.add(t, lookup(), nil)
	second := lookup()
	second.Name, second.Placeholders = "Second one", []integration.Placeholder{{Name: "UserName", Path: "a"}, {Name: "high_score", Path: "a"}, {Name: "own", Path: "a"}}
	made := o.create(t, second)
	collisions := func(id integration.ID) string {
		all, err := o.catalog.Collisions(t.Context(), author, arcade, id)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(all)
	}
	newcomer := "[{UserName   true %ticket.username%} {UserName Game lookup id1 false %second-one.username%} {high_score Game lookup id1 false %second-one.high_score%}]"
	if got := collisions(made.ID); got != newcomer {
		t.Errorf("before: %s", got)
	}
	if err := o.activate(t, made, nil); err != nil {
		t.Fatal(err)
	}
	if got := collisions(made.ID); got != newcomer {
		t.Errorf("after: %s", got)
	}
	if got := collisions(first.ID); got != "[{username   true %ticket.username%} {username Second one id2 true %second-one.username%} {high_score Second one id2 true %second-one.high_score%}]" {
		t.Errorf("of the first: %s", got)
	}
	if _, err := o.catalog.Collisions(t.Context(), 7, forum, made.ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("of another's private one: %v", err)
	}
}

func TestI4TheValidationURLBelongsToTheRequestsDomain(t *testing.T) {
	for url, want := range map[string]string{
		"https://game.example.com/check": "", "https://example.com/": "", "https://deep.check.example.com/": "",
		"https://example.org/":                    "same domain",
		"https://game.example.com.evil.org/":      "same domain",
		"http://game.example.com/":                "https",
		"https://game.example.com/%user_id%":      "takes no variables",
		"https://game.example.com/?k=%key%":       "takes no variables",
		"https://user:word@game.example.com/":     "user name",
		"https://localhost/":                      "dot in it",
		"https://discord.com/":                    "Discord",
		"https://DISCORD.com/api":                 "Discord",
		"game.example.com":                        "whole URL",
		"https://game.example.com/" + long256():   "at most 255",
		"https://game.example.com/%nothing_here%": "neither",
	} {
		i := keyed()
		i.Validation = url
		o := newOffice()
		_, err := o.catalog.Create(t.Context(), byAuthor(), i)
		if want == "" && err != nil || want != "" && (fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "validation: ") || !strings.Contains(err.Error(), want)) {
			t.Errorf("secret-12 %s: %v, want %q", url, err, want)
		}
	}
	i := lookup()
	i.Validation = "https://game.example.com/check"
	if _, err := newOffice().catalog.Create(t.Context(), byAuthor(), i); !strings.Contains(fmt.Sprint(err), "no secret to validate") {
		t.Errorf("without a secret: %v", err)
	}
}

func long256() string { return strings.Repeat("x", 256) }

func TestI42TheLogoIsKeptWhenItIsSaved(t *testing.T) {
	o := newOffice()
	kept := &picture{}
	o.catalog.Logos = kept
	i := lookup()
	i.Logo = "https://game.example.com/logo.png"
	made := o.create(t, i)
	if made.LogoHash != "hash of https://game.example.com/logo.png" {
		t.Errorf("hash %q", made.LogoHash)
	}
	o.edit(t, made.ID, func(i *integration.Integration) { i.Name, i.LogoHash = "Other", "forged" })
	if kept.asked != 1 || o.own(t, made.ID).LogoHash != made.LogoHash {
		t.Errorf("fetched %d times, hash %q", kept.asked, o.own(t, made.ID).LogoHash)
	}
	kept.err = fault.New(fault.Invalid, "logo_invalid", "No picture.")
	changed := o.own(t, made.ID).Integration
	changed.Logo, changed.Description = "https://game.example.com/text", "Changed"
	if _, err := o.catalog.Update(t.Context(), byAuthor(), changed); fault.CodeOf(err) != "logo_invalid" || o.own(t, made.ID).Description == "Changed" {
		t.Errorf("half of it was saved: %v", err)
	}
	if _, err := o.catalog.Create(t.Context(), byAuthor(), i); fault.CodeOf(err) != "logo_invalid" || len(o.shelf.rows) != 1 {
		t.Errorf("created: %v", err)
	}
	if o.edit(t, made.ID, func(i *integration.Integration) { i.Logo = "" }).LogoHash != "" {
		t.Error("the picture stayed")
	}
}

type picture struct {
	asked int
	err   error
}

func (p *picture) Keep(_ context.Context, _, url string) (string, error) {
	p.asked++
	return "hash of " + url, p.err
}
