package session

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// BOM is the UTF-8 byte-order mark that 4D wrote at the start of a session file
// before 19 R2.
var BOM = []byte("\xef\xbb\xbf")

// secrets are the members of a session file that never leave the daemon: the
// connection token and the device's push token.
var secrets = map[jsontext.Pointer]bool{
	"/token":        true,
	"/device/token": true,
}

// Content returns the whole file as JSON, without its secrets.
func (s *Session) Content() (jsontext.Value, error) {
	var out bytes.Buffer
	dec := jsontext.NewDecoder(bytes.NewReader(bytes.TrimPrefix(s.Raw, BOM)))
	enc := jsontext.NewEncoder(&out)
	for {
		// Before a value that belongs to a name, the decoder's pointer is that
		// of the name just read.
		tok, err := dec.ReadToken()
		switch {
		case errors.Is(err, io.EOF):
			return jsontext.Value(bytes.TrimSpace(out.Bytes())), nil
		case err != nil:
			return nil, fmt.Errorf("cannot render the content of %s: %w", s.Key.Short(), err)
		}
		if isName(dec) && secrets[dec.StackPointer()] {
			if err := dec.SkipValue(); err != nil {
				return nil, fmt.Errorf("cannot render the content of %s: %w", s.Key.Short(), err)
			}
			continue
		}
		if err := enc.WriteToken(tok); err != nil {
			return nil, fmt.Errorf("cannot render the content of %s: %w", s.Key.Short(), err)
		}
	}
}

// isName reports whether the token just read is the name of a member.
func isName(dec *jsontext.Decoder) bool {
	kind, n := dec.StackIndex(dec.StackDepth())
	return kind == '{' && n%2 == 1
}
