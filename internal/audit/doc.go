// Package audit keeps the record of what happened to sessions and who did it
// (administration, section 5): one JSON object a line, appended to a file that
// people can read, rotate and forward without the daemon.
//
// A change that somebody makes through the daemon is recorded twice: the intent is on
// disk before the session's file is touched ([Log.Begin]), its result follows
// ([Change.Done]). What cannot be recorded must not be done. What others did to
// the files is recorded as well as the disk allows ([Log.Observe]): it has happened
// already, and recording it must not hold up a pass. Lines that had to be dropped are
// counted in a line of their own.
//
// Sessions are named by their short keys, since a whole key is enough to make a token;
// there are no tokens in the record. E-mail addresses are.
package audit
