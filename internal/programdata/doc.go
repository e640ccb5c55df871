// Package programdata is the folder of sessiond below %ProgramData%, where
// the daemon has its default settings file, its audit and its trash on Windows.
//
// Every user may create a folder in %ProgramData%, and owns what it created. So
// the folder is made with an access control list of our own, which admits
// administrators, the system and the user of the daemon, and a folder that
// somebody else owns or may change is refused. The decision is a function over a
// description of the folder, which is tested on every system.
package programdata
