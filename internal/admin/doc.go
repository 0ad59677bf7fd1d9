// Package admin answers questions about a running heka over HTTP: the admin API.
// The dashboard and heka top, tap, graph and sbmgr ask here, and so may anybody
// else who is let in.
//
//	server.go    the routes, and heka as a process
//	listen.go    where it is served: a socket file, loopback, or TLS with a token
//	report.go    plugins with their counters, books, log lines
//	topology.go  the running graph, what holds it up, loops
//	sampler.go   rates, of the figures that figures.go and process.go gather;
//	             history.go keeps them for a quarter of an hour, health.go judges
//	stream.go    all that once a second, as Server-Sent Events
//	tap.go       messages as they pass, as Server-Sent Events
//	recent.go    what an expression would match
//	metrics.go   the same for Prometheus; health checks
//	log.go       the last lines of the log
//	sandboxes.go filters that run scripts
//	control.go   loading and unloading them, and who may
//	client.go    the other end, for heka's own commands
//
// # Resources
//
//	GET /api/v1/report                      Report
//	GET /api/v1/plugins/{category}/{name}   PluginDetail
//	GET /api/v1/books                       the account of all messages
//	GET /api/v1/outputs                     []Output, what filters have injected for
//	                                        people
//	GET /api/v1/topology                    Topology
//	GET /api/v1/logs?after=SEQ&plugin=NAME&limit=N     []Line
//	GET /api/v1/events?after=…              []Line, warnings and errors only
//	GET /api/v1/config                      the effective configuration, secrets masked
//	GET /api/v1/match?match=EXPRESSION      Verdict
//	GET /api/v1/history?plugin=NAME         History, of a quarter of an hour; without
//	                                        a name, of all plugins
//	GET /api/v1/stream                      events "snapshot": Snapshot
//	GET /api/v1/tap?match=EXPRESSION&from=NAME&rate=N  events "message": Tapped,
//	                                        "counts": Counts
//	GET /api/v1/recent?match=EXPRESSION&from=NAME&limit=N&explain=ID  Recent: what an
//	                                        expression matches among messages that
//	                                        passed lately
//	GET /api/v1/sandboxes                   Sandboxes
//	GET /api/v1/sandboxes/{name}            SandboxSource
//	POST /api/v1/sandboxes                  SandboxOrder, as JSON or as the parts of a
//	                                        form; 201 with SandboxResult
//	DELETE /api/v1/sandboxes/{name}?purge=true&manager=NAME  SandboxResult
//	GET /healthz   200 while messages move, else 503 with the reasons
//	GET /readyz    200 when all plugins have started
//	GET /metrics   Prometheus's text format
//	GET /debug/pprof/…   with admin_profile
//
// Errors are {"error": TEXT}. POST and DELETE are for those who may open the socket
// file, or know the token.
package admin
