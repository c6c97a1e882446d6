package integration_test

import (
	"errors"
	"strings"
	"testing"

	"usher/internal/core/fault"
	"usher/internal/core/integration"
	"usher/internal/core/placeholder"
)

func TestAPlaceholderWithoutASampleHasOneByFormatAndName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		p    integration.Placeholder
		want string
	}{
		{integration.Placeholder{Name: "high_score", Sample: "3000"}, "3000"},
		{integration.Placeholder{Name: "High_Score"}, "1250"},
		{integration.Placeholder{Name: "game-name"}, "Ryan"},
		{integration.Placeholder{Name: "score2"}, "1250"},
		{integration.Placeholder{Name: "created_at"}, "2026-01-31"},
		{integration.Placeholder{Name: "favourite_colour"}, "some favourite colour"},
		{integration.Placeholder{Name: "--"}, "an example"},
		{integration.Placeholder{Name: "site", Format: placeholder.URL}, "https://example.com/site"},
		{integration.Placeholder{Name: "joined", Format: placeholder.Timestamp}, "2026-01-31T12:00:00Z"},
	} {
		if got := c.p.Example(); got != c.want {
			t.Errorf("%s: %q, want %q", c.p.Name, got, c.want)
		}
	}
}

func TestASampleIsCheckedByItsFieldsName(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sample string
		format placeholder.Format
		bad    bool
	}{
		{"", placeholder.URL, false},
		{strings.Repeat("é", 100), placeholder.Text, false},
		{strings.Repeat("é", 101), "", true},
		{"https://example.com/a", placeholder.URL, false},
		{"no address", placeholder.URL, true},
		{"2011-01-25T18:44:36Z", placeholder.Timestamp, false},
		{"yesterday", placeholder.Timestamp, true},
		{"**bold**", placeholder.Markdown, false},
	} {
		i := keyed()
		i.Placeholders[1].Sample, i.Placeholders[1].Format = c.sample, c.format
		err := i.Check(integration.DefaultLimits(), openGuard{})
		var told *fault.Error
		named := errors.As(err, &told) && len(told.Fields) == 1 && told.Fields[0].Path == "placeholders[1].sample"
		if named != c.bad || (err != nil) != c.bad {
			t.Errorf("%q as %s: %v", c.sample, c.format, err)
		}
	}
}

// TestI30ASampleChangesAtOnceAndIsRecorded: it is identity, it makes no revision, and it is one clean line.
func TestI30ASampleChangesAtOnceAndIsRecorded(t *testing.T) {
	t.Parallel()
	o := newOffice()
	i := keyed()
	i.Placeholders[0].Sample = "On\x00line\u202e \n now "
	made, err := o.catalog.Create(t.Context(), byAuthor(), i)
	if err != nil {
		t.Fatal(err)
	}
	if got := made.Placeholders[0].Sample; got != "Online now" {
		t.Errorf("the sample is %q", got)
	}
	o.publish(t, made.ID)
	edit := o.own(t, made.ID)
	name := edit.Placeholders[0].Name
	edit.Placeholders[0].Sample = "Away"
	if _, err := o.catalog.Update(t.Context(), byAuthor(), edit.Integration); err != nil {
		t.Fatal(err)
	}
	now := o.own(t, made.ID)
	if now.Revision.Number != 1 || now.Revision.State != integration.Approved || now.Placeholders[0].Sample != "Away" {
		t.Errorf("revision %+v, sample %q", now.Revision, now.Placeholders[0].Sample)
	}
	card, err := o.catalog.Show(t.Context(), 999, made.ID)
	if err != nil || card.Placeholders[0].Sample != "Away" || card.Placeholders[1].Sample == "" {
		t.Errorf("the card shows %+v, %v", card.Placeholders, err)
	}
	told := o.shelf.told[len(o.shelf.told)-1]
	if len(told.Detail) != 1 || told.Detail[0].Field != "placeholders."+name || !strings.Contains(told.Detail[0].After, `sample "Away"`) {
		t.Errorf("recorded: %+v", told)
	}
}
