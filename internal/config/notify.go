package config

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// isNotifyInterval bounds how often a 4D server is made to check all its sessions.
func isNotifyInterval(d time.Duration) bool { return d >= 100*time.Millisecond && d <= time.Hour }

// putURL takes the address of something that answers HTTP requests. Its errors do not
// repeat the text, which may hold a password.
func putURL(field *string, text string) error {
	if text == "" {
		*field = ""
		return nil
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return errors.New("it is not a URL")
	case u.Scheme != "http" && u.Scheme != "https":
		return errors.New("it begins neither with http:// nor with https://")
	case u.Hostname() == "":
		return errors.New("it names no host")
	case u.User != nil:
		return errors.New("it holds a user name, which logs and status would show")
	case u.Fragment != "":
		return errors.New("it has a fragment (#), which is never sent")
	}
	*field = text
	return nil
}

// checkNotify makes sure that the secret of notifications is there, and that it does not
// go over a network in the clear.
func checkNotify(s Settings, given map[string]value) error {
	if s.NotifyURL == "" {
		return nil
	}
	v := given[KeyNotifyURL]
	wrong := &Error{Key: KeyNotifyURL, Place: v.place, Value: v.text}
	u, err := url.Parse(s.NotifyURL)
	switch {
	case err != nil:
		wrong.Reason = "it is not a URL"
	case s.NotifySecretFile == "":
		wrong.Reason = "whoever reaches that address could have 4D read its session files: a secret is needed"
		wrong.Allowed = "only together with " + KeyNotifySecretFile
	case u.Scheme == "http" && !isLoopback(strings.ToLower(u.Hostname())) && !s.NotifyInsecure:
		wrong.Reason = fmt.Sprintf("the secret would go to %q without encryption", u.Hostname())
		wrong.Allowed = "https://, or http:// to a loopback address, or http:// together with " + KeyNotifyInsecure + ": " + On
	default:
		return nil
	}
	return wrong
}
