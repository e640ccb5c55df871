// Package gateways runs the gateways of examples/gateways, with their files as they are
// but for paths and addresses, between apps and a stand-in for 4D's web server. Its tests
// have the build tag gateways.
package gateways
