// Package faultroot holds the faults that only root can make: mounts, hanging and caching
// file systems, watches used up, permissions of another user. Its tests have the build tag
// root.
package faultroot
