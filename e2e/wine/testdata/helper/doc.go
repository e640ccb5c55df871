// Command helper does on Windows what no program of wine's does, for the tests.
package main
