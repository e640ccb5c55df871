package session

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
)

// bom is the UTF-8 byte-order mark that 4D wrote at the start of a session file
// before 19 R2.
const bom = "\xef\xbb\xbf"

// TrimBOM returns a session file's bytes without the byte-order mark that may
// begin them.
func TrimBOM(data []byte) []byte { return bytes.TrimPrefix(data, []byte(bom)) }

// secretDepth is how deep the deepest secret lies.
const secretDepth = 2

// Secrets returns the members of a session file that never leave the daemon: the
// connection token and the device's push token.
func Secrets() []jsontext.Pointer { return []jsontext.Pointer{"/token", "/device/token"} }

// WithoutSecrets returns a session file's JSON, without its secrets and without
// white space. An error does not say what the file says.
func WithoutSecrets(data []byte) (jsontext.Value, error) {
	var out bytes.Buffer
	dec := jsontext.NewDecoder(bytes.NewReader(TrimBOM(data)))
	enc := jsontext.NewEncoder(&out)
	secrets := Secrets()
	for {
		// Before a value that belongs to a name, the decoder's pointer is that
		// of the name just read.
		tok, err := dec.ReadToken()
		switch {
		case errors.Is(err, io.EOF):
			return jsontext.Value(bytes.TrimSpace(out.Bytes())), nil
		case err != nil:
			return nil, fmt.Errorf("cannot leave out the secrets: %w", err)
		}
		// Deeper there is no secret, and the pointer costs as much as it is long.
		if dec.StackDepth() <= secretDepth && isName(dec) && slices.Contains(secrets, dec.StackPointer()) {
			if err := dec.SkipValue(); err != nil {
				return nil, fmt.Errorf("cannot leave out the secrets: %w", err)
			}
			continue
		}
		if err := enc.WriteToken(tok); err != nil {
			return nil, fmt.Errorf("cannot leave out the secrets: %w", err)
		}
	}
}

// isName reports whether the token just read is the name of a member.
func isName(dec *jsontext.Decoder) bool {
	kind, n := dec.StackIndex(dec.StackDepth())
	return kind == '{' && n%2 == 1
}
