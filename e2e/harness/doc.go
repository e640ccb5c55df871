// Package harness is what the end-to-end tests share: the built program, daemons that are
// launched and waited for, session files, folders, mounts and what the kernel tells of a
// process. A package of tests builds the program in its TestMain, by [Main].
package harness
