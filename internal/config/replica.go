package config

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Values of [Replica.ReplicaStorage].
const (
	StorageFile   = "file"
	StorageMemory = "memory"
)

// Values of [Replica.OnStale]: what the check of a follower does when its view is older
// than [Replica.StaleLimit].
const (
	OnStaleRefuse = "refuse" // it answers that it cannot tell
	OnStaleServe  = "serve"  // it goes on with the view that it has
)

// Replica are the settings of an authority, which publishes what it has, and of its
// followers.
type Replica struct {
	// Publish are the servers of an authority, Follow those of a follower: addresses nats://
	// or tls://. At most one of the two is not empty.
	Publish, Follow []string
	// ReplicaName is what an authority and its followers share. ReplicaNode names this daemon
	// among them; empty for the name of the host.
	ReplicaName, ReplicaNode string
	// ReplicaEditors are the nodes whose administrators may change what the authority has.
	ReplicaEditors []string

	// ReplicaCreds and ReplicaNKey are files that say who we are, at most one of them;
	// ReplicaCA, ReplicaCert and ReplicaKey those of TLS. All are absolute; empty for none.
	ReplicaCreds, ReplicaNKey          string
	ReplicaCA, ReplicaCert, ReplicaKey string
	// ReplicaInsecure allows servers of other machines without TLS or credentials.
	ReplicaInsecure bool

	// ReplicaCopies is how many servers keep what is published, ReplicaStorage where, and
	// ReplicaMaxBytes how much at most, 0 for no bound. An authority says so.
	ReplicaCopies   int
	ReplicaStorage  string
	ReplicaMaxBytes int64

	Beat       time.Duration // how often an authority publishes at least
	StaleAfter time.Duration // the age from which a follower says its age
	StaleLimit time.Duration // the age from which OnStale counts; 0 is never
	OnStale    string
}

// putServers takes addresses of servers, with commas between them. A user or a password in
// one is refused, and not repeated.
func putServers(field *[]string, text string) error {
	*field = nil
	if text == "" {
		return nil
	}
	for one := range strings.SplitSeq(text, ",") {
		one = strings.TrimSpace(one)
		u, err := url.Parse(one)
		switch {
		case err != nil:
			return errors.New("it is not a URL")
		case u.User != nil:
			return errors.New("it holds a user or a password: these go into a file")
		case u.Scheme != "nats" && u.Scheme != "tls":
			return fmt.Errorf("%q begins neither with nats:// nor with tls://", one)
		case u.Hostname() == "":
			return fmt.Errorf("%q names no host", one)
		case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
			return fmt.Errorf("%q has more than a host and a port", one)
		}
		*field = append(*field, strings.TrimSuffix(one, "/"))
	}
	return nil
}

// checkReplica makes sure that a daemon is an authority or a follower and not both, that a
// follower is asked for nothing that needs files, and that nothing goes over a network in
// the clear.
func checkReplica(s Settings, given map[string]value) error {
	wrong := func(key, reason, allowed string) error {
		return &Error{Key: key, Place: given[key].place, Value: given[key].text, Reason: reason, Allowed: allowed}
	}
	if len(s.Publish) > 0 && len(s.Follow) > 0 {
		return wrong(KeyFollow, "a daemon publishes its own sessions or follows those of another", "only without "+KeyPublish)
	}
	if len(s.Follow) > 0 {
		const noFiles = "a daemon that follows another has no files of its own"
		switch {
		case s.Root != "":
			return wrong(KeyRoot, noFiles, "only without "+KeyFollow)
		case s.Write:
			return wrong(KeyWrite, noFiles, "only without "+KeyFollow)
		case len(s.ReplicaEditors) > 0:
			return wrong(KeyReplicaEditors, noFiles, "only without "+KeyFollow)
		case s.NotifyURL != "":
			return wrong(KeyNotifyURL, noFiles, "only without "+KeyFollow)
		}
	}
	switch {
	case s.ReplicaCreds != "" && s.ReplicaNKey != "":
		return wrong(KeyReplicaNKey, "a daemon has credentials or an nkey", "only without "+KeyReplicaCreds)
	case s.ReplicaCert != "" && s.ReplicaKey == "":
		return wrong(KeyReplicaCert, "a certificate is nothing without its key", "only together with "+KeyReplicaKey)
	case s.ReplicaKey != "" && s.ReplicaCert == "":
		return wrong(KeyReplicaKey, "a key is nothing without its certificate", "only together with "+KeyReplicaCert)
	case s.StaleLimit > 0 && s.StaleLimit < s.StaleAfter:
		return wrong(KeyStaleLimit, fmt.Sprintf("%q is shorter than %s, which is %q", given[KeyStaleLimit].text, KeyStaleAfter, given[KeyStaleAfter].text),
			"a time not shorter than "+KeyStaleAfter+", or 0")
	}
	for _, key := range []string{KeyPublish, KeyFollow} {
		servers := s.Publish
		if key == KeyFollow {
			servers = s.Follow
		}
		for _, server := range servers {
			if !s.ReplicaInsecure && !s.secures(server) {
				return wrong(key, fmt.Sprintf("what goes to %q could be read, or come from anybody", server),
					"tls:// together with "+KeyReplicaCreds+", "+KeyReplicaNKey+" or "+KeyReplicaCert+", or a loopback address, or "+KeyReplicaInsecure+": "+On)
			}
		}
	}
	return nil
}

// secures reports whether a server is of this machine, or spoken to with TLS and with
// credentials.
func (r *Replica) secures(server string) bool {
	u, err := url.Parse(server)
	if err != nil {
		return false
	}
	encrypted := u.Scheme == "tls" || r.ReplicaCA != "" || r.ReplicaCert != ""
	known := r.ReplicaCreds != "" || r.ReplicaNKey != "" || r.ReplicaCert != ""
	return encrypted && known || isLoopback(strings.ToLower(u.Hostname()))
}
