package admin_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/admin"
)

// Half an event, where a stream was cut, is none.
func TestEventsAreWhole(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "event: message\ndata: {\"n\":1}\n\nevent: message\ndata: {\"n\":")
	}))
	defer server.Close()
	client, err := admin.NewClient(strings.TrimPrefix(server.URL, "http://"), admin.ClientOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var events []string
	err = client.Events(context.Background(), "/", nil, func(name string, data []byte) error {
		events = append(events, name+" "+string(data))
		return nil
	})
	if want := []string{`message {"n":1}`}; !slices.Equal(events, want) || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("events %q, %v; want %q and the end", events, err, want)
	}
}
