package cli

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/spf13/cobra"

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

// effective is the configuration in force, which a reload replaces, all but [hekad].
type effective struct {
	global  config.Global
	hekad   *config.Section
	plugins map[string]*plugin.Plugin
	text    atomic.Pointer[func() string]
}

// set puts a configuration in force.
func (e *effective) set(cfg *config.Config) {
	x := &examined{cfg: cfg, global: e.global, hekad: e.hekad, plugins: e.plugins}
	text := sync.OnceValue(func() string { return x.show(true) })
	e.text.Store(&text)
}

// show returns the configuration as TOML. It may be called from any goroutine.
func (e *effective) show() string { return (*e.text.Load())() }

// newAdmin makes the API of a heka whose configuration was read from path.
func newAdmin(inForce *effective, path string, lines *admin.Log, log *slog.Logger) *admin.Server {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	hostname, _ := inForce.global.Host() // pipeline.New has said what is wrong with it
	return admin.New(admin.Options{Version: Version, Hostname: hostname, ConfigPath: path, Log: lines, Audit: pipeline.AuditLogger(log),
		Config: inForce.show, Profile: inForce.global.AdminProfile})
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
		if l.Addr().Network() != "unix" {
			log.Info("the admin API listens on " + l.Addr().String())
		}
		running.Go(func() {
			if err := s.Serve(ctx, l, e); err != nil {
				log.Error("admin API: " + err.Error())
			}
		})
	}
	return func() { cancel(); running.Wait() }, nil
}

// adminFlags say which running heka a command asks.
type adminFlags struct{ address, config, caFile string }

func (a *adminFlags) register(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&a.address, "admin", "", "the admin API: unix:PATH, HOST:PORT or a URL (default as the configuration says)")
	f.StringVarP(&a.config, "config", "c", defaultConfig, "configuration of the running heka, which says where its API is")
	f.StringVar(&a.caFile, "ca-file", "", "PEM file with the authorities to trust for https")
	completeFlag(c, "config", files("toml"))
}

// client returns a client of the API of a running heka.
func (a *adminFlags) client(c *cobra.Command) (*admin.Client, error) {
	cfg, problems := config.LoadBytes("", nil, config.Options{})
	if _, err := os.Stat(a.config); err == nil || c.Flags().Changed("config") {
		cfg, problems = config.Load(a.config, config.Options{})
	}
	g, hekad, found := cfg.Global(nil)
	problems = append(problems, found...)
	if a.address == "" {
		if problems.HasErrors() {
			return nil, failed(problems.Errors()[0])
		}
		if found := adminProblems(&g, hekad); found.HasErrors() {
			return nil, failed(found[0])
		}
		if a.address = endpoint(&g).ClientAddress(); a.address == "" {
			return nil, failed(errors.New("the configuration says admin = \"off\", so nobody can be asked; set admin in [hekad]"))
		}
	}
	client, err := admin.NewClient(a.address, admin.ClientOptions{Token: g.AdminToken, CAFile: cmp.Or(a.caFile, g.AdminCertFile)})
	if err != nil {
		return nil, misused("%w", err)
	}
	return client, nil
}

// refused turns an answer of the API into an error for people.
func refused(err error) error {
	var said *admin.Error
	if errors.As(err, &said) && said.Diagram != "" {
		return misused("%s", said.Diagram)
	}
	if errors.As(err, &said) && said.Status == http.StatusUnauthorized {
		return failed(fmt.Errorf("%w; admin_token in [hekad] of the configuration must be that of the running heka", err))
	}
	var unknown x509.UnknownAuthorityError
	if errors.As(err, &unknown) {
		return failed(fmt.Errorf("%w; name its authority by --ca-file", err))
	}
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return failed(fmt.Errorf("%w; is heka running, and with this configuration?", err))
	}
	return failed(err)
}
