// Package cluster has built programs and real nats-servers be a cluster: one daemon
// publishes, others follow, and the servers and daemons are stopped, killed, wiped, made to
// stand still and started again.
package cluster
