package storetest

import (
	"fmt"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/message"
	"usher/internal/core/snowflake"
	"usher/internal/core/tag"
)

func tagRules() []rule {
	return []rule{
		{"TagComesBackAsSaved", testTagRoundTrip},
		{"TagKeepsOddTexts", testTagTexts},
		{"TagNamesAreUniqueWithoutRegardToCase", testTagNames},
		{"TagsAreListedByName", testTagOrder},
		{"TagOfAnotherGuildIsNotFound", testTagForeign},
		{"TagIsChangedByOneOfManyAtOnce", testTagRace},
		{"TagsOfAGuildAreBounded", testTagLimit},
		{"TagIsWrittenWithItsAuditEntry", testTagAudit},
		{"TagCancelledCall", testTagCancelled},
	}
}

func someTag(g snowflake.Guild, id tag.ID, name string) tag.Tag {
	return tag.Tag{ID: id, Guild: g, Name: name, Message: message.Template{Content: "Hello %user%"}}
}

// saveTag saves a tag that must be taken, and gives it as it is now.
func saveTag(t trial, one tag.Tag) tag.Tag {
	t.Helper()
	revision, err := t.Tags.SaveTag(t.Context(), one)
	ok(t, err)
	one.Revision = revision
	return one
}

func testTagRoundTrip(t trial) {
	full := tag.Tag{ID: "full", Guild: home, Name: "Account", Everyone: true, Message: message.Template{Content: "%user%", Embed: &message.EmbedTemplate{
		Title: "T", Fields: []message.FieldTemplate{{Name: "n", Value: "%score|none%", Inline: true}},
	}}}
	for _, want := range []tag.Tag{full, {ID: "bare", Guild: home, Name: "Bare"}} {
		want = saveTag(t, want)
		same(t, "revision", want.Revision, 1)
		got, err := t.Tags.Tag(t.Context(), home, want.ID)
		ok(t, err)
		same(t, "tag", got, want)
		want.Everyone, want.Name, want.Message.Content = !want.Everyone, want.Name+"!", "new"
		want = saveTag(t, want)
		same(t, "revision", want.Revision, 2)
		got, err = t.Tags.Tag(t.Context(), home, want.ID)
		ok(t, err)
		same(t, "changed tag", got, want)
	}
}

func testTagTexts(t trial) {
	wants := broken()
	for _, text := range oddities() {
		wants[text] = text
	}
	n := 0
	for text, want := range wants {
		n++
		one := someTag(home, tag.ID(fmt.Sprintf("t%d", n)), fmt.Sprintf("%d %s", n, text))
		one.Message.Content = text
		saveTag(t, one)
		got, err := t.Tags.Tag(t.Context(), home, one.ID)
		ok(t, err)
		same(t, "texts", []string{got.Name, got.Message.Content}, []string{fmt.Sprintf("%d %s", n, want), want})
	}
}

func testTagNames(t trial) {
	saveTag(t, someTag(home, "a", "Ärger"))
	_, err := t.Tags.SaveTag(t.Context(), someTag(home, "b", "äRGER"))
	wantFault(t, err, fault.Conflict, "tag_name_taken")
	saveTag(t, someTag(abroad, "a", "Ärger"))
	other := saveTag(t, someTag(home, "b", "Arger"))
	other.Name = "ÄRGER"
	_, err = t.Tags.SaveTag(t.Context(), other)
	wantFault(t, err, fault.Conflict, "tag_name_taken")
	got, err := t.Tags.Tag(t.Context(), home, "b")
	ok(t, err)
	same(t, "the tag whose renaming was refused", got.Name, "Arger")
}

func testTagOrder(t trial) {
	for i, name := range []string{"zebra", "apple", "Zoo", "BANANA", "10"} {
		saveTag(t, someTag(home, tag.ID(fmt.Sprintf("t%d", i)), name))
	}
	all, err := t.Tags.Tags(t.Context(), home)
	ok(t, err)
	var got []string
	for _, one := range all {
		got = append(got, one.Name)
	}
	same(t, "order", got, []string{"10", "apple", "BANANA", "zebra", "Zoo"})
	none, err := t.Tags.Tags(t.Context(), abroad)
	ok(t, err)
	same(t, "tags of a guild without any", none, nil)
}

func testTagForeign(t trial) {
	mine := saveTag(t, someTag(home, "t", "Account"))
	for _, id := range []tag.ID{"t", "u", "", "t\x00", "T"} {
		g := home
		if id == "t" {
			g = abroad
		}
		_, err := t.Tags.Tag(t.Context(), g, id)
		wantFault(t, err, fault.NotFound, "tag_not_found")
		wantFault(t, t.Tags.DeleteTag(t.Context(), g, id), fault.NotFound, "tag_not_found")
		stranger := someTag(g, id, "Stranger")
		stranger.Revision = 1
		_, err = t.Tags.SaveTag(t.Context(), stranger)
		wantFault(t, err, fault.NotFound, "tag_not_found")
	}
	got, err := t.Tags.Tag(t.Context(), home, "t")
	ok(t, err)
	same(t, "tag", got, mine)
}

func testTagRace(t trial) {
	now := saveTag(t, someTag(home, "t", "Account"))
	won := 0
	for _, err := range together(8, func(i int) error {
		mine := now
		mine.Message.Content = fmt.Sprint(i)
		_, err := t.Tags.SaveTag(t.Context(), mine)
		return err
	}) {
		if err == nil {
			won++
			continue
		}
		wantFault(t, err, fault.Conflict, "tag_changed")
	}
	same(t, "changes that were taken", won, 1)
}

func testTagLimit(t trial) {
	var last tag.Tag
	for i := range tag.MaxTags {
		last = saveTag(t, someTag(home, tag.ID(fmt.Sprintf("t%d", i)), fmt.Sprint(i)))
	}
	_, err := t.Tags.SaveTag(t.Context(), someTag(home, "more", "more"))
	wantFault(t, err, fault.Conflict, "tag_limit")
	saveTag(t, last)
	saveTag(t, someTag(abroad, "more", "more"))
	ok(t, t.Tags.DeleteTag(t.Context(), home, "t0"))
	saveTag(t, someTag(home, "more", "more"))
}

func testTagAudit(t trial) {
	_, err := t.Tags.SaveTag(t.Context(), someTag(home, "t", "Account"), entry(home, "t"))
	ok(t, err)
	_, err = t.Tags.SaveTag(t.Context(), someTag(home, "u", "account"), entry(home, "u"))
	wantFault(t, err, fault.Conflict, "tag_name_taken")
	ok(t, t.Tags.DeleteTag(t.Context(), home, "t", entry(home, "deleted")))
	wantFault(t, t.Tags.DeleteTag(t.Context(), home, "t", entry(home, "again")), fault.NotFound, "tag_not_found")
	t.wantEntries(audit.Query{Guild: home, Limit: 10}, []audit.Entry{numbered(2, entry(home, "deleted"))[0], numbered(1, entry(home, "t"))[0]})
}

func testTagCancelled(t trial) {
	ctx := cancelled(t)
	_, err := t.Tags.Tag(ctx, home, "t")
	wantCancelled(t, err)
	_, err = t.Tags.Tags(ctx, home)
	wantCancelled(t, err)
	_, err = t.Tags.SaveTag(ctx, someTag(home, "t", "Account"))
	wantCancelled(t, err)
	wantCancelled(t, t.Tags.DeleteTag(ctx, home, "t"))
	t.wantCount(0, "SELECT COUNT(*) FROM tags")
}
