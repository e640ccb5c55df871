// Package replica shows the sessions of one MobileApps folder on many machines.
//
// One daemon of a name is the [Authority]: it has the files, and publishes what its store
// shows to a [Log], which is a stream of an engine (package jetstream). Any number of
// daemons are a [Follower]: each keeps a store that is, at any time, the authority's at
// one of its heads. The files stay the truth. The engine may lose everything: both sides
// notice that, and it heals by itself.
//
// # The log
//
// A log holds the last [Message] of each key. s.HASH is a session and p.HASH a current
// error, where HASH is made of the session's key, so that no subject says whose session it
// is; status is what the authority's status says; head is a heartbeat. A [Head] says what
// state the log is in after the message that carries it. Every append of the authority
// ends with one, except within a pass that takes several appends, so a reader that applies
// only what it has at a head never sees half a pass. The head has the sum of the digests
// of all sessions and errors. It does not depend on their order, so a change costs one
// subtraction and one addition, and a reader whose sum differs has missed something.
//
// # Who may write
//
// Each append names the last sequence that the authority knows, and the engine refuses it
// where another message came in between. So there is one request on its way at a time, and
// a repeated one cannot count twice. Epochs order authorities: whoever takes over appends a
// head with the next epoch, the fence, after which nothing that its predecessor still has
// on its way is accepted. An authority scans the log, without payloads, before it takes the
// fence, and publishes only what differs.
//
// # An authority that knows too little
//
// It publishes nothing but heads before the admission of start-up is done (waiting) and
// where it would remove more than a fifth of the keys, and at least 20 (held): it may have
// started over an unmounted root, or over the wrong one. Heads of an authority that is
// waiting or held do not keep a ready one from taking over.
//
// # Age
//
// A follower's view is as old as the last synced head that it matched, by a clock that
// counts suspend. What counts is when the head was made: one that was long on its way, in an
// append that a server took late or in a connection, makes no view young. The heads that prove that nothing changed lie in the log themselves: they
// show that messages arrive and that the log can be written.
package replica
