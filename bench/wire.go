//go:build linux

package main

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httputil"
	"strconv"
)

// wire is one kept-alive HTTP connection, as cheap as can be, so that what is
// measured is the other end.
type wire struct {
	conn net.Conn
	in   *bufio.Reader
	body []byte
	// status is what all answers must have, 200 where it is empty.
	status string
}

func dialWire(socket string) (*wire, error) {
	conn, err := net.Dial("unix", socket) //nolint:forbidigo // a client that costs less than the daemon's own
	if err != nil {
		return nil, fmt.Errorf("cannot connect: %w", err)
	}
	return &wire{conn: conn, in: bufio.NewReaderSize(conn, 64<<10)}, nil
}

func (w *wire) close() { _ = w.conn.Close() }

// request returns the bytes of a request, to be sent any number of times.
func request(method, path string) []byte {
	length := ""
	if method == "POST" {
		length = "Content-Length: 0\r\n"
	}
	return []byte(method + " " + path + " HTTP/1.1\r\nHost: sessiond\r\n" + length + "\r\n")
}

// errAnswer says that an answer is not what it should be.
var errAnswer = errors.New("not the answer that was expected")

// do sends a request and returns the body of its answer, which must have the right status.
// The body is valid until the next request.
func (w *wire) do(request []byte) ([]byte, error) {
	length, err := w.head(request)
	if err != nil {
		return nil, err
	}
	if length < 0 {
		if w.body, err = io.ReadAll(httputil.NewChunkedReader(w.in)); err != nil {
			return nil, err
		}
		_, err = w.in.Discard(len("\r\n")) // the end of the trailers, of which there are none
		return w.body, err
	}
	if cap(w.body) < length {
		w.body = make([]byte, length)
	}
	w.body = w.body[:length]
	_, err = io.ReadFull(w.in, w.body)
	return w.body, err
}

// head sends a request and reads the head of its answer. The length of the body
// is -1 where it comes in chunks.
func (w *wire) head(request []byte) (length int, err error) {
	if _, err := w.conn.Write(request); err != nil {
		return 0, err
	}
	status, err := w.in.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	if !bytes.HasPrefix(status, []byte("HTTP/1.1 "+cmp.Or(w.status, "200")+" ")) {
		return 0, fmt.Errorf("%w: %s", errAnswer, bytes.TrimSpace(status))
	}
	length = -1
	for {
		header, err := w.in.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		if len(header) == 2 {
			return length, nil
		}
		if value, found := bytes.CutPrefix(header, []byte("Content-Length: ")); found {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return 0, fmt.Errorf("%w: %w", errAnswer, err)
			}
		}
	}
}

// follow asks for the daemon's events, from now on or after one that has been
// read, and returns their lines.
func (w *wire) follow(since string) (*bufio.Reader, error) {
	path := "/v1/events"
	if since != "" {
		path += "?since=" + since
	}
	if _, err := w.head(request("GET", path)); err != nil {
		return nil, fmt.Errorf("cannot follow events: %w", err)
	}
	return bufio.NewReaderSize(httputil.NewChunkedReader(w.in), 64<<10), nil
}

// member returns the text of a member of a line of events, as far as its values
// have nothing that is escaped.
func member(line []byte, name string) []byte {
	_, value, _ := bytes.Cut(line, []byte(`"`+name+`":`))
	if text, quoted := bytes.CutPrefix(value, []byte(`"`)); quoted {
		text, _, _ = bytes.Cut(text, []byte(`"`))
		return text
	}
	return value[:max(0, bytes.IndexAny(value, ",}"))]
}
