package logo_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/internal/core/fault"
	"usher/internal/core/secret"
	"usher/internal/egress"
	"usher/internal/logo"
)

// memory keeps blobs; the test is told of all.
type memory struct {
	mu    sync.Mutex
	blobs map[string][]byte
	fails error
}

func (m *memory) Put(_ context.Context, name string, data []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fails != nil {
		return m.fails
	}
	if m.blobs == nil {
		m.blobs = map[string][]byte{}
	}
	m.blobs[name] = data
	return nil
}

func (m *memory) Get(_ context.Context, name string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fails != nil {
		return nil, m.fails
	}
	data, ok := m.blobs[name]
	if !ok {
		return nil, fault.New(fault.NotFound, "blob_not_found", "There is no such file.")
	}
	return data, nil
}

func (m *memory) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.blobs)
}

// given is a Fetcher that has the file.
type given struct {
	file logo.File
	err  error
}

func (g given) Fetch(context.Context, string, string) (logo.File, error) { return g.file, g.err }

// guarded is the real way out, with the limits of logos and a short patience.
type guarded struct{ client *egress.Client }

func (g guarded) Fetch(ctx context.Context, key, url string) (logo.File, error) {
	target, err := egress.ParseURL(url)
	if err != nil {
		return logo.File{}, said(err)
	}
	response, err := g.client.Do(ctx, egress.Key{Guild: key}, egress.Request{Method: http.MethodGet, URL: target, Header: []egress.Header{{Name: "Accept", Value: secret.New("image/png")}}})
	if err != nil {
		return logo.File{}, said(err)
	}
	return logo.File{Type: response.Header.Get("Content-Type"), Body: response.Body}, nil
}

func said(err error) error {
	var f *egress.Failure
	if errors.As(err, &f) {
		return fault.New(fault.Invalid, "fetch", f.Text)
	}
	return err
}

// wayOut is a real egress; allow opens loopback for the test's own servers.
func wayOut(tb testing.TB, allow bool) guarded {
	tb.Helper()
	cfg := egress.Config{MaxBody: logo.MaxFile, Timeout: 3 * time.Second, ConnectTimeout: time.Second, UserAgent: "Usher/test", Now: time.Now}
	if allow {
		cfg.AllowNetworks = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	}
	c, err := egress.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return guarded{c}
}

// logoCases reads the rows of the case file that are about logos: USHER_EGRESS_CASES, or the file beside the repository.
func logoCases(tb testing.TB) map[string][]string {
	tb.Helper()
	path := os.Getenv("USHER_EGRESS_CASES")
	if path == "" {
		path = filepath.Join("..", "..", "..", "shared", "cases", "egress-cases.tsv")
	}
	file, err := os.Open(path)
	if err != nil {
		if os.Getenv("CI") == "true" {
			tb.Fatalf("the cases are missing: set USHER_EGRESS_CASES: %v", err)
		}
		tb.Skipf("THAT EVERY LOGO CASE IS RUN IS NOT CHECKED: set USHER_EGRESS_CASES to the case file: %v", err)
	}
	defer func() { _ = file.Close() }()
	rows := map[string][]string{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if cells := strings.Split(lines.Text(), "\t"); len(cells) == 4 && cells[1] == "logo" {
			rows[cells[0]] = cells
		}
	}
	return rows
}

// TestEveryLogoCaseIsRun: the rows of the case file and the runners below are the same.
func TestEveryLogoCaseIsRun(t *testing.T) {
	t.Parallel()
	run := runners()
	for id, row := range logoCases(t) {
		if run[id] == nil {
			t.Errorf("%s is not run: %s → %s", id, row[2], row[3])
		}
		delete(run, id)
	}
	for id := range run {
		t.Errorf("%s is not in the case file", id)
	}
}

// TestLogoCases is not parallel: one row measures memory, before the others begin.
func TestLogoCases(t *testing.T) {
	for id, run := range runners() {
		t.Run(id, func(t *testing.T) {
			if id != "logo-15" {
				t.Parallel()
			}
			run(t)
		})
	}
}

