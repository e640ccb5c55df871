// Package cluster has built programs and a real nats-server be a cluster: one daemon
// publishes, others follow, and the server is stopped, wiped and started again.
package cluster
