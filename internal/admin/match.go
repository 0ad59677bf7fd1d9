package admin

import (
	"errors"
	"net/http"

	"github.com/hekad/heka/internal/httpguard"
	"github.com/hekad/heka/internal/matcher"
)

// Verdict says whether an expression is one.
type Verdict struct {
	OK bool `json:"ok"`
	// Error says what is wrong, Diagram shows the place with a caret below it.
	Error   string `json:"error,omitempty"`
	Diagram string `json:"diagram,omitempty"`
	// Tree is the expression as it was understood.
	Tree string `json:"tree,omitempty"`
	// Advice are remarks on an expression that is right but hardly meant.
	Advice []string `json:"advice,omitempty"`
}

// maxExpression bounds an expression from outside, in bytes.
const maxExpression = 8 << 10

// expression compiles the query's match; nothing means all messages.
func expression(r *http.Request) (*matcher.Matcher, error) {
	text := r.URL.Query().Get("match")
	if text == "" {
		text = "TRUE"
	}
	if len(text) > maxExpression {
		return nil, errors.New("the expression is too long")
	}
	return matcher.Parse(text)
}

func verdict(m *matcher.Matcher, err error) Verdict {
	if err == nil {
		v := Verdict{OK: true, Tree: m.Tree()}
		for _, f := range m.Advice() {
			v.Advice = append(v.Advice, f.String())
		}
		return v
	}
	v := Verdict{Error: err.Error()}
	var bad *matcher.SyntaxError
	if errors.As(err, &bad) {
		v.Diagram = bad.Diagram()
	}
	return v
}

func (s *Server) getMatch(w http.ResponseWriter, r *http.Request) {
	if len(r.URL.RawQuery) > 3*maxExpression {
		httpguard.Refuse(w, http.StatusRequestURITooLong, "the expression is too long")
		return
	}
	answer(w, verdict(expression(r)))
}
