package e2e

import (
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"github.com/hekad/heka/internal/netconf/netconftest"
)

// randomBreaks passes on up to reach bytes, or a few of those that come back. Then it
// cuts the connection orderly, resets it, or lets it stall.
func randomBreaks(reach int) netconftest.Fault {
	var mu sync.Mutex // guards r
	r := rand.New(rand.NewPCG(3, 9))
	draw := func(n int) int {
		mu.Lock()
		defer mu.Unlock()
		return r.IntN(n)
	}
	return func(client net.Conn, dial func() net.Conn, over <-chan struct{}) {
		server := dial()
		to, from, n := server, client, int64(draw(reach))
		if draw(4) == 0 { // break on the way back
			to, from, n = client, server, n%100
		}
		var back sync.WaitGroup
		back.Go(func() { io.Copy(from, to) })
		defer back.Wait()
		io.CopyN(to, from, n)
		switch draw(20) {
		case 0: // from here on nothing moves and nobody hears of it
			client.SetDeadline(time.Unix(1, 0))
			server.SetDeadline(time.Unix(1, 0))
			<-over
		case 1, 2, 3, 4, 5, 6:
			netconftest.Reset(client, nil, nil)
			netconftest.Reset(server, nil, nil)
		default:
			client.Close()
			server.Close()
		}
	}
}
