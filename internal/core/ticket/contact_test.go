package ticket_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/placeholder"
	"usher/internal/core/ticket"
)

func TestWhatIntegrationsGaveIsKeptAfterTheWelcomeMessage(t *testing.T) {
	live := readyAnswers("score", "30\u202e00\x00")
	live.values["clan"] = placeholder.Value{Missing: true, Lack: placeholder.Null}
	live.values["page"] = placeholder.Value{Text: "no address", Format: placeholder.URL}
	h := newHouse(live)
	if err := h.desk.Open(t.Context(), press(7)); err != nil {
		t.Fatal(err)
	}
	want := []ticket.Contact{{Source: "game", Name: "Game lookup", Given: []ticket.Given{
		{Name: "clan", Lack: placeholder.Null}, {Name: "page", Text: "no address", Format: placeholder.URL, Lack: placeholder.Unusable}, {Name: "score", Text: "3000"},
	}}}
	if diff := cmp.Diff(want, h.store.keptOf(1)); diff != "" {
		t.Error(diff)
	}
	posted, kept, open := slices.Index(h.fate.reason, "after post"), slices.Index(h.fate.reason, "before keep"), slices.Index(h.fate.reason, "before set open")
	if posted < 0 || kept < posted || open < kept {
		t.Errorf("the order is %v", h.fate.reason)
	}
}

func TestATicketWithoutLiveValuesKeepsNothing(t *testing.T) {
	h := newHouse(readyAnswers())
	if err := h.desk.Open(t.Context(), press(7)); err != nil {
		t.Fatal(err)
	}
	if len(h.store.kept) != 0 {
		t.Errorf("kept %v", h.store.kept)
	}
}

func TestATicketOpensThoughNothingCanBeKept(t *testing.T) {
	h := newHouse(readyAnswers("score", "3000"))
	h.store.lose = errors.New("the disk is full")
	if err := h.desk.Open(t.Context(), press(7)); err != nil || h.store.rows[1].State != ticket.Open {
		t.Errorf("%v, row %+v", err, h.store.rows[1])
	}
	if _, r := h.only(t); r.posts[0].Embed.Description != "Score: 3000\nTicket: 1" {
		t.Errorf("%+v", r.posts[0].Embed)
	}
}

func TestI12LateValuesUpdateWhatIsKept(t *testing.T) {
	live := readyAnswers()
	live.waiting = make(chan struct{})
	live.values["score"] = placeholder.Value{Pending: true}
	h := newHouse(live)
	done := make(chan error)
	go func() { done <- h.desk.Open(context.Background(), press(7)) }()
	for len(h.store.keptOf(1)) == 0 {
		runtime.Gosched()
	}
	if c := h.store.keptOf(1)[0]; !c.Pending || c.Given[0].Lack != placeholder.Late {
		t.Errorf("while waiting: %+v", c)
	}
	live.mu.Lock()
	live.values["score"] = placeholder.Value{Text: "3000"}
	live.mu.Unlock()
	close(live.waiting)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if c := h.store.keptOf(1)[0]; c.Pending || c.Given[0] != (ticket.Given{Name: "score", Text: "3000"}) {
		t.Errorf("at the end: %+v", c)
	}
}

func TestI10WhatDiscordRefusedIsKeptAsNotShown(t *testing.T) {
	h := newHouse(readyAnswers("score", "odd"))
	h.discord.fail["post"] = []error{refused()}
	if err := h.desk.Open(t.Context(), press(7)); err != nil {
		t.Fatal(err)
	}
	if g := h.store.keptOf(1)[0].Given[0]; g.Text != "odd" || g.Lack != placeholder.Refused {
		t.Errorf("%+v", g)
	}
}

func TestWhatIsKeptIsBounded(t *testing.T) {
	for _, count := range []int{1, 75, 1000} {
		live := readyAnswers()
		for n := range count {
			live.values[fmt.Sprintf("value%d", n)] = placeholder.Value{Text: strings.Repeat("🎫", 400)}
		}
		h := newHouse(live)
		if err := h.desk.Open(t.Context(), press(7)); err != nil {
			t.Fatal(err)
		}
		total := 0
		for _, g := range h.store.keptOf(1)[0].Given {
			if !g.Cut || !strings.HasSuffix(g.Text, placeholder.Ellipsis) || placeholder.Units(g.Text) > 300 {
				t.Fatalf("%d values: one of %d units, cut: %v", count, placeholder.Units(g.Text), g.Cut)
			}
			total += placeholder.Units(g.Text)
		}
		if total > 20_000 {
			t.Errorf("%d values take %d units", count, total)
		}
	}
	live := readyAnswers("score", strings.Repeat("é", 300))
	h := newHouse(live)
	if err := h.desk.Open(t.Context(), press(7)); err != nil {
		t.Fatal(err)
	}
	if g := h.store.keptOf(1)[0].Given[0]; g.Cut || g.Text != strings.Repeat("é", 300) {
		t.Errorf("one that fits was cut: %+v", g)
	}
}
