package admin

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"

	"github.com/hekad/heka/internal/httpguard"
	"github.com/hekad/heka/internal/matcher"
	"github.com/hekad/heka/message"
)

// Recent says what an expression matches among messages that passed lately. Those
// are samples: all while few messages pass, some of them else.
type Recent struct {
	// Kept is how many messages were tried, Matched how many of them match.
	Kept    int `json:"kept"`
	Matched int `json:"matched"`
	// Oldest and Newest are when the first and the last of them passed, in ms since
	// the epoch; 0 without any.
	Oldest int64 `json:"oldest"`
	Newest int64 `json:"newest"`
	// From has the same by who sent them, by name.
	From []RecentSource `json:"from"`
	// Messages are the newest ones that match, newest first.
	Messages []RecentMessage `json:"messages"`
	// Explanation says what came of each part of the expression for the message that
	// explain names.
	Explanation *Explanation `json:"explanation,omitempty"`
}

// RecentSource is an input or filter.
type RecentSource struct {
	Name    string `json:"name"`
	Kept    int    `json:"kept"`
	Matched int    `json:"matched"`
}

// RecentMessage is a message that passed.
type RecentMessage struct {
	// ID names the message, for as long as it is kept.
	ID uint64 `json:"id"`
	// Time is when it passed, in ms since the epoch.
	Time int64 `json:"time"`
	Tapped
}

// Explanation is a part of an expression with what came of it for a message.
type Explanation struct {
	// Kind is "and", "or", "test" or "constant"; Text is a test or constant.
	Kind string `json:"kind"`
	Text string `json:"text,omitempty"`
	// Verdict is "yes", "no", or "-" for a part that was not looked at. Decisive
	// parts gave the whole its verdict.
	Verdict  string `json:"verdict"`
	Decisive bool   `json:"decisive"`
	// Seen is the value that a test found, Note what is remarkable about it.
	Seen  string        `json:"seen,omitempty"`
	Note  string        `json:"note,omitempty"`
	Parts []Explanation `json:"parts,omitempty"`
}

const (
	defaultRecent = 10
	maxRecent     = 100
)

func explanation(e *matcher.Explanation) Explanation {
	x := Explanation{Kind: e.Kind, Text: e.Text, Verdict: e.Verdict.String(), Decisive: e.Decisive, Seen: e.Seen, Note: e.Note}
	for _, p := range e.Parts {
		x.Parts = append(x.Parts, explanation(p))
	}
	return x
}

// getRecent tries the expression in match on the messages that passed lately. from
// names an input or filter, limit is how many messages to show, explain the id of
// one to explain.
func (s *Server) getRecent(w http.ResponseWriter, r *http.Request) {
	h, ok := s.ready(w)
	if !ok {
		return
	}
	expr, err := expression(r)
	if err != nil {
		answerAs(w, http.StatusBadRequest, verdict(nil, err))
		return
	}
	limit, ok := number(r, "limit", defaultRecent, 0, maxRecent)
	if !ok {
		httpguard.Refuse(w, http.StatusBadRequest, "limit must be a whole number of messages, from 0 to 100")
		return
	}
	q := r.URL.Query()
	wanted, err := strconv.ParseUint(cmp.Or(q.Get("explain"), "0"), 10, 64)
	if err != nil {
		httpguard.Refuse(w, http.StatusBadRequest, "explain must be the id of a message")
		return
	}
	found := Recent{From: []RecentSource{}, Messages: []RecentMessage{}}
	from := q.Get("from")
	var m message.Message
	for _, p := range slices.Backward(h.Recent()) {
		m.Reset()
		if from != "" && from != p.From || m.Parse(p.Wire) != nil {
			continue
		}
		if p.ID == wanted {
			e := explanation(expr.Explain(&m))
			found.Explanation = &e
		}
		at := p.Time.UnixMilli()
		found.Oldest, found.Newest = at, max(found.Newest, at)
		i, known := slices.BinarySearchFunc(found.From, p.From, func(x RecentSource, name string) int { return cmp.Compare(x.Name, name) })
		if !known {
			found.From = slices.Insert(found.From, i, RecentSource{Name: p.From})
		}
		found.Kept++
		found.From[i].Kept++
		if !expr.Match(&m) {
			continue
		}
		found.Matched++
		found.From[i].Matched++
		if len(found.Messages) < limit {
			found.Messages = append(found.Messages, RecentMessage{p.ID, at, tapped(p.From, &m)})
		}
	}
	if wanted != 0 && found.Explanation == nil {
		httpguard.Refuse(w, http.StatusNotFound, "the message "+strconv.FormatUint(wanted, 10)+" is not kept any more")
		return
	}
	answer(w, found)
}
