package jetstream

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"syscall"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"sessiond/internal/replica"
)

// oldest is the oldest server that is used: older ones drop removals' time to live and
// atomic appends without a word.
const (
	oldestMajor = 2
	oldestMinor = 12
)

func checkVersion(version string) error {
	var major, minor int
	parts := strings.SplitN(version, ".", 3)
	if len(parts) == 3 {
		major, _ = strconv.Atoi(parts[0])
		minor, _ = strconv.Atoi(parts[1])
	}
	if major > oldestMajor || major == oldestMajor && minor >= oldestMinor {
		return nil
	}
	return &replica.RefusedError{
		Code:   replica.RefusedVersion,
		Reason: fmt.Sprintf("the server is nats-server %s: %d.%d or newer is needed", version, oldestMajor, oldestMinor),
	}
}

func noJetStream() error {
	return &replica.RefusedError{
		Code:   replica.RefusedJetStream,
		Reason: "the server runs without JetStream: start it with -js, or with a block jetstream in its configuration",
	}
}

// unreachable says why there is no connection.
func unreachable(urls []string, why error) error {
	where := strings.Join(urls, ", ")
	var (
		host    x509.HostnameError
		unknown x509.UnknownAuthorityError
		invalid x509.CertificateInvalidError
		verify  *tls.CertificateVerificationError
	)
	switch {
	case why == nil:
		return fmt.Errorf("cannot reach the engine at %s yet", where)
	case errors.As(why, &host), errors.As(why, &unknown), errors.As(why, &invalid), errors.As(why, &verify),
		errors.Is(why, nats.ErrSecureConnRequired), errors.Is(why, nats.ErrSecureConnWanted):
		return &replica.RefusedError{
			Code:   replica.RefusedCertificate,
			Reason: fmt.Sprintf("cannot trust the engine at %s: %v", where, why),
		}
	case isNotAllowed(why):
		return fmt.Errorf("the system does not let the daemon connect to %s: %w; under systemd, IPAddressAllow= and RestrictAddressFamilies= of the unit say where it may (docs/CLUSTER.md)", where, why)
	case errors.Is(why, nats.ErrAuthorization), errors.Is(why, nats.ErrAuthExpired), errors.Is(why, nats.ErrAuthRevoked),
		errors.Is(why, nats.ErrNkeysNotSupported), errors.Is(why, nats.ErrAccountAuthExpired):
		return &replica.RefusedError{
			Code:   replica.RefusedCredentials,
			Reason: fmt.Sprintf("the engine at %s does not accept the credentials: %v", where, why),
		}
	}
	return fmt.Errorf("cannot reach the engine at %s: %w", where, why)
}

// isNotAllowed reports whether the system forbids the connection, or the look-up of the
// host's address, of which only the text is left.
func isNotAllowed(err error) bool {
	for _, errno := range []syscall.Errno{syscall.EPERM, syscall.EACCES, syscall.EAFNOSUPPORT} {
		if errors.Is(err, errno) {
			return true
		}
		if lookup, ok := errors.AsType[*net.DNSError](err); ok && strings.Contains(lookup.Err, errno.Error()) {
			return true
		}
	}
	return false
}

// Numbers of errors of JetStream, as its documentation has them, that the library does not
// name.
const (
	codeResources       jetstream.ErrorCode = 10002
	codeInsufficient    jetstream.ErrorCode = 10023
	codeStreams         jetstream.ErrorCode = 10027
	codeMemory          jetstream.ErrorCode = 10028
	codeStorage         jetstream.ErrorCode = 10047
	codeStreamLimits    jetstream.ErrorCode = 10053
	codeCopies          jetstream.ErrorCode = 10074
	codeStoreFailed     jetstream.ErrorCode = 10077
	codeHeader          jetstream.ErrorCode = 10097
	codeBytesRequired   jetstream.ErrorCode = 10113
	codeWrongSequence   jetstream.ErrorCode = 10164
	codeIncompleteBatch jetstream.ErrorCode = 10176
	codeManyBatches     jetstream.ErrorCode = 10210
	codeUnavailable                         = 503 // not of one error, but of all that pass
)

// judge says what an error of JetStream means; nil where there is none.
func judge(what string, e *jetstream.APIError) error {
	if e == nil {
		return nil
	}
	refused := func(code replica.RefusalCode) error {
		return &replica.RefusedError{Code: code, Reason: fmt.Sprintf("cannot %s: %s (%d)", what, e.Description, e.ErrorCode)}
	}
	switch e.ErrorCode {
	case jetstream.JSErrCodeStreamNotFound:
		return replica.ErrNoLog
	case jetstream.JSErrCodeStreamWrongLastSequence, codeWrongSequence:
		return fmt.Errorf("cannot %s: %w", what, replica.ErrMoved)
	case jetstream.JSErrCodeJetStreamNotEnabled, jetstream.JSErrCodeJetStreamNotEnabledForAccount:
		return refused(replica.RefusedJetStream)
	case codeResources, codeInsufficient, codeStreams, codeMemory, codeStorage, codeStreamLimits, codeStoreFailed, codeBytesRequired:
		return refused(replica.RefusedLimit)
	case codeCopies:
		return refused(replica.RefusedConfiguration)
	case jetstream.JSErrCodeStreamMessageExceedsMaximum, codeHeader:
		return refused(replica.RefusedPayload)
	case codeIncompleteBatch, codeManyBatches:
		return fmt.Errorf("cannot %s now: %s", what, e.Description)
	}
	if e.Code == codeUnavailable {
		return fmt.Errorf("cannot %s now: %s", what, e.Description)
	}
	return refused(replica.RefusedOther)
}