// keep keeps what a real server answers with, through the real way out.
func keep(t *testing.T, answer http.HandlerFunc) (hash string, kept *memory, err error) {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	kept = &memory{}
	hash, err = logo.NewKeeper(wayOut(t, true), kept).Keep(t.Context(), "author", server.URL+"/logo.png")
	if (err != nil) != (kept.count() == 0) {
		t.Errorf("%d blobs are kept, error %v", kept.count(), err)
	}
	return hash, kept, err
}

// file answers with these bytes as this type.
func file(kind string, data []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write(data)
	}
}

// refuses wants a file to be refused with a sentence.
func refuses(says string, answers ...http.HandlerFunc) func(*testing.T) {
	return func(t *testing.T) {
		for _, answer := range answers {
			_, _, err := keep(t, answer)
			wantRefused(t, err, says)
		}
	}
}

// served asks the handler for a kept logo.
func served(kept logo.Blobs, method, path string, header map[string]string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	for name, value := range header {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	logo.Handler(kept, slog.New(slog.DiscardHandler)).ServeHTTP(w, r)
	return w
}

func runners() map[string]func(*testing.T) {
	svg := func(inner string) http.HandlerFunc {
		return file("image/svg+xml", []byte(`<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg">`+inner+`</svg>`))
	}
	return map[string]func(*testing.T){
		"logo-01": caseLoopback, "logo-09": caseExternalHref, "logo-13": caseFirstFrame, "logo-15": caseChunkBombs, "logo-18": caseTenMiB, "logo-19": caseEndless,
		"logo-20": caseSlow, "logo-21": caseWhatIsSent, "logo-24": caseContentAddress, "logo-26": caseUnknownHash, "logo-28": caseHeaders, "logo-30": caseAtOnce,
		"logo-31": caseHashIsOfContent, "logo-32": caseNotModified,
		"logo-04": func(t *testing.T) {
			refuses("does not call it a picture", file("image/png%;text/html", asPNG(t, plain(9, 9, crimson()))), file("text/html", asPNG(t, plain(9, 9, crimson()))))(t)
		},
		"logo-06": refuses("a web page", file("image/png", []byte("<!doctype html><script>alert(1)</script>"))),
		"logo-08": refuses("SVG", svg("<script>alert(1)</script>"), file("image/png", []byte("<svg onload=alert(1)>"))),
		"logo-10": refuses("SVG", svg("<foreignObject><p>&x;</p></foreignObject>")),
		"logo-11": func(t *testing.T) { refuses("30000 × 30000 pixels", file("image/png", flood(t)))(t) },
		"logo-17": refuses("which", file("image/bmp", []byte("BM\x3a\x00\x00\x00")), file("image/tiff", []byte("II*\x00\x08\x00\x00\x00")), file("image/tiff", []byte("MM\x00*\x00\x00\x00\x08")),
			file("image/x-icon", []byte("\x00\x00\x01\x00\x01\x00")), file("image/heic", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00")), file("image/avif", []byte("\x00\x00\x00\x18ftypavif\x00\x00\x00\x00"))),
	}
}

func caseLoopback(t *testing.T) {
	asked := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer server.Close()
	kept := &memory{}
	for _, url := range []string{server.URL + "/x.png", "http://127.0.0.1/x.png", "https://[::1]/x.png", "file:///etc/passwd", "data:image/png;base64,AAAA"} {
		_, err := logo.NewKeeper(wayOut(t, false), kept).Keep(t.Context(), "author", url)
		wantRefused(t, err, "")
	}
	if asked || kept.count() > 0 {
		t.Error("loopback was reached")
	}
}

func caseExternalHref(t *testing.T) {
	asked := false
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer other.Close()
	refuses("SVG", file("image/svg+xml", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><image href="`+other.URL+`"/></svg>`)))(t)
	if asked {
		t.Error("the picture in the picture was fetched")
	}
}

func caseFirstFrame(t *testing.T) {
	apng := withChunk(asPNG(t, plain(40, 20, crimson())), "acTL", []byte{0, 0, 0, 2, 0, 0, 0, 0})
	apng = append(apng[:len(apng)-12], pngChunk("fdAT", append([]byte{0, 0, 0, 1}, zipped(t, 20*161)...))...)
	apng = append(apng, pngChunk("IEND", nil)...)
	for _, m := range drawn(t, apng) {
		near(t, "APNG", m.At(m.Bounds().Dx()/2, m.Bounds().Dx()/2), crimson())
	}
	for _, m := range drawn(t, animated()) {
		side := m.Bounds().Dx()
		near(t, "WebP, where the first frame is", m.At(side*3/4, side*5/8), crimson())
		near(t, "WebP, where it is not", m.At(side/4, side*5/8), glass())
	}
}

func caseChunkBombs(t *testing.T) {
	plainPNG := asPNG(t, plain(40, 20, crimson()))
	hash, _, err := keep(t, file("image/png", plainPNG))
	if err != nil {
		t.Fatal(err)
	}
	bomb := zipped(t, 32<<20) // in a few hundred KiB
	for name, head := range map[string]string{"iCCP": "x\x00\x00", "zTXt": "x\x00\x00", "iTXt": "x\x00\x01\x00\x00\x00"} {
		data := withChunk(plainPNG, name, append([]byte(head), bomb...))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := logo.Draw(data)
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; err != nil || took > 8<<20 {
			t.Errorf("%s: %d bytes were used, %v", name, took, err)
		}
		if got, _, err := keep(t, file("image/png", data)); err != nil || got != hash {
			t.Errorf("%s: hash %s, want %s; %v", name, got, hash, err)
		}
	}
}

func caseTenMiB(t *testing.T) {
	sent := make(chan int64, 1)
	refuses("larger than 2048 KiB", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "10485760")
		n, _ := w.Write(append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 10<<20-8)...))
		sent <- int64(n)
	})(t)
	if n := <-sent; n == 10<<20 {
		t.Error("all of it was read")
	}
}

func caseEndless(t *testing.T) {
	refuses("larger than 2048 KiB", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		_, _ = w.Write(asPNG(t, plain(9, 9, crimson())))
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 64<<10)); err != nil {
				return
			}
		}
	})(t)
}

// caseSlow: a server that never ends costs its author a sentence, and a viewer of other logos nothing.
func caseSlow(t *testing.T) {
	started := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		_, _ = io.WriteString(w, "\x89PNG\r\n\x1a\n")
		_ = http.NewResponseController(w).Flush()
		close(started)
		<-r.Context().Done()
	}))
	defer server.Close()
	kept := &memory{}
	keeper := logo.NewKeeper(wayOut(t, true), kept)
	done := make(chan error, 1)
	go func() {
		_, err := keeper.Keep(t.Context(), "author", server.URL)
		done <- err
	}()
	<-started
	hash, err := logo.NewKeeper(given{file: logo.File{Body: asPNG(t, plain(9, 9, crimson()))}}, kept).Keep(t.Context(), "another", "https://x.example/")
	if err != nil {
		t.Fatal(err)
	}
	if w := served(kept, http.MethodGet, logo.Path(hash, 64), nil); w.Code != http.StatusOK {
		t.Errorf("status %d while another logo is fetched", w.Code)
	}
	wantRefused(t, <-done, "did not answer in time")
	if kept.count() != len(logo.Sizes()) {
		t.Errorf("%d blobs", kept.count())
	}
}

// caseWhatIsSent: the logo's server learns nothing of who looks, and nothing of who asked.
func caseWhatIsSent(t *testing.T) {
	got := make(chan http.Header, 1)
	_, kept, err := keep(t, func(w http.ResponseWriter, r *http.Request) {
		got <- r.Header
		w.Header().Set("Set-Cookie", "track=1")
		_, _ = w.Write(asPNG(t, plain(9, 9, crimson())))
	})
	if err != nil {
		t.Fatal(err)
	}
	header := <-got
	for name := range header {
		if name != "User-Agent" && name != "Accept" && name != "Accept-Encoding" && name != "Connection" {
			t.Errorf("header %s was sent", name)
		}
	}
	if header.Get("User-Agent") != "Usher/test" {
		t.Errorf("user agent %q", header.Get("User-Agent"))
	}
	for name := range kept.blobs {
		if w := served(kept, http.MethodGet, "/logos/"+filepath.Base(name), map[string]string{"Referer": "https://a.example", "Cookie": "a=b"}); w.Code != http.StatusOK {
			t.Errorf("status %d", w.Code)
		}
	}
	if len(got) > 0 {
		t.Error("a viewer's request went on to the logo's server")
	}
}

// caseContentAddress: after a change the old address shows the old picture, and never another's.
func caseContentAddress(t *testing.T) {
	kept := &memory{}
	var hashes []string
	for _, c := range []struct {
		width int
	}{{9}, {10}} {
		hash, err := logo.NewKeeper(given{file: logo.File{Body: asPNG(t, plain(c.width, 20, crimson()))}}, kept).Keep(t.Context(), "author", "https://x.example/logo.png")
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, hash)
	}
	if hashes[0] == hashes[1] {
		t.Fatal("two pictures have one hash")
	}
	first := served(kept, http.MethodGet, logo.Path(hashes[0], 256), nil)
	second := served(kept, http.MethodGet, logo.Path(hashes[1], 256), nil)
	if first.Code != http.StatusOK || second.Code != http.StatusOK || first.Body.String() == second.Body.String() {
		t.Errorf("status %d and %d", first.Code, second.Code)
	}
}

// caseUnknownHash: there is no signature to forget; what was not kept is not there.
func caseUnknownHash(t *testing.T) {
	hash, kept, err := keep(t, file("image/png", asPNG(t, plain(9, 9, crimson()))))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{
		logo.Path(strings.Repeat("0", 64), 64), logo.Path(hash, 65), logo.Path(hash, 0), logo.Path(strings.ToUpper(hash), 64), "/logos/", "/logos/" + hash + ".png",
		"/logos/" + hash + "-064.png", "/logos/../logos/" + hash + "-64.png", "/logos/" + hash + "-64.png/x", "/logos/https://x.example/a.png", "/logos/" + hash[:2] + "/" + hash + "-64.png",
	} {
		w := served(kept, http.MethodGet, path, nil)
		if w.Code != http.StatusNotFound || w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: status %d, header %v", path, w.Code, w.Header())
		}
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions} {
		if w := served(kept, method, logo.Path(hash, 64), nil); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: status %d", method, w.Code)
		}
	}
	kept.fails = errors.New("disk")
	if w := served(kept, http.MethodGet, logo.Path(hash, 64), nil); w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "disk") || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("broken disk: status %d, %s", w.Code, w.Body)
	}
}

func caseHeaders(t *testing.T) {
	hash, kept, err := keep(t, file("image/jpeg", asJPEG(t, plain(9, 9, crimson()))))
	if err != nil {
		t.Fatal(err)
	}
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		for _, size := range logo.Sizes() {
			w := served(kept, method, logo.Path(hash, size), nil)
			for name, want := range map[string]string{
				"Content-Type": "image/png", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox", "Cross-Origin-Resource-Policy": "cross-origin",
				"Cache-Control": "public, max-age=31536000, immutable", "Set-Cookie": "", "Vary": "", "Location": "",
			} {
				if got := w.Header().Get(name); got != want {
					t.Errorf("%s %d: %s is %q, want %q", method, size, name, got, want)
				}
			}
			if w.Code != http.StatusOK || (w.Body.Len() == 0) != (method == http.MethodHead) {
				t.Errorf("%s: status %d, %d bytes", method, w.Code, w.Body.Len())
			}
		}
	}
}

// caseAtOnce: many at once get each their own picture, and none that of a redirect.
func caseAtOnce(t *testing.T) {
	pictures := make([][]byte, 16)
	for i := range pictures {
		pictures[i] = asPNG(t, plain(10, 10+i, crimson()))
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var i int
		for i = range pictures {
			if strings.HasSuffix(r.URL.Path, "/"+string(rune('a'+i))) {
				break
			}
		}
		if i%4 == 3 {
			http.Redirect(w, r, "/a", http.StatusFound)
			return
		}
		_, _ = w.Write(pictures[i])
	}))
	defer server.Close()
	kept := &memory{}
	keeper := logo.NewKeeper(wayOut(t, true), kept)
	var wait sync.WaitGroup
	for i := range pictures {
		wait.Go(func() {
			hash, err := keeper.Keep(t.Context(), "author", server.URL+"/"+string(rune('a'+i)))
			if i%4 == 3 {
				wantRefused(t, err, "redirect")
				return
			}
			want, wantErr := logo.NewKeeper(given{file: logo.File{Body: pictures[i]}}, &memory{}).Keep(t.Context(), "", "")
			if err != nil || wantErr != nil || hash != want {
				t.Errorf("%d: %s, want %s (%v, %v)", i, hash, want, err, wantErr)
			}
		})
	}
	wait.Wait()
}

// caseHashIsOfContent: the same picture has the same hash for every author and address, and a request's Host or headers change nothing.
func caseHashIsOfContent(t *testing.T) {
	data := asPNG(t, plain(9, 9, crimson()))
	one, kept, err := keep(t, file("image/png", data))
	if err != nil {
		t.Fatal(err)
	}
	two, err := logo.NewKeeper(given{file: logo.File{Body: data}}, kept).Keep(t.Context(), "another author", "https://elsewhere.example/x")
	if err != nil || one != two || kept.count() != len(logo.Sizes()) {
		t.Errorf("hashes %s and %s, %d blobs, %v", one, two, kept.count(), err)
	}
	plainly := served(kept, http.MethodGet, logo.Path(one, 64), nil)
	oddly := served(kept, http.MethodGet, logo.Path(one, 64)+"?host=evil", map[string]string{"X-Forwarded-Host": "evil.example", "Host": "evil.example", "Accept": "text/html", "Origin": "null"})
	if plainly.Body.String() != oddly.Body.String() || oddly.Header().Get("Content-Type") != "image/png" {
		t.Error("a request's headers change the answer")
	}
}

func caseNotModified(t *testing.T) {
	hash, kept, err := keep(t, file("image/png", asPNG(t, plain(9, 9, crimson()))))
	if err != nil {
		t.Fatal(err)
	}
	etag := served(kept, http.MethodGet, logo.Path(hash, 64), nil).Header().Get("ETag")
	for match, want := range map[string]int{etag: http.StatusNotModified, `"x", W/` + etag: http.StatusNotModified, "*": http.StatusNotModified, `"x"`: http.StatusOK, strings.Replace(etag, "-64", "-256", 1): http.StatusOK} {
		w := served(kept, http.MethodGet, logo.Path(hash, 64), map[string]string{"If-None-Match": match})
		if w.Code != want || (w.Body.Len() > 0) != (want == http.StatusOK) {
			t.Errorf("%s: status %d, want %d", match, w.Code, want)
		}
	}
}

func TestKeepTellsWhatIsOurs(t *testing.T) {
	t.Parallel()
	good := given{file: logo.File{Type: "image/png", Body: asPNG(t, plain(9, 9, crimson()))}}
	disk := errors.New("disk is full")
	if _, err := logo.NewKeeper(good, &memory{fails: disk}).Keep(t.Context(), "a", "u"); !errors.Is(err, disk) || fault.KindOf(err) != fault.Internal {
		t.Errorf("full disk: %v", err)
	}
	busy := fault.New(fault.Unavailable, "logo_unavailable", "Busy.")
	if _, err := logo.NewKeeper(given{err: busy}, &memory{}).Keep(t.Context(), "a", "u"); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("busy: %v", err)
	}
	if _, err := logo.NewKeeper(given{err: disk}, &memory{}).Keep(t.Context(), "a", "u"); !errors.Is(err, disk) || fault.KindOf(err) != fault.Internal {
		t.Errorf("unknown: %v", err)
	}
}
