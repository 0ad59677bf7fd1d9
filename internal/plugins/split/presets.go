package split

// preset returns the rules that gather the stack traces of a language, nil for
// an unknown one. Lines are tested without their delimiter.
//
// State 0 takes a headline, the other states what may follow it; a headline in
// the middle of a trace therefore begins the next record, unless the trace's
// rules take it.
func preset(name string) [][]rule {
	switch name {
	case "java":
		// Exception in thread "main" java.lang.IllegalStateException: text
		//         at com.example.Main.run(Main.java:10)
		//         ... 12 more
		// Caused by: java.io.IOException: text
		return trace(
			rules{{`(?:^|[\s:])(?:[\w$]+\.)+[\w$]*(?:Exception|Error|Throwable|Failure)\b`, 1}},
			rules{
				{`^\s+(?:at |\.\.\. \d+ )`, 1},
				{`^\s*(?:Caused by|Suppressed): `, 1},
				{`^\s+\S`, 1}, // further lines of the exception's text
			},
		)
	case "python":
		// Traceback (most recent call last):
		//   File "/srv/app.py", line 3, in main
		//     run()
		// ValueError: text
		//
		// During handling of the above exception, another exception occurred:
		return trace(
			rules{{`^\s*(?:\+ )?(?:Exception Group )?Traceback \(most recent call last\):`, 1}},
			rules{{`^\s`, 1}, {`^[\w.]+(?::|$)`, 2}},
			rules{{`^\r?$`, 3}},
			rules{
				{`^(?:During handling of|The above exception was)`, 3},
				{`^\r?$`, 3},
				{`^\s*Traceback \(most recent call last\):`, 1},
			},
		)
	case "go":
		// panic: text
		//
		// goroutine 1 [running]:
		// main.main()
		//         /srv/main.go:4 +0x2c
		// exit status 2
		return trace(
			rules{{`(?:^|\s)(?:panic: |fatal error: )|^goroutine \d+ .*\[.*\]:|^SIG[A-Z]+: |http: panic serving `, 1}},
			rules{
				{`^\r?$`, 1},
				{`^\s`, 1},
				{`^goroutine \d+ `, 1},
				{`^\[`, 1}, // [signal SIGSEGV: segmentation violation …], [recovered]
				{`^created by `, 1},
				{`^[\w./\-%~]+\.[\w.()*\[\]…/]+\(.*\)`, 1}, // a function and its arguments
				{`^exit status \d+`, 2},
			},
			nil,
		)
	case "php":
		// PHP Fatal error:  Uncaught Exception: text in /srv/a.php:3
		// Stack trace:
		// #0 /srv/a.php(7): f()
		//   thrown in /srv/a.php on line 3
		return trace(
			rules{{`(?:Uncaught |(?:Fatal|Parse) error: |Stack trace:)`, 1}},
			rules{
				{`^(?:.*PHP )?Stack trace:`, 1},
				{`^(?:.*PHP )?\s*(?:#\d+|\d+\.) `, 1},
				{`^\s+thrown in `, 2},
				{`^Next [\w\\]+`, 1},
				{`^\s+\S`, 1},
				{`^\r?$`, 1},
			},
			nil,
		)
	case "ruby":
		// app.rb:3:in `run': text (RuntimeError)
		//         from app.rb:7:in `<main>'
		return trace(
			rules{{`^\S.*:\d+:in .*['\x60]: |^(?:[A-Z]\w*::)*[A-Z]\w*(?:Error|Exception)\b|^[A-Z]\w*(?:::[A-Z]\w*)+ \(`, 1}},
			rules{
				{`^\s+(?:from |\d+: from )`, 1},
				{`^\s*\S+:\d+:in .*['\x60]\r?$`, 1},
				{`^\s+\S`, 1},
			},
		)
	}
	return nil
}

type rules []struct {
	expr string
	next int
}

func trace(states ...rules) [][]rule {
	compiled := make([][]rule, len(states))
	for i, state := range states {
		for _, r := range state {
			test, err := newLineTest(r.expr)
			if err != nil {
				panic(err) // the presets are ours
			}
			compiled[i] = append(compiled[i], rule{test, r.next})
		}
	}
	return compiled
}
