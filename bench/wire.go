//go:build linux

package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
)

// wire is one kept-alive HTTP connection, as cheap as can be, so that what is
// measured is the other end.
type wire struct {
	conn net.Conn
	in   *bufio.Reader
	body []byte
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

// do sends a request and returns the body of its answer, which must be a success
// of known length. The body is valid until the next request.
func (w *wire) do(request []byte) ([]byte, error) {
	if _, err := w.conn.Write(request); err != nil {
		return nil, err
	}
	status, err := w.in.ReadSlice('\n')
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(status, []byte("HTTP/1.1 200 ")) {
		return nil, fmt.Errorf("%w: %s", errAnswer, bytes.TrimSpace(status))
	}
	length := -1
	for {
		header, err := w.in.ReadSlice('\n')
		if err != nil {
			return nil, err
		}
		if len(header) == 2 {
			break
		}
		if value, found := bytes.CutPrefix(header, []byte("Content-Length: ")); found {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return nil, fmt.Errorf("%w: %w", errAnswer, err)
			}
		}
	}
	if length < 0 {
		return nil, fmt.Errorf("%w: no length", errAnswer)
	}
	if cap(w.body) < length {
		w.body = make([]byte, length)
	}
	w.body = w.body[:length]
	_, err = io.ReadFull(w.in, w.body)
	return w.body, err
}
