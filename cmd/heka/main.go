// Command heka processes streams of logs, events and metrics.
//
// A build with plugins of one's own is a copy of this file that hands them to
// heka.Main:
//
//	func main() { heka.Main(acme.Output, acme.Decoder) }
package main

import "github.com/hekad/heka"

func main() { heka.Main() }
