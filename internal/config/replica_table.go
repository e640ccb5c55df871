package config

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// replicaTable returns the settings of authorities and followers.
func replicaTable() []setting {
	return []setting{
		{
			key: KeyPublish, form: "URL,...",
			usage:   "publish sessions to NATS servers (default: none)",
			allowed: `addresses nats://HOST:PORT or tls://HOST:PORT with commas between them, or "" for none`,
			put:     func(s *Settings, text string) error { return putServers(&s.Publish, text) },
		},
		{
			key: KeyFollow, form: "URL,...",
			usage:   "show what is published there (default: nothing)",
			allowed: `addresses nats://HOST:PORT or tls://HOST:PORT with commas between them, or "" for none`,
			put:     func(s *Settings, text string) error { return putServers(&s.Follow, text) },
		},
		{
			key: KeyReplicaName, form: "NAME", def: "main",
			usage:   "what an authority and its followers share",
			allowed: "1 to 48 of A-Z, a-z, 0-9, _ and -",
			put:     func(s *Settings, text string) error { return putName(&s.ReplicaName, text, 48) },
		},
		{
			key: KeyReplicaNode, form: "NODE",
			usage:   "this daemon among those (default: the host's name)",
			allowed: `1 to 64 of A-Z, a-z, 0-9, _ and -, or "" for the name of the host`,
			put: func(s *Settings, text string) error {
				if text == "" {
					s.ReplicaNode = ""
					return nil
				}
				return putName(&s.ReplicaNode, text, 64)
			},
		},
		{
			key: KeyReplicaEditors, form: "NODE,...",
			usage:   "followers that may change files (default: none)",
			allowed: `names of nodes with commas between them, each 1 to 64 of A-Z, a-z, 0-9, _ and -, or "" for none`,
			put:     func(s *Settings, text string) error { return putNodes(&s.ReplicaEditors, text) },
		},
		{
			key: KeyReplicaCreds, form: "PATH",
			usage:   "file with credentials for the NATS servers",
			allowed: `a path, or "" for none`,
			put:     func(s *Settings, text string) error { return putPlace(&s.ReplicaCreds, text) },
		},
		{
			key: KeyReplicaNKey, form: "PATH",
			usage:   "file with the seed of an nkey for the NATS servers",
			allowed: `a path, or "" for none`,
			put:     func(s *Settings, text string) error { return putPlace(&s.ReplicaNKey, text) },
		},
		{
			key: KeyReplicaCA, form: "PATH",
			usage:   "who signs the certificates of the NATS servers",
			allowed: `a path, or "" for those of the system`,
			put:     func(s *Settings, text string) error { return putPlace(&s.ReplicaCA, text) },
		},
		{
			key: KeyReplicaCert, form: "PATH",
			usage:   "certificate for the NATS servers",
			allowed: `a path, or "" for none`,
			put:     func(s *Settings, text string) error { return putPlace(&s.ReplicaCert, text) },
		},
		{
			key: KeyReplicaKey, form: "PATH",
			usage:   "key of replica-cert",
			allowed: `a path, or "" for none`,
			put:     func(s *Settings, text string) error { return putPlace(&s.ReplicaKey, text) },
		},
		toggle(setting{
			key: KeyReplicaInsecure, def: Off,
			usage: "use NATS servers elsewhere in the clear",
		}, func(s *Settings) *bool { return &s.ReplicaInsecure }),
		{
			key: KeyReplicaCopies, form: "1|3|5", def: "1",
			usage:   "how many NATS servers keep what is published",
			allowed: "1, 3 or 5",
			put:     func(s *Settings, text string) error { return putCopies(&s.ReplicaCopies, text) },
		},
		choice(setting{
			key: KeyReplicaStorage, def: StorageFile,
			usage: "where NATS servers keep what is published",
		}, func(s *Settings) *string { return &s.ReplicaStorage }, StorageFile, StorageMemory),
		{
			key: KeyReplicaMaxBytes, form: "SIZE", def: "0",
			usage:   "how much of it NATS servers keep; 0 for no bound",
			allowed: "a size up to 1TiB, such as 4GiB, or 0 for no bound",
			put:     func(s *Settings, text string) error { return putSpace(&s.ReplicaMaxBytes, text) },
		},
		{
			key: KeyBeat, form: "TIME", def: "1s",
			usage:   "how often an authority says that it is there",
			allowed: "a time from 100ms to 2500ms, such as 1s",
			put:     func(s *Settings, text string) error { return putDuration(&s.Beat, text, isBeat) },
		},
		{
			key: KeyStaleAfter, form: "TIME", def: "3s",
			usage:   "from what age a follower says its age",
			allowed: "a time of at least 100ms, such as 3s",
			put:     func(s *Settings, text string) error { return putDuration(&s.StaleAfter, text, isStaleAfter) },
		},
		{
			key: KeyStaleLimit, form: "TIME", def: "1m",
			usage:   "age from which on-stale counts; 0 for never",
			allowed: "a time not shorter than " + KeyStaleAfter + ", such as 1m, or 0 for never",
			put:     func(s *Settings, text string) error { return putDuration(&s.StaleLimit, text, notNegative) },
		},
		choice(setting{
			key: KeyOnStale, def: OnStaleRefuse,
			usage: "what checks do from stale-limit on",
		}, func(s *Settings) *string { return &s.OnStale }, OnStaleRefuse, OnStaleServe),
	}
}

// isBeat bounds the beat by the lease of five seconds, during which a head must come.
func isBeat(d time.Duration) bool       { return d >= 100*time.Millisecond && d <= 5*time.Second/2 }
func isStaleAfter(d time.Duration) bool { return d >= 100*time.Millisecond }

// putName takes what becomes a part of a subject of the engine.
func putName(field *string, text string, longest int) error {
	if text == "" {
		return errors.New("it is empty")
	}
	if !regexp.MustCompile(fmt.Sprintf(`^[A-Za-z0-9_-]{1,%d}$`, longest)).MatchString(text) {
		return fmt.Errorf("%q is not a name", text)
	}
	*field = text
	return nil
}

// putNodes takes names of nodes, with commas between them.
func putNodes(field *[]string, text string) error {
	*field = nil
	if text == "" {
		return nil
	}
	for one := range strings.SplitSeq(text, ",") {
		var node string
		if err := putName(&node, strings.TrimSpace(one), 64); err != nil {
			return err
		}
		*field = append(*field, node)
	}
	return nil
}

func putCopies(field *int, text string) error {
	switch text {
	case "1", "3", "5":
		*field = int(text[0] - '0')
		return nil
	}
	return fmt.Errorf("%q is not a valid value", text)
}
