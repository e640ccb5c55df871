// Package wine runs the program as it is built for Windows, under wine in a container: the
// daemon over its named pipe, the service under wine's control manager, and tests of packages
// that were built for Windows. Its tests have the build tag wine. They need root,
// debootstrap and, the first time, a network.
//
// Wine is not Windows. Where it answers otherwise:
//   - The first client of a pipe of go-winio's is served by nobody: Windows lets none connect
//     to the first instance of the pipe, wine does. So somebody else opens each pipe first.
//   - Every file belongs to the user who runs wine, so the folder in %ProgramData% cannot be
//     made as it has to be, and is refused. So settings, audit and trash are named.
//   - There are no Unix sockets, so pipes alone are tried.
//   - Who watches a folder with all that is below it is told of what happens in a folder below
//     once somebody has opened that, as each pass does, and under the name that it had then.
//   - The control manager knows no flag for what is done after a daemon has ended with an
//     error; the event log is kept nowhere, so it is read as wine traces it.
package wine
