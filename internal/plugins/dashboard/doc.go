// Package dashboard has DashboardOutput, which shows a running heka in the
// browser: its plugins, what flows between them, and what scripts have found.
//
//	output.go     reports, results of scripts and ends of plugins become files
//	name.go       file names from messages, which may hold anything
//	server.go     these files, the pages, and heka's admin API over HTTP
//	pages.go      the pages, built from web/ and put into the program
//	plain.html    what stands in for them in a program built without Node.js
//
// # Pages
//
// web/ holds the browser application, TypeScript on Preact and uPlot. web/build.mjs
// bundles web/src into web/dist, at most 150 KiB after compression; `make build` calls
// it where Node.js is, `make test-browser` walks through the pages with Chromium.
//
//	store.ts      what the pages show: the newest snapshot of /api/v1/stream
//	trail.ts      counters over time, from when somebody looks; rates.ts what heka keeps
//	route.ts      addresses, those of Heka 0.10's pages among them
//	shell.tsx     the frame, and which page an address means
//	bits.tsx      tables, states, bars
//	chart.tsx     draws time series: interact.ts moves them, marks.ts draws limits and flags
//	cbuf.ts       the text form of circular buffers; graph.tsx shows one
//	config.ts     the effective configuration by section, and the limits in it
//	board.ts      what a board holds, in storage and addresses; panel.tsx shows a part
//	wall.tsx      pages in large letters that take turns
//	loader.tsx    the form that loads a filter
//	recent.tsx    what an expression would match, and why
//	lazy.tsx      long lists are drawn as far as they can be seen
//	css/          sizes and colours, then what uses them
//
// # Files
//
// They lie in <working_directory>/data and are served below /data/, as Heka 0.10
// served them:
//
//	heka_report.json              the last report
//	sandboxes.json                filters with the files they wrote
//	<filter>.<name>.<type>        what a filter injected last under a name and type
//	heka_sandbox_termination.tsv  seconds since the epoch, plugin, reason
//
// Each is written aside and renamed, so that a reader never sees half of one.
package dashboard
