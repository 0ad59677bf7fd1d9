package dashboard

import (
	"embed"
	"html/template"
	"io/fs"
	"net/http"
	"os"
)

// built are the pages that `make build` makes of web/src; without it there are none.
//
//go:embed all:web/dist
var built embed.FS

//go:embed plain.html
var plainSource string

var plain = template.Must(template.New("plain").Parse(plainSource))

// pages returns the files of the browser application: those of the directory that
// the user names, else those in the program. nil means that there are none.
func (o *Output) pages() (fs.FS, error) {
	if dir := o.config.StaticDirectory; dir != "" {
		dir = o.env.SharePath(dir)
		_, err := os.Stat(dir)
		return os.DirFS(dir), err
	}
	dist, err := fs.Sub(built, "web/dist")
	if err != nil {
		return nil, err
	}
	if _, err := fs.Stat(dist, "index.html"); err != nil {
		return nil, nil
	}
	return dist, nil
}

// servePlain shows the last report as a page without scripts.
func (o *Output) servePlain(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/" {
		http.NotFound(w, r)
		return
	}
	report, err := readReport(o.data(reportFile))
	if err != nil {
		o.env.Log.Error(err.Error())
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	plain.Execute(w, report) // an error here is the peer's going away
}
