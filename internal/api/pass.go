package api

import "sessiond/internal/session"

// Report is the answer to POST /v1/refresh and POST /v1/open: what the pass did that was
// asked for.
type Report struct {
	session.Report

	// Visible is false where the daemon, which follows another, does not show yet what the
	// pass changed; else nil.
	Visible *bool `json:"visible,omitzero"`
}

// Opened is the answer to POST /v1/sessions/{app}/{id}/open.
type Opened struct {
	Summary

	// Visible is as in a [Report].
	Visible *bool `json:"visible,omitzero"`
}
