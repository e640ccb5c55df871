// Package jetstream is the engine of package replica: a stream of NATS JetStream.
//
// Some of what the client library offers is not used, each for something that was seen to
// fail. Publishing with an expected sequence waits for each acknowledgement, since of
// several on their way only the first would be refused after another's message. Reading
// uses a consumer of its own and checks the sequence of deliveries, since watchers of
// buckets and ordered consumers get nothing, and no error, from a stream that was made again.
// Reads that decide something ask the stream's leader, since a replica may be behind. No
// message has an id for deduplication, which costs memory. A right that is lacking looks
// like a server that does not answer, unless its error is listened for.
package jetstream
