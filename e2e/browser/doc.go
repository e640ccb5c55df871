// Package browser uses the console as people do: in Debian's Chromium, by mouse and by
// keyboard, on the built binary and a real tree. It finds what it needs by role and name,
// as a screen reader tells them. Its tests have the build tag browser; they need what
// "npm ci" installs in this folder (package.json), and docs/console is made by them.
package browser
