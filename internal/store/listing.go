package store

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"usher/internal/core/fault"
	"usher/internal/core/integration"
	"usher/internal/core/snowflake"
)

var errPage = &fault.Error{
	Kind: fault.Invalid, Code: "page_invalid", Text: "The page cannot be given.",
	Fields: []fault.Field{{Path: "after", Text: "This is not the end of a page: begin at the first page."}},
}

// maxWords bounds how many words of a search are looked for.
const maxWords = 10

// Owned implements integration.Listing.
func (s *Integrations) Owned(ctx context.Context, owner snowflake.User) (all []integration.Record, err error) {
	err = s.db.look(ctx, "listing a user's integrations", answers{}, func(ctx context.Context, q querier) error {
		rows, err := collect(ctx, q, scanRecordRow, recordsFrom+`
			WHERE i.owner_id = $1 AND r.revision = i.newest ORDER BY i.name_folded, i.integration_id, h.place`, key(owner))
		all = gather(rows)
		return err
	})
	return all, err
}

// OwnedPage implements integration.Listing.
func (s *Integrations) OwnedPage(ctx context.Context, owner snowflake.User, q integration.Query) (integration.Page[integration.Record], error) {
	return s.byName(ctx, q, `r.revision = i.newest AND i.owner_id = $1`, key(owner))
}

// PublicPage implements integration.Listing.
func (s *Integrations) PublicPage(ctx context.Context, q integration.Query) (integration.Page[integration.Record], error) {
	public := `r.revision = i.live AND i.public`
	if s.db.path != "" {
		public = `r.revision = i.live AND i.public <> 0` // as the partial index says it
	}
	return s.byName(ctx, q, public)
}

// byName lists in pages by name. A page begins behind the last row of the one before, whatever became of that row.
func (s *Integrations) byName(ctx context.Context, q integration.Query, where string, args ...any) (integration.Page[integration.Record], error) {
	c := conditions{where: []string{where}, args: args}
	if q.After != "" {
		last, err := readMark[nameMark](q.After)
		if err != nil {
			return integration.Page[integration.Record]{}, err
		}
		c.add(`(i.name_folded, i.integration_id) > (?, ?)`, clean(last.Name), clean(last.ID))
	}
	c.search(q.Search)
	return s.page(ctx, q, c, `i.name_folded, i.integration_id`, func(r integration.Record) any {
		return nameMark{Name: fold(r.Name), ID: string(r.ID)}
	})
}

// PendingPage implements integration.Listing.
func (s *Integrations) PendingPage(ctx context.Context, q integration.Query) (integration.Page[integration.Record], error) {
	c := conditions{where: []string{`r.revision = i.newest AND r.state = 'pending'`}}
	if q.After != "" {
		last, err := readMark[timeMark](q.After)
		if err != nil {
			return integration.Page[integration.Record]{}, err
		}
		c.add(`(r.asked_at, i.integration_id) > (?, ?)`, last.At, clean(last.ID))
	}
	c.search(q.Search)
	return s.page(ctx, q, c, `r.asked_at, i.integration_id`, func(r integration.Record) any {
		return timeMark{At: millis(r.Revision.Asked), ID: string(r.ID)}
	})
}

// PendingCount implements integration.Listing.
func (s *Integrations) PendingCount(ctx context.Context) (n int64, err error) {
	err = s.db.look(ctx, "counting what waits for the operator", answers{}, func(ctx context.Context, q querier) error {
		n, err = scanNumber(q.QueryRowContext(ctx, `SELECT COUNT(*) FROM integrations i
			JOIN integration_revisions r ON r.integration_id = i.integration_id AND r.revision = i.newest WHERE r.state = 'pending'`))
		return err
	})
	return n, err
}

// page reads one row more than the page has, to know whether there is a next one.
func (s *Integrations) page(ctx context.Context, q integration.Query, c conditions, order string, mark func(integration.Record) any) (page integration.Page[integration.Record], err error) {
	c.args = append(c.args, int64(q.Limit)+1)
	query := `SELECT ` + counted + recordColumns + `
		FROM integrations i JOIN integration_revisions r ON r.integration_id = i.integration_id
		WHERE ` + strings.Join(c.where, " AND ") + ` ORDER BY ` + order + ` LIMIT $` + strconv.Itoa(len(c.args))
	err = s.db.look(ctx, "listing integrations", answers{}, func(ctx context.Context, q querier) error {
		page.Items, err = collect(ctx, q, scanRecord, query, c.args...)
		return err
	})
	if err != nil || len(page.Items) <= q.Limit {
		return page, err
	}
	page.Items = page.Items[:q.Limit]
	page.Next, err = writeMark(mark(page.Items[q.Limit-1]))
	return page, err
}

// conditions are parts of a WHERE with their arguments.
type conditions struct {
	where []string
	args  []any
}

// add adds a condition, each ? of which stands for one of the arguments.
func (c *conditions) add(condition string, args ...any) {
	for _, a := range args {
		c.args = append(c.args, a)
		condition = strings.Replace(condition, "?", "$"+strconv.Itoa(len(c.args)), 1)
	}
	c.where = append(c.where, condition)
}

// search wants every word of the text in name or description.
func (c *conditions) search(text string) {
	words := strings.Fields(fold(text))
	for _, word := range words[:min(len(words), maxWords)] {
		c.add(`i.searched LIKE ? ESCAPE '!'`, "%"+strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(word)+"%")
	}
}

// nameMark and timeMark are the ends of pages.
type (
	nameMark struct{ Name, ID string }
	timeMark struct {
		At int64
		ID string
	}
)

func writeMark(mark any) (string, error) {
	text, err := json.Marshal(mark)
	if err != nil {
		return "", fmt.Errorf("writing the end of a page: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(text), nil
}

func readMark[M any](text string) (mark M, err error) {
	plain, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(plain, &mark)
	}
	if err != nil {
		return mark, errPage.Because(err)
	}
	return mark, nil
}

// LogosInUse implements integration.Listing.
func (s *Integrations) LogosInUse(ctx context.Context, hashes []string) (used []string, err error) {
	if len(hashes) == 0 {
		return nil, nil
	}
	marks, args := make([]string, len(hashes)), make([]any, len(hashes))
	for n, hash := range hashes {
		marks[n], args[n] = "$"+strconv.Itoa(n+1), clean(hash)
	}
	err = s.db.look(ctx, "looking for logos in use", answers{}, func(ctx context.Context, q querier) error {
		used, err = collect(ctx, q, scanText, `SELECT DISTINCT logo_hash FROM integrations WHERE logo_hash IN (`+strings.Join(marks, ", ")+`) ORDER BY logo_hash`, args...)
		return err
	})
	return used, err
}
