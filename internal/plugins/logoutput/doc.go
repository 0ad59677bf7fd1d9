// Package logoutput has LogOutput, which prints messages on standard output.
package logoutput
