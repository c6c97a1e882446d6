package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"time"

	"usher/bench/internal/program"
)

// latency is what the healthy guild's server takes for an answer.
const latency = 80 * time.Millisecond

// answer is what a lookup may say.
const answer = `{"online_status":"Online","user":{"username":"Ryan","account_created_year":2019,"scores":{"high_score":3000,"last_score":400}}}`

// servers is where the other process's servers are, each host:port on loopback.
type servers struct {
	Plain     string `json:"plain"`
	Secure    string `json:"secure"`
	Slow      string `json:"slow"`
	Silent    string `json:"silent"`
	Endless   string `json:"endless"`
	Bomb      string `json:"bomb"`
	Authority []byte `json:"authority"` // the certificate of Secure, DER
}

// startServers starts the other ends as a process of their own, so that their processor time is not the client's.
func startServers(ctx context.Context) (s servers, p *program.Program, err error) {
	self, err := os.Executable()
	if err != nil {
		return s, nil, fmt.Errorf("finding this program: %w", err)
	}
	p, found, err := program.Start(ctx, program.Config{
		Path: self, Args: []string{serving}, Patience: 15 * time.Second,
		Ready: func(line string) (string, bool) { return line, strings.HasPrefix(line, "{") },
	})
	if err != nil {
		return s, nil, err
	}
	if err := json.Unmarshal([]byte(found), &s); err != nil {
		return s, nil, errors.Join(fmt.Errorf("reading where the servers are: %w", err), p.Stop())
	}
	return s, p, nil
}

// serve is the other process: it serves until ctx ends.
func serve(ctx context.Context, out io.Writer) error {
	certificate, err := selfSigned()
	if err != nil {
		return err
	}
	quick := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, answer)
	})
	slow := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		timer := time.NewTimer(latency)
		defer timer.Stop()
		select {
		case <-timer.C:
			quick(w, r)
		case <-r.Context().Done():
		}
	})
	s := servers{Authority: certificate.Certificate[0]}
	secure := &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{certificate}, NextProtos: []string{"http/1.1"}}
	for _, one := range []struct {
		at      *string
		tls     *tls.Config
		handler http.Handler
	}{{&s.Plain, nil, quick}, {&s.Secure, secure, quick}, {&s.Slow, nil, slow}} {
		if *one.at, err = serveHTTP(ctx, one.tls, one.handler); err != nil {
			return err
		}
	}
	bomb := gzipped(make([]byte, 16<<20))
	for _, one := range []struct {
		at     *string
		handle func(net.Conn)
	}{
		{&s.Silent, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }},
		{&s.Endless, endless},
		{&s.Bomb, func(c net.Conn) {
			if asked(c) {
				_, _ = fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", len(bomb), bomb)
			}
		}},
	} {
		if *one.at, err = serveRaw(ctx, one.handle); err != nil {
			return err
		}
	}
	if err := json.NewEncoder(out).Encode(s); err != nil {
		return fmt.Errorf("saying where the servers are: %w", err)
	}
	<-ctx.Done()
	return nil
}

func listen(ctx context.Context) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening: %w", err)
	}
	context.AfterFunc(ctx, func() { _ = l.Close() })
	return l, nil
}

func serveHTTP(ctx context.Context, secure *tls.Config, handler http.Handler) (string, error) {
	l, err := listen(ctx)
	if err != nil {
		return "", err
	}
	address := l.Addr().String()
	if secure != nil {
		l = tls.NewListener(l, secure)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(l) }() // ends with its listener
	return address, nil
}

func serveRaw(ctx context.Context, handle func(net.Conn)) (string, error) {
	l, err := listen(ctx)
	if err != nil {
		return "", err
	}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				handle(conn)
			}()
		}
	}()
	return l.Addr().String(), nil
}

// asked reads a request's head.
func asked(c net.Conn) bool {
	head := make([]byte, 0, 4096)
	for !bytes.Contains(head, []byte("\r\n\r\n")) {
		n, err := c.Read(head[len(head):cap(head)])
		if err != nil {
			return false
		}
		head = head[:len(head)+n]
	}
	return true
}

func endless(c net.Conn) {
	if !asked(c) {
		return
	}
	piece := bytes.Repeat([]byte("a"), 16<<10)
	_, err := io.WriteString(c, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
	for err == nil {
		_, err = c.Write(piece)
	}
}

func gzipped(text []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(text) // a buffer takes everything
	_ = z.Close()
	return b.Bytes()
}

func selfSigned() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("making a key: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true,
		IPAddresses: []net.IP{netip.MustParseAddr("127.0.0.1").AsSlice()},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("making a certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}
