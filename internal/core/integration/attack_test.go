package integration_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/fault"
	"usher/internal/core/integration"
	"usher/internal/core/secret"
)

// The letters of the mask itself as secrets, and an author's server that says them back: each mask would be masked again, and twenty
// characters were gigabytes.
func TestI26SecretsThatAreLettersOfTheMaskAreMaskedOnce(t *testing.T) {
	o := newOffice()
	i := lookup()
	i.Validation = "https://game.example.com/v"
	values := map[string]secret.Value{}
	for _, letter := range []string{"s", "e", "c", "r", "t"} {
		i.Secrets = append(i.Secrets, integration.Secret{Name: letter})
		values[letter] = secret.New(letter)
	}
	own, err := o.catalog.Create(t.Context(), byAuthor(), i)
	if err != nil {
		t.Fatal(err)
	}
	o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) {
		return integration.Reply{Status: 400, Body: []byte(`{"error":"` + strings.Repeat("s", 20) + ` [ok]"}`)}, nil
	}
	err = o.catalog.Activate(t.Context(), byAuthor(), arcade, own.ID, 1, values)
	if want := "“" + strings.Repeat(secret.Mask, 20) + " [ok]”"; fault.CodeOf(err) != "validation_refused" || !strings.Contains(err.Error(), want) {
		t.Errorf("%.300v", err)
	}
}

// A server that redirects to a host named like the value that it was given must not bring it into the log.
func TestI24AValidationsRedirectDoesNotCarryTheValueIntoTheLog(t *testing.T) {
	_, activate, _ := validating(t, func() (integration.Reply, error) {
		return integration.Reply{}, &integration.Failure{Class: "redirect", Text: "it points to sesame.example.com"}
	})
	if err := activate(); fault.CodeOf(err) != "validation_failed" || strings.Contains(err.Error(), "sesame") {
		t.Errorf("%v", err)
	}
}

// Case oracle-01: the time of a validation must not tell a closed port from a silent one or from our own refusal.
func TestI39WhatStandsInAValidationsWayLooksAlike(t *testing.T) {
	var texts []string
	for class, passes := range map[string]time.Duration{"policy": 0, "resolve": 300 * time.Millisecond, "connect": 2 * time.Second} {
		var clock *clock
		o, activate, _ := validating(t, func() (integration.Reply, error) {
			clock.add(passes)
			return integration.Reply{}, &integration.Failure{Class: class, Text: "unreachable", Shown: "connect"}
		})
		clock = o.clock
		start := clock.now()
		err := activate()
		if took := clock.now().Sub(start); took != integration.DefaultTuning().TrialFloor {
			t.Errorf("%s: it took %s", class, took)
		}
		var told *fault.Error
		if !errors.As(err, &told) {
			t.Fatalf("%s: %v", class, err)
		}
		if texts = append(texts, told.Text); told.Text != texts[0] {
			t.Errorf("%q", texts)
		}
	}
}

// An integration that is called like a family of built-in placeholders must not answer in its place: %form.email% is what the member wrote.
func TestI21NoIntegrationTakesABuiltInFamilyOfNames(t *testing.T) {
	for _, name := range []string{"Form", "Ticket", "BLOXLINK"} {
		o := newOffice()
		o.answerAll(`{"email":"mallory@example.com"}`)
		i := lookup()
		i.Name, i.Placeholders = name, []integration.Placeholder{{Name: "email", Path: "email"}}
		o.add(t, i, nil)
		slug := strings.ToLower(name)
		got := o.resolve(t, subject(), slug+".email", slug+"-2.email")
		if _, taken := got[slug+".email"]; taken || got[slug+"-2.email"] != "mallory@example.com" {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// An approved integration that is renamed to another one's name must not answer in its place, where messages say %bank.balance%; and
// renaming must not take the names away that messages have.
func TestI21I30ARenamedIntegrationTakesNobodysNames(t *testing.T) {
	o := newOffice()
	o.world.answer = func(_ context.Context, c integration.Call) (integration.Reply, error) {
		return ok(`{"balance":"` + string(c.Integration) + `"}`)
	}
	balance := lookup()
	balance.Placeholders = []integration.Placeholder{{Name: "balance", Path: "balance"}}
	balance.Name = "Weather"
	mallory := o.add(t, balance, nil)
	balance.Name = "Bank"
	bank := o.add(t, balance, nil)
	renamed := o.own(t, mallory.ID).Integration
	renamed.Name = "Bank"
	if _, err := o.catalog.Update(t.Context(), byAuthor(), renamed); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"bank.balance": string(bank.ID), "weather.balance": string(mallory.ID)}
	if diff := cmp.Diff(want, o.resolve(t, subject(), "bank.balance", "weather.balance", "bank-2.balance")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := o.catalog.Deactivate(t.Context(), byAuthor(), arcade, mallory.ID); err != nil {
		t.Fatal(err)
	}
	if err := o.catalog.Activate(t.Context(), byAuthor(), arcade, mallory.ID, 1, nil); err != nil {
		t.Fatal(err)
	}
	want = map[string]string{"bank.balance": string(bank.ID), "bank-2.balance": string(mallory.ID)}
	if diff := cmp.Diff(want, o.resolve(t, subject(), "bank.balance", "weather.balance", "bank-2.balance")); diff != "" {
		t.Errorf("activated anew (-want +got):\n%s", diff)
	}
}

// countedLogos keeps every picture.
type countedLogos struct{ kept map[string]int }

func (c countedLogos) Keep(_ context.Context, key, _ string) (string, error) {
	c.kept[key]++
	return "hash", nil
}

// Each logo stays on the disk: one user must not be able to fill it.
func TestI42I43AUsersLogosHaveARate(t *testing.T) {
	o := tunedOffice(func(tuning *integration.Tuning) { tuning.LogoRate = integration.Rate{PerMinute: 1, Burst: 2} })
	counted := countedLogos{map[string]int{}}
	logos := o.resolver.Logos(counted)
	for range 3 {
		_, _ = logos.Keep(t.Context(), "mallory", "https://example.com/a.png")
	}
	if _, err := logos.Keep(t.Context(), "mallory", "https://example.com/b.png"); fault.KindOf(err) != fault.Limited {
		t.Errorf("%v", err)
	}
	if hash, err := logos.Keep(t.Context(), "ryan", "https://example.com/a.png"); err != nil || hash != "hash" {
		t.Errorf("somebody else: %q, %v", hash, err)
	}
	o.clock.add(time.Minute)
	_, _ = logos.Keep(t.Context(), "mallory", "https://example.com/b.png")
	if counted.kept["mallory"] != 3 {
		t.Errorf("%d kept", counted.kept["mallory"])
	}
}
