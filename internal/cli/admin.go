package cli

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"github.com/hekad/heka/internal/admin"
	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/internal/pipeline"
	"github.com/hekad/heka/plugin"
)

// endpoint is where [hekad] wants the admin API.
func endpoint(g *config.Global) admin.Endpoint {
	return admin.Endpoint{Address: g.Admin, BaseDir: g.BaseDir, Token: g.AdminToken,
		CertFile: g.AdminCertFile, KeyFile: g.AdminKeyFile}
}

// adminProblems finds what is wrong with the options of the admin API.
func adminProblems(g *config.Global, hekad *config.Section) config.Problems {
	if err := endpoint(g).Check(); err != nil {
		return config.ProblemsOf(hekad, plugin.BadOption("admin", "admin: %v", err))
	}
	return nil
}

// newAdmin makes the API of a heka whose configuration was read from path.
func newAdmin(x *examined, path string, lines *admin.Log) *admin.Server {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	hostname, _ := x.global.Host() // pipeline.New has said what is wrong with it
	return admin.New(admin.Options{Version: Version, Hostname: hostname, ConfigPath: path, Log: lines,
		Config: func() string { return x.show(true) }, Profile: x.global.AdminProfile})
}

// serveAdmin serves the API until stop is called. Where it was not asked for in
// so many words, heka goes on without it when the socket cannot be opened.
func serveAdmin(s *admin.Server, host *pipeline.Host, g *config.Global, log *slog.Logger) (stop func(), err error) {
	e := endpoint(g)
	ctx, cancel := context.WithCancel(context.Background())
	l, err := e.Listen(ctx)
	if err != nil {
		if e.Address != config.DefaultGlobal().Admin {
			cancel()
			return nil, failed(err)
		}
		log.Info("no admin API: " + err.Error())
	}
	s.Attach(host)
	var running sync.WaitGroup
	running.Go(func() { s.Run(ctx) })
	if l != nil {
		running.Go(func() {
			if err := s.Serve(ctx, l, e); err != nil {
				log.Error("admin API: " + err.Error())
			}
		})
	}
	return func() { cancel(); running.Wait() }, nil
}

// adminAddress is where a heka that runs with default settings serves its API.
func adminAddress() string {
	if a := os.Getenv("HEKA_ADMIN"); a != "" {
		return a
	}
	g := config.DefaultGlobal()
	return "unix:" + filepath.Join(g.BaseDir, "admin.sock")
}
