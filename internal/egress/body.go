package egress

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// body reads the answer's body within the limit, declared, sent and decoded. size is its length as sent.
func (w wire) body(resp *http.Response) (decoded []byte, size int, err error) {
	if resp.ContentLength > int64(w.maxBody) {
		return nil, 0, w.tooLarge()
	}
	encoding := strings.ToLower(strings.TrimSpace(strings.Join(resp.Header.Values("Content-Encoding"), ",")))
	sent := &counter{from: resp.Body}
	switch encoding {
	case "", "identity":
		decoded, err = w.readAll(sent)
	case "gzip":
		decoded, err = w.gunzip(sent)
	default:
		return nil, 0, unasked()
	}
	return decoded, sent.n, err
}

func unasked() *Failure {
	return fail(ClassEncoding, "The answer has a Content-Encoding that was not asked for, or is cut short: send it plain or with gzip alone.")
}

func (w wire) gunzip(sent *counter) ([]byte, error) {
	unzipped, err := gzip.NewReader(io.LimitReader(sent, int64(w.maxBody)+1))
	if err != nil {
		return nil, w.gzipFailure(sent, err)
	}
	decoded, err := w.readAll(unzipped)
	if err != nil {
		return nil, w.gzipFailure(sent, err)
	}
	return decoded, nil
}

// gzipFailure tells a broken stream from a broken connection and from one that was too long for the limit.
func (w wire) gzipFailure(sent *counter, err error) error {
	switch {
	case sent.n > w.maxBody:
		return w.tooLarge()
	case sent.failed, asFailure(err).Class == ClassTooLarge:
		return err
	default:
		return fail(ClassEncoding, "The answer says that it is gzip, but it cannot be unpacked.")
	}
}

func (w wire) readAll(from io.Reader) ([]byte, error) {
	all, err := io.ReadAll(io.LimitReader(from, int64(w.maxBody)+1))
	if err != nil {
		return nil, fmt.Errorf("reading the body: %w", err)
	}
	if len(all) > w.maxBody {
		return nil, w.tooLarge()
	}
	return all, nil
}

func (w wire) tooLarge() *Failure {
	return fail(ClassTooLarge, fmt.Sprintf("The answer is larger than %d KiB.", w.maxBody>>10))
}

// counter counts what was read and remembers whether reading failed.
type counter struct {
	from   io.Reader
	n      int
	failed bool
}

// Read implements io.Reader.
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.n += n
	c.failed = c.failed || err != nil && err != io.EOF
	return n, err
}
