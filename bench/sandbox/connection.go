package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// connection carries one call at a time. It sends bytes that are ready and reads answers with net/http: a client of net/http would cost
// more processor time than what is measured.
type connection struct {
	conn   net.Conn
	in     *bufio.Reader
	out    []byte
	answer []byte
	host   string
	token  string
}

// callTime bounds one call.
const callTime = 10 * time.Second

// dial opens a connection for calls of the bot with this token.
func dial(ctx context.Context, host, token string) (*connection, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", host)
	if err != nil {
		return nil, fmt.Errorf("connecting to the sandbox: %w", err)
	}
	return &connection{conn: conn, in: bufio.NewReaderSize(conn, 16<<10), host: host, token: token}, nil
}

// post calls and wants this status. The answer's body is valid until the next call.
func (c *connection) post(path, body string, want int) ([]byte, error) {
	c.out = append(c.out[:0], "POST "...)
	c.out = append(c.out, path...)
	c.out = append(c.out, " HTTP/1.1\r\nHost: "...)
	c.out = append(c.out, c.host...)
	c.out = append(c.out, "\r\nUser-Agent: DiscordBot (bench, 1)\r\nAuthorization: Bot "...)
	c.out = append(c.out, c.token...)
	c.out = append(c.out, "\r\nContent-Type: application/json\r\nContent-Length: "...)
	c.out = strconv.AppendInt(c.out, int64(len(body)), 10)
	c.out = append(c.out, "\r\n\r\n"...)
	c.out = append(c.out, body...)
	if err := c.conn.SetDeadline(time.Now().Add(callTime)); err != nil {
		return nil, fmt.Errorf("calling %s: %w", path, err)
	}
	if _, err := c.conn.Write(c.out); err != nil {
		return nil, fmt.Errorf("calling %s: %w", path, err)
	}
	return c.read(path, want)
}

func (c *connection) read(path string, want int) ([]byte, error) {
	res, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return nil, fmt.Errorf("reading the answer to %s: %w", path, err)
	}
	defer func() { _ = res.Body.Close() }()
	c.answer = c.answer[:0]
	for {
		if len(c.answer) == cap(c.answer) {
			c.answer = append(c.answer, 0)[:len(c.answer)]
		}
		n, err := res.Body.Read(c.answer[len(c.answer):cap(c.answer)])
		c.answer = c.answer[:len(c.answer)+n]
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("reading the answer to %s: %w", path, err)
		}
	}
	if res.StatusCode != want {
		return nil, fmt.Errorf("calling %s: answered %d %s, want %d", path, res.StatusCode, c.answer, want)
	}
	return c.answer, nil
}

func (c *connection) close() { _ = c.conn.Close() }
