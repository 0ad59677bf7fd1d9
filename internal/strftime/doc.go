// Package strftime renders times by formats in the manner of C's strftime, with
// English names and without locales. It serves every option that takes such a
// format: timestamps of encoders, index names, file names.
//
// The directives, shown for Friday 2009-01-02 03:04:00.000123456 UTC:
//
//	%A %a     weekday                      Friday, Fri
//	%B %b %h  month                        January, Jan, Jan
//	%C        the full year, 2 digits or more (not the century)  2009
//	%D        %m/%d/%y                     01/02/09
//	%d %e     day, padded with 0 / blank   02, " 2"
//	%F        %Y-%m-%d                     2009-01-02
//	%f        microseconds, 6 digits       000123
//	%H %k     hour, padded with 0 / blank  03, " 3"
//	%I %l     the same of 12               03, " 3"
//	%j        day of the year, 3 digits    002
//	%L        milliseconds, 3 digits       000
//	%M %m     minute, month                04, 01
//	%N        nanoseconds, 9 digits        000123456
//	%n %t     newline, tab
//	%P %p     am, AM
//	%R        %H:%M                        03:04
//	%r        %I:%M:%S %p                  03:04:00 AM
//	%S        second                       00
//	%s        seconds since the epoch      1230865440
//	%T        %H:%M:%S                     03:04:00
//	%v        %e-%b-%Y                     " 2-Jan-2009"
//	%w        weekday, Sunday is 0         5
//	%Y %y     year, 4 or 2 digits          2009, 09
//	%Z %z     zone, offset                 UTC, +0000
//	%%        %
//
// Anything else stays as it is, together with its percent sign.
//
// A Format is compiled once. A Clock of it renders one time after the other and
// remembers the last text, since nearly all times of a log share the second with
// the one before.
package strftime
